"""The lock of a data folder: only one web process serves it. The system releases it when its holders have ended."""

import asyncio
import fcntl
import os
import time
from pathlib import Path

LOOK_EVERY_S = 0.05
# A process that is ending has this long to finish its requests.
ENDS_WITHIN_S = 30.0
ENDING = "ending"


class FolderInUse(OSError):
    """Another process serves the data folder; the message names it and says what to do."""


class FolderLock:
    """A lock that this process holds; `descriptor` can be handed to another process, which holds it then too."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def sign(self) -> None:
        """Says in the file that this process serves the folder."""
        self._write(str(os.getpid()))

    def mark_ending(self) -> None:
        """Says in the file that this process is about to end: the next one waits, and is not refused."""
        self._write(f"{os.getpid()} {ENDING}")

    def release(self) -> None:
        """Another process may take it, unless it was handed over."""
        os.close(self.descriptor)

    def _write(self, text: str) -> None:
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{text}\n".encode(), 0)


async def lock_folder(folder: Path) -> FolderLock:
    """Locks this data folder; waits while the process that holds the lock is ending. Raises FolderInUse or OSError."""
    file = folder / "run" / "web.lock"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = time.monotonic() + ENDS_WITHIN_S
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, _, state = os.pread(descriptor, 100, 0).decode().strip().partition(" ")
            os.close(descriptor)
            if state != ENDING or time.monotonic() > until:
                raise FolderInUse(_in_use(folder, pid)) from None
        except BaseException:
            os.close(descriptor)
            raise
        else:
            return FolderLock(descriptor)
        await asyncio.sleep(LOOK_EVERY_S)


def _in_use(folder: Path, pid: str) -> str:
    which = f"process {pid}" if pid else "another process"
    return (
        f"the data folder {folder.absolute()} is in use: {which} serves it. Nothing was changed. End that process "
        "first, take its place with `fireside serve --replace`, or name another folder with --data."
    )
