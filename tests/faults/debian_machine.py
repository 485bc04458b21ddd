"""A plain Debian in a folder, which systemd runs with a network of its own: for the commands of docs/hosting.md."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cast import until

ROOT = Path(__file__).parents[2]
BOOT = Path(__file__).with_name("debian_machine.sh")
MIRROR = "http://deb.debian.org/debian"
# What every Debian has, and a minimal one in a folder lacks.
PACKAGES = "systemd,systemd-sysv,dbus,ca-certificates,procps,iproute2,adduser"
OUTSIDE, INSIDE = "10.77.0.1", "10.77.0.2"
BUILD_WITHIN_S, RUN_WITHIN_S = 3600, 600
# A service that is installed where no systemd runs yet is not to be started.
NO_SERVICES = "#!/bin/sh\nexit 101\n"


@dataclass(slots=True)
class DebianMachine:
    """`folder` has its file system; `init` is the process id of its systemd."""

    folder: Path
    init: int = 0

    def build(self) -> None:
        """A minimal Debian with the name of docs/hosting.md, the newest commit and the wheels of the lock files."""
        _run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(self.folder), MIRROR)
        for own in ("/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt"):
            shutil.copy(own, self.folder / own.lstrip("/"))
        (self.folder / "etc/hosts").write_text(f"127.0.0.1 localhost\n{INSIDE} meet.example.org\n")
        _run("git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(self.folder / "root/origin"))
        wheels = self.folder / "wheels"
        locks = [word for name in ("build", "run") for word in ("-r", str(ROOT / f"locks/{name}.txt"))]
        download = ("-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "--only-binary", ":all:")
        _run(sys.executable, *download, *locks, "-d", str(wheels))

    def install(self, commands: str) -> str:
        """Runs commands in the folder with this machine's network, before systemd runs there. Returns what they say."""
        policy = self.folder / "usr/sbin/policy-rc.d"
        policy.write_text(NO_SERVICES)
        policy.chmod(0o755)
        try:
            said = self._shell([*CHROOT, str(self.folder)], commands, BUILD_WITHIN_S)
        finally:
            policy.unlink()
        return said

    @asynccontextmanager
    async def running(self) -> AsyncIterator["DebianMachine"]:
        """Boots it; OUTSIDE and INSIDE are the two ends of its network."""
        groups = [each for each in map(Path, CGROUPS) if (each / "cgroup.procs").exists()]
        for each in groups:
            (each / NAME).mkdir(exist_ok=True)
        join = "".join(f"echo $$ > {each / NAME}/cgroup.procs; " for each in groups)
        apart = "unshare --pid --fork --kill-child --mount --uts --ipc --cgroup --net"
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", f"{join} exec {apart} bash {BOOT} {self.folder}", stdin=asyncio.subprocess.DEVNULL
        )
        try:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            self.init = int(await until(lambda: children.read_text().strip(), what="the init process"))
            await until(self._booted, what="systemd")
            _run("ip", "link", "add", LINK, "type", "veth", "peer", "name", "inside", "netns", str(self.init))
            _run("ip", "address", "add", f"{OUTSIDE}/24", "dev", LINK)
            _run("ip", "link", "set", LINK, "up")
            self.run(f"ip address add {INSIDE}/24 dev inside && ip link set inside up")
            yield self
        finally:
            process.kill()
            await process.wait()

    def _booted(self) -> bool:
        if Path(f"/proc/{self.init}/comm").read_text().strip() != "systemd":
            return False
        said = self._shell(self._entered, "systemctl is-system-running || true", RUN_WITHIN_S)
        # Degraded: a service that needs a device, such as the one of the keyboard, has none here.
        return said.splitlines()[-1] in ("running", "degraded")

    @property
    def _entered(self) -> list[str]:
        return ["nsenter", "--target", str(self.init), "--all", "--wdns=/"]

    def run(self, commands: str) -> str:
        """Runs commands as root of the machine that runs; fails when one fails. Returns what they say."""
        return self._shell(self._entered, commands, RUN_WITHIN_S)

    def _shell(self, where: list[str], commands: str, within: float) -> str:
        environment = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels", "HOME": "/root"}
        done = subprocess.run(
            [*where, "/bin/bash", "-e", "-x", "-c", commands],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=within,
            env=environment,
        )
        print(done.stdout)
        assert done.returncode == 0, f"{commands}\n{done.stdout[-3000:]}"
        return done.stdout


CHROOT = ("unshare", "--mount", "bash", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"')
NAME, LINK = "fireside-hosting", "fireside-out"
CGROUPS = ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=BUILD_WITHIN_S, stdout=subprocess.DEVNULL)
