"""Processes of Fireside that tests start by fork; see tests/fork_server.py."""

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

FORK_SERVER = Path(__file__).with_name("fork_server.py")
ENDS_WITHIN_S = 60.0
_started: list["subprocess.Popen[bytes]"] = []


class ForkedProcess:
    """As asyncio's Process. `stdout` gives what the process writes there."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, report: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout = stdout
        self._ended = asyncio.create_task(_exit_status(report))

    @property
    def returncode(self) -> int | None:
        """Its exit status, minus the signal's number if one has ended it; None while it runs."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Returns its exit status when it has ended."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Sends it a signal, unless it has ended."""
        with suppress(ProcessLookupError):
            if self.returncode is None:
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def fork_fireside(
    arguments: Sequence[str], environment: Mapping[str, str], stderr: int, folder: Path | None = None
) -> ForkedProcess:
    """Starts `fireside ARGUMENTS`, in this folder if one is given."""
    stdout, its_stdout = os.pipe()
    report = _ask(arguments, environment, folder, None, its_stdout, stderr)
    os.close(its_stdout)
    reports = await _read_from(report)
    pid = int(await reports.readline())
    return ForkedProcess(pid, await _read_from(stdout), reports)


def run_fireside(
    *arguments: str, environment: Mapping[str, str] = os.environ, folder: Path | None = None, umask: int | None = None
) -> "subprocess.CompletedProcess[str]":
    """Runs `fireside ARGUMENTS` to its end. Raises subprocess.TimeoutExpired."""
    with TemporaryFile() as stdout, TemporaryFile() as stderr:
        report = _ask(arguments, environment, folder, umask, stdout.fileno(), stderr.fileno())
        with os.fdopen(report, "rb", 0) as reports:
            pid = int(reports.readline())
            if not select.select([reports], [], [], ENDS_WITHIN_S)[0]:
                os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(arguments), ENDS_WITHIN_S)
            status = int(reports.readline())
        said = []
        for each in (stdout, stderr):
            each.seek(0)
            said.append(each.read().decode())
    return subprocess.CompletedProcess(arguments, status, *said)


def _ask(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path | None,
    umask: int | None,
    stdout: int,
    stderr: int,
) -> int:
    """A descriptor that gives the process id, and later the exit status, a line each."""
    report, its_report = os.pipe()
    request = [list(arguments), dict(environment), None if folder is None else str(folder), umask]
    socket.send_fds(_fork_server(), [json.dumps(request).encode()], [stdout, stderr, its_report])
    os.close(its_report)
    return report


@cache
def _fork_server() -> socket.socket:
    """The way to it; it ends when the tests do."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-P", str(FORK_SERVER), str(theirs.fileno())]
        _started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]))
    return ours


async def _read_from(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(descriptor, "rb", 0))
    return reader


async def _exit_status(report: asyncio.StreamReader) -> int:
    return int(await report.readline())
