"""Settings: read once, and a wrong one stops the start with its name, its value and what is allowed.

`python tests/server/test_config.py` writes the table in docs/settings.md again, from the project's folder.
"""

import logging
import re
import traceback
from pathlib import Path

import pytest

from server.calls.rules.turn import Turn
from server.config import PREFIX, SETTINGS, BadSetting, read_settings
from tests.logs import own_records

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
        ("FIRESIDE_SMTP_URL", "smtp://user:25/s3cret@mail.example.org"),
        ("FIRESIDE_SMTP_URL", "smtp://user:25#s3cret@mail.example.org"),
        ("FIRESIDE_SMTP_URL", "smtp://user:25?s3cret@mail.example.org"),
        ("FIRESIDE_DATABASE_URL", "postgresql://user:s3cret@host/name?sslkey=s3cret"),
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
        "FIRESIDE_BACKUP_PASSPHRASE": "s3cret" * 3,
        "FIRESIDE_SMTP_PASSWORD": "s3cret",
    }
    assert {PREFIX + name.upper() for name, setting in SETTINGS.items() if setting.secret} == set(values)
    values |= {"FIRESIDE_SMTP_URL": "smtp://mail.example.org", "FIRESIDE_SMTP_USER": "fireside"}
    settings = read_settings(values | {"FIRESIDE_TURN_URLS": "turn:turn.example.org", "FIRESIDE_PORT": "81"})
    assert "s3cret" in settings.database_url
    assert "s3cret" not in repr(settings)
    assert "port=81" in repr(settings)


def test_the_secrets_of_the_settings_are_known_in_each_form() -> None:
    settings = read_settings(
        {
            "FIRESIDE_DATABASE_URL": "postgresql://user:data%2Fbase@host/name",
            "FIRESIDE_SMTP_URL": "smtp://user:ma%23il@mail.example.org",
        }
    )
    assert settings.secrets == {settings.database_url, settings.smtp_url, "data/base", "ma%23il", "ma#il"}


def test_the_base_url_is_what_browsers_write() -> None:
    assert read_settings({"FIRESIDE_BASE_URL": "HTTPS://Meet.Example.ORG:443/"}).base_url == "https://meet.example.org"


@pytest.mark.parametrize(("port", "base_url"), [("9000", "http://localhost:9000"), ("80", "http://localhost")])
def test_without_a_base_url_it_follows_the_port(port: str, base_url: str) -> None:
    assert read_settings({"FIRESIDE_PORT": port}).base_url == base_url


def test_what_an_orchestrator_injects_is_no_setting(caplog: pytest.LogCaptureFixture) -> None:
    """As Kubernetes does for services that are called fireside and fireside-smtp."""
    injected = {
        "FIRESIDE_PORT": "tcp://10.0.0.7:8080",
        "FIRESIDE_PORT_8080_TCP": "tcp://10.0.0.7:8080",
        "FIRESIDE_PORT_8080_TCP_ADDR": "10.0.0.7",
        "FIRESIDE_PORT_8080_TCP_PORT": "8080",
        "FIRESIDE_PORT_8080_TCP_PROTO": "tcp",
        "FIRESIDE_SERVICE_HOST": "10.0.0.7",
        "FIRESIDE_SERVICE_PORT": "8080",
        "FIRESIDE_SERVICE_PORT_HTTP": "8080",
        "FIRESIDE_SMTP_PORT": "tcp://10.0.0.8:25",
        "FIRESIDE_SMTP_SERVICE_HOST": "10.0.0.8",
        "FIRESIDE_SMTP_PORT_25_TCP_ADDR": "10.0.0.8",
    }
    with caplog.at_level(logging.INFO):
        assert read_settings(injected) == read_settings({})
    assert sorted(record.getMessage().split()[0] for record in own_records(caplog)) == sorted(injected)


def test_the_settings_file_comes_after_the_environment_and_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of a file that the environment names")
    settings = read_settings(
        {"FIRESIDE_PORT": "2", "FIRESIDE_HOST": "127.0.0.1", "FIRESIDE_SECRET_FILE": str(tmp_path / "secret")},
        {"port": "3"},
        {"port": "1", "zone": "Asia/Kolkata", "host": "::", "secret": "x" * 32},
    )
    found = (settings.port, settings.host, settings.zone, settings.secret)
    assert found == (3, "127.0.0.1", "Asia/Kolkata", "of a file that the environment names")


def test_an_unknown_name_in_the_settings_file_is_named() -> None:
    with pytest.raises(BadSetting, match="FIRESIDE_PROT is not a setting"):
        read_settings({}, filed={"prot": "80"})


def test_user_and_password_of_the_mail_server_may_be_apart() -> None:
    apart = {"FIRESIDE_SMTP_USER": "fireside", "FIRESIDE_SMTP_PASSWORD": "a/b#c@d"}
    settings = read_settings(apart | {"FIRESIDE_SMTP_URL": "smtps://mail.example.org"})
    assert (settings.smtp_user, settings.smtp_password) == ("fireside", "a/b#c@d")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"SMTP_USER": "fireside"}, "must be set together"),
        ({"SMTP_PASSWORD": "s3cret"}, "must be set together"),
        ({"SMTP_USER": "fireside", "SMTP_PASSWORD": "s3cret"}, "needs FIRESIDE_SMTP_URL"),
        (
            {"SMTP_USER": "fireside", "SMTP_PASSWORD": "s3cret", "SMTP_URL": "smtp://other:pass@mail.example.org"},
            "FIRESIDE_SMTP_URL names a user, too",
        ),
    ],
)
def test_user_and_password_that_do_not_fit_are_refused(values: dict[str, str], said: str) -> None:
    with pytest.raises(BadSetting, match=said) as refusal:
        read_settings({PREFIX + name: value for name, value in values.items()})
    assert "s3cret" not in str(refusal.value)


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


@pytest.mark.parametrize(
    ("lmtp", "read"),
    [("127.0.0.1:8024", "127.0.0.1:8024"), ("[::1]:8024", "[::1]:8024"), ("/run/x.sock", "/run/x.sock"), ("h", "h:24")],
)
def test_answers_by_email_come_in_at_a_port_or_a_socket(lmtp: str, read: str) -> None:
    assert read_settings({"FIRESIDE_LMTP": lmtp, "FIRESIDE_REPLY_ADDRESS": "reply@example.org"}).lmtp == read


@pytest.mark.parametrize(
    "environment",
    [
        {"FIRESIDE_LMTP": "127.0.0.1:8024"},
        {"FIRESIDE_REPLY_ADDRESS": "reply@example.org"},
        {"FIRESIDE_LMTP": "run/x.sock", "FIRESIDE_REPLY_ADDRESS": "reply@example.org"},
        {"FIRESIDE_LMTP": "127.0.0.1:0", "FIRESIDE_REPLY_ADDRESS": "reply@example.org"},
        {"FIRESIDE_LMTP": "127.0.0.1:8024", "FIRESIDE_REPLY_ADDRESS": "grüße@example.org"},
        {"FIRESIDE_LMTP": "127.0.0.1:8024", "FIRESIDE_REPLY_ADDRESS": f"{'r' * 25}@example.org"},
        {"FIRESIDE_LMTP": "127.0.0.1:8024", "FIRESIDE_REPLY_ADDRESS": "example.org"},
    ],
    ids=str,
)
def test_settings_for_answers_by_email_that_cannot_work_stop_the_start(environment: dict[str, str]) -> None:
    with pytest.raises(BadSetting):
        read_settings(environment)


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
