"""The settings: one frozen object, read once from the environment and a file. A wrong one stops the start."""

import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from server.calls.rules.turn import Turn
from server.catchups.rules.join_window import JoinWindow
from server.db.url import parse_database_url, password_of
from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES
from server.log_format import LogFormat
from server.origin import origin_of
from server.people.rules.people import check_email
from server.privacy.rules.retention import Kept, Period, parse_days
from server.settings_file import VARIABLE

T = TypeVar("T")

PREFIX = "FIRESIDE_"
MOST_RELAYS = 64
MOST_WEB_PROCESSES = 16
# What Kubernetes and Docker give every container about a service that is called fireside, or fireside-something.
INJECTED = re.compile(r"(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")
REGION = re.compile(r"[a-z0-9-]{0,32}")
INJECTED_VALUE = re.compile(r"(tcp|udp|sctp)://")
TURN_URL = re.compile(r"turns?:([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?(\?transport=(udp|tcp))?")

log = logging.getLogger(__name__)


class BadSetting(Exception):
    """A setting that cannot be used: names it, its value unless that is secret, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Setting:
    """`parse` turns the text into the value, or raises ValueError; `allowed` says in words which texts it takes.

    A secret's value stands in no error message, no log line and no repr().
    """

    default: str
    parse: Callable[[str], Any]
    allowed: str
    meaning: str
    secret: bool


def setting(default: str, parse: Callable[[str], T], allowed: str, meaning: str, *, secret: bool = False) -> T:
    """A field of Settings; type checkers see a value of the type that `parse` returns."""
    entry = Setting(default, parse, allowed, meaning, secret)
    declared: T = field(repr=not secret, metadata={"setting": entry})
    return declared


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return parse


def _relays(text: str) -> int:
    return min(os.cpu_count() or 1, MOST_RELAYS) if text == "cores" else _number(1, MOST_RELAYS)(text)


def _base_url(text: str) -> str:
    return origin_of(text) if text else ""


def _database_url(text: str) -> str:
    return parse_database_url(text) if text else ""


def _long_text(least: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and len(text) < least:
            raise ValueError(text)
        return text

    return parse


def _ip_address(text: str) -> str:
    return str(ip_address(text))


def _ip_addresses(text: str) -> tuple[str, ...]:
    return tuple(_ip_address(part) for part in _parts(text))


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part) for part in _parts(text))


def _turn_urls(text: str) -> tuple[str, ...]:
    urls = _parts(text)
    # A browser makes no connection at all when one of these is malformed.
    if not all(TURN_URL.fullmatch(url) for url in urls):
        raise ValueError(text)
    return urls


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _host_and_port(default: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not text:
            return ""
        parts = urlsplit(f"//{text}")
        if parts.netloc != text or not parts.hostname or parts.username is not None or parts.port == 0:
            raise ValueError(text)
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return f"{host}:{parts.port or default}"

    return parse


def _listen_address(text: str) -> str:
    if text and not re.search(r":[0-9]+$", text):
        raise ValueError(text)
    return _host_and_port(0)(text)


def _region(text: str) -> str:
    if not REGION.fullmatch(text):
        raise ValueError(text)
    return text


def _lmtp_address(text: str) -> str:
    return text if text.startswith("/") else _host_and_port(24)(text)


def _reply_address(text: str) -> str:
    """With a token, what is before the @ has 37 characters more, of at most 64 (RFC 5321, 4.5.3.1.1)."""
    try:
        address = check_email(text) if text else ""
    except InvalidInput as error:
        raise ValueError(text) from error
    if not address.isascii() or len(address.rpartition("@")[0]) > 24 or '"' in address:
        raise ValueError(text)
    return address


def _collector(text: str) -> str:
    parts = urlsplit(text)
    address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not parts.username
    if text and (not address or parts.query or parts.fragment):
        raise ValueError(text)
    return text.rstrip("/")


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(text)
    return text


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (OSError, LookupError) as error:
        raise ValueError(text) from error


def _contact(text: str) -> str:
    if text.startswith(("http://", "https://")):
        if not urlsplit(text).hostname or set(text) & set(" <>\"'"):
            raise ValueError(text)
        return text
    try:
        return check_email(text) if text else ""
    except InvalidInput as error:
        raise ValueError(text) from error


def _smtp_url(text: str) -> str:
    """A "/", "#" or "?" in a password that is not percent-encoded ends the host too early: what follows is refused."""
    parts = urlsplit(text)
    known = parts.scheme in ("smtp", "smtps", "smtp+starttls") and parts.hostname and parts.port != 0
    if text and (not known or parts.path not in ("", "/") or any(mark in text for mark in "?#")):
        raise ValueError(text)
    return text


@dataclass(frozen=True, slots=True)
class Settings:
    """One table: each field with its default, parser, allowed values and meaning. docs/settings.md shows it."""

    data: Path = setting(
        "data",
        Path,
        "a folder",
        "Holds the SQLite database, the server's secret, the control sockets, and the emails when there is no mail "
        "server. Its files are for the owner only.",
    )
    database_url: str = setting(
        "",
        _database_url,
        "empty, sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, also with ?sslmode=require and the like",
        "The database. Empty: `fireside.sqlite3` in the data folder. In a password, percent-encode `@`, `:` and `%`.",
        secret=True,
    )
    secret: str = setting(
        "",
        _long_text(32),
        "empty, or at least 32 characters",
        "What the server signs and hides things with, and encrypts what is kept of catch-ups with: keep it with the "
        "backups; without it that cannot be read. Empty: made at the first start and "
        "kept in the file `secret` of the data folder. Set it when several machines share a database.",
        secret=True,
    )
    host: str = setting(
        "0.0.0.0",  # noqa: S104 a server
        str,
        "an address to listen on; :: is all of IPv6 and IPv4, 0.0.0.0 all of IPv4",
        "The address at which the web pages listen.",
    )
    port: int = setting("8080", _number(0, 65535), "0 to 65535 (0: any free one)", "The TCP port of the web pages.")
    base_url: str = setting(
        "",
        _base_url,
        "empty, http://HOST[:PORT] or https://HOST[:PORT]",
        "The address at which people reach the pages. Browsers allow camera and microphone only over https and on "
        "localhost. Empty: `http://localhost` with the port of the pages.",
    )
    proxies: int = setting(
        "0",
        _number(0, 5),
        "0 to 5",
        "The number of your own reverse proxies in front of the pages, each of which adds to X-Forwarded-For. With a "
        "wrong number, the rate limits take all people for one.",
    )
    web_processes: int = setting(
        "1",
        _number(1, MOST_WEB_PROCESSES),
        "1 to 16",
        "The number of processes that serve the pages, at one port. More than one is for machines with several cores "
        "on which many people come at the same time; see [processes.md](processes.md).",
    )
    media_bind: str = setting(
        "::", _ip_address, "an IP address; :: is all, 0.0.0.0 all of IPv4", "The address at which the relay listens."
    )
    media_port: int = setting(
        "8444",
        _number(0, 65535),
        "0 to 65535 (0: any free one)",
        "The relay's port. The number is the same for UDP and TCP.",
    )
    public_addresses: tuple[str, ...] = setting(
        "",
        _ip_addresses,
        "IP addresses, separated by commas",
        "The addresses to which browsers send media. Empty: this machine's own addresses. Set it behind NAT.",
    )
    stun_server: str = setting(
        "",
        _host_and_port(3478),
        "empty or HOST[:PORT]",
        "A STUN server that finds out the relay's public address, which is then announced as well. Empty: none.",
    )
    relays: int = setting(
        "cores",
        _relays,
        "cores, or 1 to 64",
        "The number of relay processes. Each takes one port, from media_port upwards. `cores`: one for each processor "
        "core.",
    )
    relay_listen: str = setting(
        "",
        _listen_address,
        "empty or ADDRESS:PORT",
        "Where several machines serve one PostgreSQL database: the address of this machine at which the others reach "
        "its relay processes, by TCP. It is listened at, and told to them. Empty: this machine is alone, or has "
        "no relay processes. See [scaling.md](scaling.md).",
    )
    region: str = setting(
        "",
        _region,
        "empty, or at most 32 small letters, digits and hyphens",
        "Where this machine is, if several machines are in several places: a new call is served by a relay process of "
        "the region of the machine that serves its first page, if there is one.",
    )
    turn_urls: tuple[str, ...] = setting(
        "",
        _turn_urls,
        "turn:HOST[:PORT] or turns:HOST[:PORT], also with ?transport=udp or ?transport=tcp, separated by commas",
        "TURN servers for browsers that cannot reach the relay in any other way. Empty: none.",
    )
    turn_secret: str = setting(
        "",
        str,
        "any text",
        "The `static-auth-secret` (coturn) of the TURN servers. Browsers get credentials made with it, valid for six "
        "hours.",
        secret=True,
    )
    smtp_url: str = setting(
        "",
        _smtp_url,
        "empty or SCHEME://[USER:PASSWORD@]HOST[:PORT], where SCHEME is smtp, smtps or smtp+starttls",
        "The mail server. Empty: emails are saved in the folder `mail` of the data folder and not sent. In a password, "
        "percent-encode all but letters and digits, or give it in `FIRESIDE_SMTP_PASSWORD`.",
        secret=True,
    )
    smtp_user: str = setting("", str, "any text", "The user at the mail server, if the URL names none.")
    smtp_password: str = setting("", str, "any text", "The password of `FIRESIDE_SMTP_USER`, as it is.", secret=True)
    mail_from: str = setting("Fireside <fireside@localhost>", str, "an email address", "The sender of all emails.")
    lmtp: str = setting(
        "",
        _lmtp_address,
        "empty, HOST[:PORT], or the path of a Unix socket, which begins with /",
        "Where Fireside takes answers to its emails from your mail server, by LMTP, such as 127.0.0.1:8024. Whoever "
        "reaches it may hand in emails: keep it on this machine. Empty: nobody can answer by email. See "
        "[mail.md](mail.md).",
    )
    reply_address: str = setting(
        "",
        _reply_address,
        "empty, or an email address in ASCII with at most 24 characters before the @",
        "The address that your mail server hands over to `FIRESIDE_LMTP`, such as reply@meet.example.org. Each person "
        "answers to one of their own: reply+TOKEN@meet.example.org.",
    )
    contact: str = setting(
        "",
        _contact,
        "empty, an email address, or http://… or https://…",
        "Where people reach the scheme's coordinators: it stands on every page and in every email. Empty: nowhere.",
    )
    language: str = setting(
        "en",
        _language,
        " or ".join(LANGUAGES),
        "The language of people who have not said theirs, until their browser says another and they agree. Emails "
        "before a first visit are in it.",
    )
    zone: str = setting(
        "UTC",
        _zone,
        "an IANA time zone, such as Europe/Paris",
        "The time zone of the admin's pages, and of people until they or their browser say theirs.",
    )
    join_early_minutes: int = setting(
        "15", _number(0, 1440), "0 to 1440", "How many minutes before its start a call opens."
    )
    join_late_minutes: int = setting(
        "60", _number(0, 1440), "0 to 1440", "How many minutes a call stays open after its end."
    )
    keep_words_days: int = setting(
        "0",
        parse_days,
        "0 (for ever), or 30 to 3650",
        "How many days notes and words are kept that people wrote with offers and choices. What is about a catch-up to "
        "come stays. `fireside admin retention` says what would go.",
    )
    keep_messages_days: int = setting(
        "0",
        parse_days,
        "0 (for ever), or 30 to 3650",
        "How many days the messages between the two of a mentorship are kept, with their files.",
    )
    keep_quality_days: int = setting(
        "0",
        parse_days,
        "0 (for ever), or 30 to 3650",
        "How many days the connection quality of a call and the time that somebody spoke are kept. When they were in "
        "the call stays.",
    )
    keep_emails_days: int = setting(
        "0",
        parse_days,
        "0 (for ever), or 30 to 3650",
        "How many days it is kept which emails were sent, given up or dropped.",
    )
    backup_passphrase: str = setting(
        "",
        _long_text(16),
        "empty, or at least 16 characters",
        "With it, `fireside backup` encrypts what it writes, and `fireside restore` reads it. Keep it in another "
        "place, too: without it nothing can be restored. Empty: backups are not encrypted.",
        secret=True,
    )

    hook_networks: tuple[IPv4Network | IPv6Network, ...] = setting(
        "",
        _networks,
        "IP networks, separated by commas, such as 10.1.0.0/16,127.0.0.1/32",
        "Private networks in which webhooks may be, also by http and on any port. Empty: webhooks reach only public "
        "addresses, by https on port 443. See [api.md](api.md).",
    )
    log_format: LogFormat = setting(
        "text",
        LogFormat,
        "text or json",
        "How the log is written to stderr. `json`: each line is an object with `time` (UTC), `level`, `logger`, "
        "`message`, and `request`, a random name by which the lines of one request belong together.",
    )
    traces: str = setting(
        "",
        _collector,
        "empty, http://HOST[:PORT] or https://HOST[:PORT]",
        "The address of an OpenTelemetry collector, such as http://127.0.0.1:4318, to which traces of requests and of "
        "their transactions are sent (OTLP by HTTP, in JSON): routes and times, and nothing about a person. Empty: "
        "none.",
    )
    metrics: str = setting(
        "",
        _host_and_port(9464),
        "empty or HOST[:PORT]",
        "The address at which Prometheus can read `/metrics`, such as 127.0.0.1:9464. Whoever reaches it may read it: "
        "there is no password, and nothing about a person. Empty: nowhere.",
    )

    @property
    def periods(self) -> tuple[Period, ...]:
        """How long each kind of data is kept."""
        days = {
            Kept.WORDS: self.keep_words_days,
            Kept.MESSAGES: self.keep_messages_days,
            Kept.QUALITY: self.keep_quality_days,
            Kept.EMAILS: self.keep_emails_days,
        }
        return tuple(Period(kept, days[kept]) for kept in Kept)

    @property
    def join_window(self) -> JoinWindow:
        """When the calls are open."""
        return JoinWindow(timedelta(minutes=self.join_early_minutes), timedelta(minutes=self.join_late_minutes))

    @property
    def several(self) -> bool:
        """Whether other machines may serve the database together with this one."""
        return bool(self.relay_listen) or self.relays == 0

    @property
    def turn(self) -> Turn | None:
        """The TURN servers that are given to browsers, if any."""
        return Turn(self.turn_urls, self.turn_secret) if self.turn_urls else None

    @property
    def mail_folder(self) -> Path | None:
        """Where emails are saved when there is no mail server."""
        return None if self.smtp_url else self.kept_emails

    @property
    def kept_emails(self) -> Path:
        """The folder of saved emails; it may hold some from before there was a mail server."""
        return self.data.absolute() / "mail"

    @property
    def secrets(self) -> frozenset[str]:
        """Everything that no line of the log may show."""
        whole = {getattr(self, name) for name, each in SETTINGS.items() if each.secret}
        smtp_password = urlsplit(self.smtp_url).password or ""
        return frozenset(whole | {password_of(self.database_url), smtp_password, unquote(smtp_password)}) - {""}

    @property
    def secure(self) -> bool:
        """Whether people reach the pages over TLS."""
        return self.base_url.startswith("https:")


SETTINGS: Mapping[str, Setting] = {each.name: each.metadata["setting"] for each in fields(Settings)}


def read_settings(
    environment: Mapping[str, str] = os.environ,
    given: Mapping[str, str] | None = None,
    filed: Mapping[str, str] | None = None,
) -> Settings:
    """The settings from the environment's FIRESIDE_… variables.

    `given` ones, from the command line, come before them; `filed` ones, from the settings file, after them.
    NAME_FILE names a file that holds the value, for secrets. Raises BadSetting.
    """
    sources = (
        {PREFIX + name.upper(): text for name, text in (given or {}).items()},
        _own_variables(environment),
        {PREFIX + name.upper(): text for name, text in (filed or {}).items()},
    )
    known = {PREFIX + name.upper() for name in SETTINGS}
    for variable in (each for source in sources for each in source):
        if variable.removesuffix("_FILE") not in known:
            raise BadSetting(f"{variable} is not a setting. Known: {', '.join(sorted(known))}.")
    values = {name: _read(name, entry, sources) for name, entry in SETTINGS.items()}
    _check_ports(values["port"], values["media_port"], values["relays"])
    if bool(values["turn_urls"]) != bool(values["turn_secret"]):
        raise BadSetting(f"{PREFIX}TURN_URLS and {PREFIX}TURN_SECRET must be set together.")
    if bool(values["lmtp"]) != bool(values["reply_address"]):
        raise BadSetting(f"{PREFIX}LMTP and {PREFIX}REPLY_ADDRESS must be set together.")
    if values["relay_listen"] and not values["database_url"].startswith("postgresql"):
        raise BadSetting(f"{PREFIX}RELAY_LISTEN needs PostgreSQL, in {PREFIX}DATABASE_URL: several machines share it.")
    _check_smtp(values)
    if not values["base_url"]:
        values["base_url"] = local_base_url(values["port"])
    if not values["database_url"]:
        values["database_url"] = f"sqlite+aiosqlite:///{values['data'].absolute() / 'fireside.sqlite3'}"
    return Settings(**values)


def local_base_url(port: int) -> str:
    """Where people reach the pages when no other address is set."""
    return origin_of(f"http://localhost:{port}") if port else "http://localhost:0"


def _own_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The FIRESIDE_… variables without those that an orchestrator has put there."""
    own = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable == VARIABLE:
            continue
        if INJECTED.fullmatch(variable.removeprefix(PREFIX)) or INJECTED_VALUE.match(text):
            log.info("%s is about a service of the cluster and no setting: it is left out", variable)
            continue
        own[variable] = text
    return own


