"""Machines with networks of their own: a network namespace each, joined by a bridge that the tests are at, too."""

import os
import subprocess
from contextlib import suppress

RUNS = (os.getpid() % 240) + 10


class Bridge:
    """`own` is the address of the tests. Needs the rights to make networks."""

    def __init__(self) -> None:
        self._name = f"fsb{os.getpid()}"
        self.own = f"10.203.{RUNS}.1"
        self._namespaces: dict[str, str] = {}
        _ip("link", "add", self._name, "type", "bridge")
        _ip("addr", "add", f"{self.own}/24", "dev", self._name)
        _ip("link", "set", self._name, "up")

    def add(self, name: str) -> str:
        """Makes a namespace; returns its address."""
        number = len(self._namespaces) + 11
        namespace = self._namespaces[name] = f"fsn{os.getpid()}-{number}"
        address, outer = f"10.203.{RUNS}.{number}", self._outer(name)
        _ip("netns", "add", namespace)
        _ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        _ip("link", "set", outer, "master", self._name, "up")
        _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", "eth0")
        _ip("-n", namespace, "link", "set", "eth0", "up")
        _ip("-n", namespace, "link", "set", "lo", "up")
        return address

    def within(self, name: str) -> tuple[str, ...]:
        """What starts a program there."""
        return "ip", "netns", "exec", self._namespaces[name]

    def cut(self, name: str) -> None:
        """Nothing comes or goes any more, and nobody is told."""
        _ip("link", "set", self._outer(name), "down")

    def restore(self, name: str) -> None:
        _ip("link", "set", self._outer(name), "up")

    def remove(self) -> None:
        for name, namespace in self._namespaces.items():
            with suppress(subprocess.CalledProcessError):
                _ip("link", "del", self._outer(name))
            _ip("netns", "del", namespace)
        _ip("link", "del", self._name)

    def _outer(self, name: str) -> str:
        return f"fsv{os.getpid()}-{list(self._namespaces).index(name)}"


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
