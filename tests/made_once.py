"""Files that one of the processes which run the tests makes for all of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest


@contextmanager
def made_once(factory: pytest.TempPathFactory, name: str) -> Iterator[tuple[Path, Path | None]]:
    """The file, and where the block must write it: None if another process has made it. To be read or copied only."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder /= "made_once"
    folder.mkdir(exist_ok=True)
    file, part = folder / name, folder / f"{name}.part"
    with (folder / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield file, None if file.exists() else part
        if not file.exists():
            part.rename(file)
