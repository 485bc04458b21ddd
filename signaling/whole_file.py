"""Files that are made whole, and once."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def make_whole(file: Path, content: bytes) -> None:
    """Makes the file, for its owner only, unless there is one: of several processes that start at once, all find what
    the first has made. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile("wb", dir=file.parent, prefix=f"{file.name}.") as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, file)
