"""Handing the data folder's lock and the listening sockets from one web process to the next, over a Unix socket.

The next one has started by then, so that no request is refused or waits. What both say, in this order: the old one
sends the descriptors and lets go of the relay processes; the new one sends GO when it serves, and the old one ends. If
the new one hangs up instead, the old one goes on as before.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.folder_lock import FolderInUse, FolderLock
from signaling.hub.hub import Hub
from signaling.sockets.local import listen, short_path

HANDED_WITHIN_S = 10.0
STARTED_WITHIN_S = 120.0
GO = b"go"
MOST_SOCKETS = 16

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handed:
    """What the process before this one handed over, and the connection to it."""

    lock: FolderLock
    sockets: tuple[socket.socket, ...]
    connection: socket.socket

    def go(self) -> None:
        """This process serves now: the other one ends."""
        self.connection.sendall(GO)


def ask_for_handover(folder: Path) -> Handed | None:
    """Asks the process that serves this folder to hand over; None when there is none. Raises FolderInUse."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(HANDED_WITHIN_S)
    try:
        with short_path(_path(folder)) as name:
            connection.connect(name)
        _, descriptors, _, _ = socket.recv_fds(connection, 1, 1 + MOST_SOCKETS)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except OSError as error:
        connection.close()
        raise FolderInUse(f"the process that serves {folder.absolute()} did not hand over: {error}") from error
    if not descriptors:
        connection.close()
        raise FolderInUse(f"the process that serves {folder.absolute()} is handing over to another one, or is ending")
    lock, *listening = descriptors
    for each in descriptors:
        os.set_inheritable(each, False)
    return Handed(FolderLock(lock), tuple(socket.socket(fileno=each) for each in listening), connection)


async def offer_handover(folder: Path, lock: FolderLock, listening: Sequence[socket.socket], hub: Hub) -> None:
    """Returns when another process has taken over; to be cancelled when this one ends in another way."""
    loop = asyncio.get_running_loop()
    with listen(_path(folder)) as door:
        while True:
            connection, _ = await loop.sock_accept(door)
            with connection:
                hub.yield_relays()
                socket.send_fds(connection, [b"1"], [lock.descriptor, *(each.fileno() for each in listening)])
                if await _hears_go(connection):
                    return
                log.warning("the process that was to take over did not start: this one goes on")
                hub.take_relays_back()


async def _hears_go(connection: socket.socket) -> bool:
    try:
        async with asyncio.timeout(STARTED_WITHIN_S):
            return await asyncio.get_running_loop().sock_recv(connection, len(GO)) == GO
    except OSError:
        return False


def _path(folder: Path) -> Path:
    return folder / "run" / "web.sock"
