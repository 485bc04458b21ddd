"""The settings: one frozen object, read once from the environment. A wrong one stops the start."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from server.calls.rules.turn import Turn
from server.catchups.rules.join_window import Door

PREFIX = "FIRESIDE_"
MOST_RELAYS = 64
TURN_URL = re.compile(r"turns?:([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?(\?transport=(udp|tcp))?")


class BadSetting(Exception):
    """A setting that cannot be used: names it, its value and what is allowed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """See SETTINGS for what each one means."""

    data: Path
    database_url: str
    host: str
    port: int
    base_url: str
    proxies: int
    media_bind: str
    media_port: int
    public_addresses: tuple[str, ...]
    stun_server: str
    relays: int
    turn_urls: tuple[str, ...]
    turn_secret: str = field(repr=False)
    smtp_url: str
    mail_from: str
    zone: str
    join_early_minutes: int
    join_late_minutes: int

    @property
    def door(self) -> Door:
        """When the calls are open."""
        return Door(timedelta(minutes=self.join_early_minutes), timedelta(minutes=self.join_late_minutes))

    @property
    def turn(self) -> Turn | None:
        """The TURN servers that browsers are told of, if any."""
        return Turn(self.turn_urls, self.turn_secret) if self.turn_urls else None

    @property
    def mail_folder(self) -> Path | None:
        """Where letters lie for want of a mail server."""
        return None if self.smtp_url else self.data.absolute() / "mail"

    @property
    def secure(self) -> bool:
        """Whether people reach the pages over TLS."""
        return self.base_url.startswith("https:")


@dataclass(frozen=True, slots=True)
class Setting:
    """`parse` turns the text into the value, or raises ValueError; `allowed` says in words what it takes."""

    default: str
    parse: Callable[[str], Any]
    allowed: str
    meaning: str


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return parse


def _relays(text: str) -> int:
    return min(os.cpu_count() or 1, MOST_RELAYS) if text == "cores" else _number(1, MOST_RELAYS)(text)


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/") or parts.query:
        raise ValueError(text)
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(text: str) -> str:
    if text and not text.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError(text)
    return text


def _address(text: str) -> str:
    return str(ip_address(text))


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(str(ip_address(part.strip())) for part in text.split(",") if part.strip())


def _turn_urls(text: str) -> tuple[str, ...]:
    urls = tuple(part.strip() for part in text.split(",") if part.strip())
    # A browser refuses to make any connection at all when one of these is malformed.
    if not all(TURN_URL.fullmatch(url) for url in urls):
        raise ValueError(text)
    return urls


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


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (OSError, LookupError) as error:
        raise ValueError(text) from error


def _smtp_url(text: str) -> str:
    if text and (urlsplit(text).scheme not in ("smtp", "smtps", "smtp+starttls") or not urlsplit(text).hostname):
        raise ValueError(text)
    return text


