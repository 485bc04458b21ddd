"""Where calls are served when several machines serve them together, and how relay processes of others are reached."""

from dataclasses import dataclass
from typing import Protocol, Self

from signaling.hub.certificates import MachineIdentity
from signaling.protocol import control

# The versions of the control protocol that a hub speaks with relay processes of other machines.
PROTOCOLS = (control.VERSION,)


class DirectoryAway(Exception):
    """It cannot be asked now where a call is served."""


class Directory(Protocol):
    """Says the same to every machine that asks."""

    async def place(self, call: str) -> str | None:
        """The life of the relay process in which this call is served from now on; None while there is none at all.

        Raises DirectoryAway.
        """


@dataclass(frozen=True, slots=True)
class Several:
    """What a hub has where several machines serve the calls together."""

    identity: MachineIdentity
    directory: Directory


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """A relay process of another machine: the name of its life, the machine, the process's number there, the version of
    the control protocol that it speaks, the address of the machine's door, and the certificate that it shows (PEM)."""

    relay: str
    machine: str
    number: int
    protocol: int
    host: str
    port: int
    certificate: str

    @classmethod
    def at(cls, relay: str, machine: str, number: int, protocol: int, address: str, certificate: str) -> Self:
        """With the door's `address` as HOST:PORT. Raises ValueError for one that is none."""
        host, _, port = address.rpartition(":")
        return cls(relay, machine, number, protocol, host.strip("[]"), int(port), certificate)


@dataclass(frozen=True, slots=True)
class CallPlace:
    """The life of the relay process that serves a call, since `at` (unix time, seconds).

    `settled`: its browsers have had time to get there.
    """

    relay: str
    at: float
    settled: bool


@dataclass(frozen=True, slots=True)
class OwnRelay:
    """A relay process of this machine as its latest heartbeat says, `age` seconds ago: infinite without one.

    `protocol`: the version of the control protocol that it speaks. `talking`: if it drains, the calls in which somebody
    is speaking.
    """

    relay: str
    number: int
    protocol: int
    draining: bool
    people: int
    age: float
    talking: frozenset[str] = frozenset()
