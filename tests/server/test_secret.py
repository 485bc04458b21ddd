"""The server's secret: made once, for the owner only, and the same for all processes that share the data folder."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.secret import ServerSecret, read_secret


def test_it_is_made_at_the_first_start_and_kept(tmp_path: Path) -> None:
    first = read_secret("", tmp_path / "data").key("test")
    assert read_secret("", tmp_path / "data").key("test") == first
    assert read_secret("", tmp_path / "other").key("test") != first
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600
    assert [each.name for each in (tmp_path / "data").iterdir()] == ["secret"]


def test_processes_that_start_at_once_use_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: read_secret("", tmp_path).key("test"), range(64)))
    assert len(keys) == 1


def test_one_that_is_given_needs_no_file(tmp_path: Path) -> None:
    assert read_secret("given", tmp_path).key("test") == ServerSecret("given").key("test")
    assert not any(tmp_path.iterdir())


def test_an_empty_file_is_refused_with_what_helps(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    with pytest.raises(OSError, match=r"secret is empty\. Restore it"):
        read_secret("", tmp_path)


def test_each_purpose_has_a_key_of_its_own() -> None:
    secret = ServerSecret("given")
    assert len({secret.key(purpose) for purpose in ("", "one", "two")}) == 3
    assert {len(secret.key(purpose)) for purpose in ("", "one")} == {32}
