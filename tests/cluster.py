"""A throwaway PostgreSQL cluster of our own, run by a user without rights, which can be killed and started again."""

import os
import shutil
import signal
import subprocess
from itertools import count
from pathlib import Path
from tempfile import gettempdir

from tests.cast import free_port

names = count(1)


# What a database that need not outlast a crash can do without: most of the time of making and dropping one.
HASTY = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


class Cluster:
    """In `folder`, or beside it where PostgreSQL's own user may not go there. It is gone after `remove`.

    One that is `durable` keeps what it acknowledged when it is killed. It is reached at `host`, by all in its network.
    """

    def __init__(self, folder: Path, *, durable: bool, host: str = "127.0.0.1") -> None:
        self._host = host
        self._options = "" if durable else HASTY
        self._programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self._as_user: list[str] = []
        self._folder = folder
        if os.getuid() == 0:
            # PostgreSQL refuses to run as root; pytest's own folder is closed to others.
            self._folder = Path(gettempdir()) / f"fireside-postgresql-{os.getpid()}-{next(names)}"
            self._folder.mkdir(mode=0o700)
            shutil.chown(self._folder, "postgres")
            self._as_user = ["runuser", "-u", "postgres", "--"]
        self._data = self._folder / "data"
        self._port = free_port()
        self._run("initdb", "--pgdata", str(self._data), "--auth", "trust", "--username", "fireside", "--no-sync")
        if host != "127.0.0.1":
            with (self._data / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://fireside@{self._host}:{self._port}"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = (
            f"-p {self._port} -k {self._folder} -c listen_addresses={self._host} -c max_connections=300 {self._options}"
        )
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "--pgdata", str(self._data), "--wait", "--log", log, "--options", options)

    def stop(self, mode: str = "immediate") -> None:
        """`fast` ends what runs, `immediate` does not even write what is in memory."""
        self._run("pg_ctl", "stop", "--pgdata", str(self._data), "--wait", "--mode", mode)

    def kill(self) -> None:
        """`kill -9` of all of its processes."""
        server = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        for pid in (server, *map(int, children)):
            os.kill(pid, signal.SIGKILL)

    def remove(self) -> None:
        """Ends it, if it runs, with everything in it."""
        if (self._data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_user, str(self._programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
