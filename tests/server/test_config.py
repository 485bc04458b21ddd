"""Settings: read once, and a wrong one stops the start with its name, its value and what is allowed.

`python tests/server/test_config.py` writes the table in docs/settings.md again, from the project's folder.
"""

import re
import traceback
from pathlib import Path

import pytest

from server.calls.rules.turn import Turn
from server.config import PREFIX, SETTINGS, BadSetting, read_settings

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
TABLE = re.compile(r"(^\|.*\n)+", re.MULTILINE)


def test_without_any_the_defaults_hold() -> None:
    settings = read_settings({})
    assert settings.port == 8080
    assert settings.database_url == f"sqlite+aiosqlite:///{Path('data').absolute() / 'fireside.sqlite3'}"
    assert not settings.secure


def test_the_command_line_comes_before_the_environment() -> None:
    assert read_settings({"FIRESIDE_PORT": "81"}, given={"port": "82"}).port == 82


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql+asyncpg://u:p@h/d\n")
    settings = read_settings({"FIRESIDE_DATABASE_URL_FILE": str(secret)})
    assert settings.database_url == "postgresql+asyncpg://u:p@h/d"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FIRESIDE_PORT", "70000"),
        ("FIRESIDE_PORT", "web"),
        ("FIRESIDE_BASE_URL", "fireside.example.org"),
        ("FIRESIDE_BASE_URL", "https://example.org/fireside"),
        ("FIRESIDE_PUBLIC_ADDRESSES", "198.51.100.1,host"),
        ("FIRESIDE_ZONE", "Mars/Olympus"),
        ("FIRESIDE_CONTACT", "somebody"),
        ("FIRESIDE_CONTACT", "javascript:alert(1)"),
        ("FIRESIDE_CONTACT", "https://"),
        ("FIRESIDE_CONTACT", 'https://example.org/"onclick="x'),
        ("FIRESIDE_RELAYS", "0"),
        ("FIRESIDE_TURN_URLS", "turn.example.org"),
        ("FIRESIDE_TURN_URLS", "turn:turn.example.org?transport=sctp"),
        ("FIRESIDE_TURN_URLS", "turn:turn.example.org,turn:"),
        ("FIRESIDE_STUN_SERVER", "stun:stun.example.org"),
        ("FIRESIDE_STUN_SERVER", "stun.example.org:0"),
        ("FIRESIDE_STUN_SERVER", "stun.example.org/path"),
        ("FIRESIDE_STUN_SERVER", "a b@stun.example.org:99999"),
    ],
)
def test_a_wrong_one_is_named_with_its_value_and_what_is_allowed(variable: str, value: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        read_settings({variable: value})
    allowed = SETTINGS[variable.removeprefix(PREFIX).lower()].allowed
    assert str(refusal.value) == f"{variable}={value!r} cannot be used. Allowed: {allowed}."


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FIRESIDE_DATABASE_URL", "mysql://user:s3cret@host/name"),
        ("FIRESIDE_SECRET", "s3cret"),
        ("FIRESIDE_SMTP_URL", "user:s3cret@mail.example.org"),
        ("FIRESIDE_SMTP_URL", "smtp://user:s3cret/more@mail.example.org"),
        ("FIRESIDE_SMTP_URL", "smtp://user:s3cret@mail.example.org:none"),
    ],
)
@pytest.mark.parametrize("in_file", [False, True])
def test_a_wrong_secret_is_named_without_its_value(tmp_path: Path, variable: str, value: str, in_file: bool) -> None:
    (tmp_path / "file").write_text(value)
    with pytest.raises(BadSetting) as refusal:
        read_settings({f"{variable}_FILE": str(tmp_path / "file")} if in_file else {variable: value})
    allowed = SETTINGS[variable.removeprefix(PREFIX).lower()].allowed
    assert str(refusal.value) == f"{variable} cannot be used. Allowed: {allowed}."
    assert "s3cret" not in "".join(traceback.format_exception(refusal.value, chain=True))