def _check_smtp(values: Mapping[str, Any]) -> None:
    """Raises BadSetting when user and password do not fit together, or to the URL."""
    user, password = f"{PREFIX}SMTP_USER", f"{PREFIX}SMTP_PASSWORD"
    if bool(values["smtp_user"]) != bool(values["smtp_password"]):
        raise BadSetting(f"{user} and {password} must be set together.")
    if values["smtp_user"] and not values["smtp_url"]:
        raise BadSetting(f"{user} needs {PREFIX}SMTP_URL, which names the mail server.")
    if values["smtp_user"] and urlsplit(values["smtp_url"]).username:
        raise BadSetting(f"{user} cannot be used: {PREFIX}SMTP_URL names a user, too.")


def _check_ports(web: int, media: int, relays: int) -> None:
    """Raises BadSetting when the relays' ports do not fit, or the pages' port is among them."""
    last = media + relays - 1
    if media and last > 65535:
        raise BadSetting(
            f"{PREFIX}MEDIA_PORT='{media}' cannot be used with {PREFIX}RELAYS='{relays}': the last would be {last}. "
            "Allowed: up to 65535."
        )
    if media and media <= web <= last:
        raise BadSetting(f"{PREFIX}PORT='{web}' cannot be used: the relay takes TCP ports {media} to {last} for calls.")


def _read(name: str, entry: Setting, sources: Sequence[Mapping[str, str]]) -> Any:
    variable = PREFIX + name.upper()
    found = (_read_from(source, variable) for source in sources)
    text = next((text for text in found if text is not None), entry.default)
    try:
        return entry.parse(text)
    except ValueError:
        shown = "" if entry.secret else f"={text!r}"
        # The parser's error holds the value.
        raise BadSetting(f"{variable}{shown} cannot be used. Allowed: {entry.allowed}.") from None


def _read_from(source: Mapping[str, str], variable: str) -> str | None:
    return source[variable] if variable in source else _read_file(f"{variable}_FILE", source)


def _read_file(variable: str, environment: Mapping[str, str]) -> str | None:
    """What the file holds that this variable names; None when it is not set."""
    file = environment.get(variable)
    try:
        return None if file is None else Path(file).read_text().strip()
    except OSError as error:
        raise BadSetting(f"{variable}={file}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise BadSetting(f"{variable}={file}: is not text in UTF-8.") from None
