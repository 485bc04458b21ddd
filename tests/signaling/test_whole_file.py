"""A file that several make at once is whole, the first one's, and its owner's alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from signaling.whole_file import make_whole


def test_of_many_at_once_the_first_one_stays(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "file"
    contents = [bytes([number]) * 10_000 for number in range(32)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda content: make_whole(file, content), contents))
    first = file.read_bytes()
    assert first in contents
    make_whole(file, b"later")
    assert file.read_bytes() == first
    assert (file.stat().st_mode & 0o077, [each.name for each in file.parent.iterdir()]) == (0, ["file"])