def test_no_secret_shows_in_the_settings() -> None:
    values = {
        "FIRESIDE_DATABASE_URL": "postgresql+asyncpg://user:s3cret@host/name",
        "FIRESIDE_SMTP_URL": "smtp://user:s3cret@mail.example.org",
        "FIRESIDE_SECRET": "s3cret" * 6,
        "FIRESIDE_TURN_SECRET": "s3cret",
    }
    assert {PREFIX + name.upper() for name, setting in SETTINGS.items() if setting.secret} == set(values)
    settings = read_settings(values | {"FIRESIDE_TURN_URLS": "turn:turn.example.org", "FIRESIDE_PORT": "81"})
    assert "s3cret" in settings.database_url
    assert "s3cret" not in repr(settings)
    assert "port=81" in repr(settings)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("", ""),
        ("stun.example.org", "stun.example.org:3478"),
        ("192.0.2.1:19302", "192.0.2.1:19302"),
        ("[2001:db8::1]", "[2001:db8::1]:3478"),
    ],
)
def test_a_stun_server_has_a_port(typed: str, taken: str) -> None:
    assert read_settings({"FIRESIDE_STUN_SERVER": typed}).stun_server == taken


def test_turn_servers_come_with_their_secret_and_without_it_nothing_shows(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of coturn\n")
    urls = "turn:turn.example.org:3478?transport=udp, turns:[2001:db8::1]"
    settings = read_settings({"FIRESIDE_TURN_URLS": urls, "FIRESIDE_TURN_SECRET_FILE": str(tmp_path / "secret")})
    assert settings.turn == Turn(("turn:turn.example.org:3478?transport=udp", "turns:[2001:db8::1]"), "of coturn")
    assert "of coturn" not in repr(settings) + repr(settings.turn)
    assert read_settings({}).turn is None


@pytest.mark.parametrize("variable", ["FIRESIDE_TURN_URLS", "FIRESIDE_TURN_SECRET"])
def test_turn_servers_without_secret_and_secret_without_servers_are_refused(variable: str) -> None:
    with pytest.raises(BadSetting, match="must be set together"):
        read_settings({variable: "turn:turn.example.org"})


def test_each_relay_has_its_port() -> None:
    assert read_settings({"FIRESIDE_MEDIA_PORT": "65500", "FIRESIDE_RELAYS": "36"}).relays == 36
    with pytest.raises(BadSetting, match=r"FIRESIDE_MEDIA_PORT='65500' cannot be used.*the last would be 65536"):
        read_settings({"FIRESIDE_MEDIA_PORT": "65500", "FIRESIDE_RELAYS": "37"})


def test_the_pages_and_the_relays_do_not_share_a_port() -> None:
    with pytest.raises(BadSetting, match=r"FIRESIDE_PORT='8445' cannot be used: .* 8444 to 8447"):
        read_settings({"FIRESIDE_PORT": "8445", "FIRESIDE_RELAYS": "4"})


def test_an_unknown_one_is_named() -> None:
    with pytest.raises(BadSetting, match="FIRESIDE_PROT is not a setting"):
        read_settings({"FIRESIDE_PROT": "80"})


def test_a_missing_secret_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"FIRESIDE_SMTP_URL_FILE=.*cannot be read"):
        read_settings({"FIRESIDE_SMTP_URL_FILE": str(tmp_path / "none")})


def documented() -> str:
    """The table of docs/settings.md."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {f'`{setting.default}`' if setting.default else 'empty'} | {setting.allowed} "
        f"| {setting.meaning}{' Secret.' if setting.secret else ''} |\n"
        for name, setting in SETTINGS.items()
    ]
    return "".join(["| setting | default | allowed | meaning |\n", "| --- | --- | --- | --- |\n", *rows])


def test_the_documentation_has_each_setting_as_the_table_has_it() -> None:
    assert documented() in DOCS.read_text()
    assert len(TABLE.findall(DOCS.read_text())) == 1


if __name__ == "__main__":
    DOCS.write_text(TABLE.sub(lambda _: documented(), DOCS.read_text()))
