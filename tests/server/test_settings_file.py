"""The settings file: found in three places, read as the environment is."""

from pathlib import Path

import pytest

from server.settings_file import BadSettingsFile, find_settings_file, read_settings_file


def test_the_named_one_comes_before_that_of_the_folder_and_that_in_etc(tmp_path: Path) -> None:
    folder, system_wide = tmp_path / "here", tmp_path / "etc.toml"
    folder.mkdir()
    assert find_settings_file({}, folder, system_wide) is None
    system_wide.touch()
    assert find_settings_file({}, folder, system_wide) == system_wide
    (folder / "fireside.toml").touch()
    assert find_settings_file({}, folder, system_wide) == folder / "fireside.toml"
    assert find_settings_file({"FIRESIDE_SETTINGS": "other.toml"}, folder, system_wide) == folder / "other.toml"


def test_numbers_and_lists_are_read_as_texts(tmp_path: Path) -> None:
    file = tmp_path / "fireside.toml"
    file.write_text(
        'port = 9000\nbase_url = "https://Meet.example.org"\npublic_addresses = ["192.0.2.1", "2001:db8::1"]'
    )
    assert read_settings_file(file) == {
        "port": "9000",
        "base_url": "https://Meet.example.org",
        "public_addresses": "192.0.2.1,2001:db8::1",
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"port 9000", "is not TOML: "),
        (b'smtp_password = "s3cret', "is not TOML: "),
        (b'zone = "\xff"', "is not text in UTF-8."),
        (b"secret = true", 'secret must be a text in quotes: secret = "'),
        (b"[mail]\nsmtp_password = 's3cret'", "mail must be a text in quotes"),
    ],
)
def test_what_cannot_be_read_is_named_without_a_value(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "fireside.toml"
    file.write_bytes(content)
    with pytest.raises(BadSettingsFile) as refusal:
        read_settings_file(file)
    assert str(file) in str(refusal.value)
    assert said in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


def test_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettingsFile, match=r"none\.toml cannot be read \(No such file"):
        read_settings_file(tmp_path / "none.toml")
