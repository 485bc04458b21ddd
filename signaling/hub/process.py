"""The processes that a hub may signal: its own child, and the one at the other end of a Unix socket.

Who that is says the kernel, when the connection is made. A process id that was told, or kept in a variable, may belong
to any process by now; no signal is ever sent to one.
"""

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Protocol

LOOK_EVERY = 0.01
# macOS; its Python has no names for them.
SOL_LOCAL, LOCAL_PEERPID = 0, 2


class RelayHandle(Protocol):
    """A process that runs a relay."""

    @property
    def pid(self) -> int:
        """Its process id, for people to read."""

    @property
    def ended(self) -> bool:
        """Whether it is known to have ended."""

    def kill(self) -> None:
        """End it; no error when it has ended."""

    def close(self) -> None:
        """It is not signalled any more."""


class ChildProcess:
    """A child of ours. Its id is not given to another process until we have taken note of its end."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        pass


class PeerProcess:
    """The process behind a connection. `descriptor` is its pidfd, which never means another one, or -1 where the system
    has none: then it is signalled only while the connection shows that it lives."""

    def __init__(self, pid: int, descriptor: int, connection: socket.socket) -> None:
        self.pid = pid
        self._descriptor = descriptor
        self._connection = connection.dup()

    @property
    def ended(self) -> bool:
        if self._descriptor < 0:
            return hung_up(self._connection)
        return bool(select.select([self._descriptor], [], [], 0)[0])

    def kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "linux" and self._descriptor >= 0:
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
            elif not hung_up(self._connection):
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        self._connection.close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def process_behind(connection: socket.socket) -> PeerProcess | None:
    """The process that listens at the other end. None when that is this one, or one in another container, from where
    the kernel gives no id.

    If the connection is hung up by now, the process may have ended before its pidfd was opened.
    """
    pid = peer_pid(connection)
    return PeerProcess(pid, _open_descriptor(pid), connection) if pid > 0 and pid != os.getpid() else None


def peer_pid(connection: socket.socket) -> int:
    """The id of the process that listens at the other end; 0 when the system does not tell."""
    pid = 0
    if sys.platform == "linux":
        pid = int.from_bytes(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)[:4], sys.byteorder)
    elif sys.platform == "darwin":
        pid = int.from_bytes(connection.getsockopt(SOL_LOCAL, LOCAL_PEERPID, 4), sys.byteorder)
    return pid


def hung_up(connection: socket.socket) -> bool:
    """Whether the other end is closed; what it sent before is not taken."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


async def wait_for_end(process: RelayHandle, within: float) -> bool:
    """Whether the process ends in this many seconds; returns as soon as it has."""
    until = time.monotonic() + within
    while not process.ended:
        if time.monotonic() > until:
            return False
        await asyncio.sleep(LOOK_EVERY)
    return True


def _open_descriptor(pid: int) -> int:
    if sys.platform == "linux":
        # An old kernel, a filter of system calls, or no descriptor left.
        with suppress(OSError):
            return os.pidfd_open(pid)
    return -1