SETTINGS: Mapping[str, Setting] = {
    "data": Setting("data", Path, "a folder", "Holds the SQLite database, the control sockets and unsent emails."),
    "database_url": Setting(
        "",
        _database_url,
        "empty, sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME",
        "The database. Empty: `fireside.sqlite3` in the data folder.",
    ),
    "host": Setting("0.0.0.0", str, "an address to listen on", "The address at which the web pages listen."),  # noqa: S104 a server
    "port": Setting("8080", _number(0, 65535), "0 to 65535 (0: any free one)", "The TCP port of the web pages."),
    "base_url": Setting(
        "http://localhost:8080",
        _web_address,
        "http://HOST[:PORT] or https://HOST[:PORT]",
        "The address at which people reach the pages. Browsers allow camera and microphone only over https and on "
        "localhost.",
    ),
    "proxies": Setting(
        "0",
        _number(0, 5),
        "0 to 5",
        "The number of your own reverse proxies in front of the pages, each of which adds to X-Forwarded-For. With a "
        "wrong number, the rate limits take all people for one.",
    ),
    "media_bind": Setting(
        "::", _address, "an IP address; :: is all, 0.0.0.0 all of IPv4", "The address at which the relay listens."
    ),
    "media_port": Setting(
        "8444",
        _number(0, 65535),
        "0 to 65535 (0: any free one)",
        "The relay's port. The number is the same for UDP and TCP.",
    ),
    "public_addresses": Setting(
        "",
        _addresses,
        "IP addresses, separated by commas",
        "The addresses to which browsers send media. Empty: this machine's own addresses. Set it behind NAT.",
    ),
    "stun_server": Setting(
        "",
        _host_and_port(3478),
        "empty or HOST[:PORT]",
        "A STUN server that finds out the relay's public address, which is then announced as well. Empty: none.",
    ),
    "relays": Setting(
        "cores",
        _relays,
        "cores, or 1 to 64",
        "The number of relay processes. Each takes one port, from media_port upwards. `cores`: one for each processor "
        "core.",
    ),
    "turn_urls": Setting(
        "",
        _turn_urls,
        "turn:HOST[:PORT] or turns:HOST[:PORT], also with ?transport=udp or ?transport=tcp, separated by commas",
        "TURN servers for browsers that cannot reach the relay in any other way. Empty: none.",
    ),
    "turn_secret": Setting(
        "",
        str,
        "any text",
        "The `static-auth-secret` (coturn) of the TURN servers. Browsers get credentials made with it, valid for six "
        "hours.",
    ),
    "smtp_url": Setting(
        "",
        _smtp_url,
        "empty or smtp[s|+starttls]://[USER:PASSWORD@]HOST[:PORT]",
        "The mail server. Empty: emails are saved in the folder `mail` of the data folder and not sent.",
    ),
    "mail_from": Setting("Fireside <fireside@localhost>", str, "an email address", "The sender of all emails."),
    "zone": Setting("UTC", _zone, "an IANA time zone, such as Europe/Paris", "The time zone of the admin's pages."),
    "join_early_minutes": Setting(
        "15", _number(0, 1440), "0 to 1440", "How many minutes before its start a call opens."
    ),
    "join_late_minutes": Setting(
        "60", _number(0, 1440), "0 to 1440", "How many minutes a call stays open after its end."
    ),
}


def read_settings(environment: Mapping[str, str] = os.environ, given: Mapping[str, str] | None = None) -> Settings:
    """The settings from the environment's FIRESIDE_… variables; `given` ones, from the command line, come first.

    NAME_FILE names a file that holds the value, for secrets. Raises BadSetting.
    """
    known = {PREFIX + name.upper() for name in SETTINGS}
    for variable in environment:
        if variable.startswith(PREFIX) and variable.removesuffix("_FILE") not in known:
            raise BadSetting(f"{variable} is not a setting. Known: {', '.join(sorted(known))}.")
    values = {name: _read(name, setting, environment, given or {}) for name, setting in SETTINGS.items()}
    _check_ports(values["port"], values["media_port"], values["relays"])
    if bool(values["turn_urls"]) != bool(values["turn_secret"]):
        raise BadSetting(f"{PREFIX}TURN_URLS and {PREFIX}TURN_SECRET must be set together.")
    if not values["database_url"]:
        values["database_url"] = f"sqlite+aiosqlite:///{values['data'].absolute() / 'fireside.sqlite3'}"
    return Settings(**values)


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


def _read(name: str, setting: Setting, environment: Mapping[str, str], given: Mapping[str, str]) -> Any:
    variable = PREFIX + name.upper()
    text = given.get(name, environment.get(variable))
    file = environment.get(variable + "_FILE")
    if text is None and file is not None:
        try:
            text = Path(file).read_text().strip()
        except OSError as error:
            raise BadSetting(f"{variable}_FILE={file}: cannot be read ({error.strerror}).") from error
    text = setting.default if text is None else text
    try:
        return setting.parse(text)
    except ValueError as error:
        raise BadSetting(f"{variable}={text!r} cannot be used. Allowed: {setting.allowed}.") from error
