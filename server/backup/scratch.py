"""Folders and files for what is being made: they are removed at the end, and after a kill by the next one."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp, mkstemp
from typing import BinaryIO

FOLDER, PART = "scratch-", ".fireside-part-"


@contextmanager
def scratch_folder(within: Path) -> Iterator[Path]:
    """A new folder for its owner only."""
    remove_leftovers(within)
    folder = Path(mkdtemp(prefix=FOLDER, dir=within))
    held = _lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


@contextmanager
def part_file(within: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file for its owner only, with its path. Who renames it keeps it."""
    remove_leftovers(within)
    descriptor, name = mkstemp(prefix=PART, dir=within)
    file = Path(name)
    with os.fdopen(descriptor, "w+b") as opened:
        # It is released when the file is closed.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield file, opened
        finally:
            file.unlink(missing_ok=True)


def remove_leftovers(within: Path) -> None:
    """Removes what processes that were killed have left in this folder; not what one still works with."""
    for path in (*within.glob(f"{FOLDER}*"), *within.glob(f"{PART}*")):
        held = _lock(path)
        if held is None:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        os.close(held)


def sync_folder(folder: Path) -> None:
    """So that a new name in it outlasts a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(path: Path) -> int | None:
    """A descriptor that holds the lock; None when another process has it, or the path is gone or not ours."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor
    return None
