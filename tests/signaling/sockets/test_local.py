import socket
import stat
from pathlib import Path

import pytest

from signaling.sockets.local import listen, short_path


@pytest.mark.parametrize("length", [1, 200])
def test_it_listens_on_paths_of_any_length(tmp_path: Path, length: int) -> None:
    path = tmp_path / ("d" * length) / "relay-0.sock"
    path.parent.mkdir()
    with listen(path), socket.socket(socket.AF_UNIX) as caller, short_path(path) as name:
        caller.connect(name)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_takes_the_place_of_a_dead_one(tmp_path: Path) -> None:
    path = tmp_path / "relay-0.sock"
    listen(path).close()
    with listen(path), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
