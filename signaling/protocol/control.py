"""The protocol between the hub and a relay process, version 3, as docs/protocol.md describes it.

One JSON object a line over a Unix socket. FROM_HUB and FROM_RELAY are the whole protocol. `greet` and `greeting`
keep their form in every version, so that a hub recognizes a relay process of another one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from signaling.protocol.codec import MalformedMessage, plain, read, read_text, write_text
from signaling.protocol.messages import RemovalReason
from signaling.quality import Quality
from signaling.seat import Seat

K = TypeVar("K")

VERSION = 3
# A browser's 64 KiB message, every character of it escaped, and its envelope.
MAX_LINE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Greet:
    """The first message of a hub."""

    version: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A browser's WebSocket opened; `socket` is the hub's name for it."""

    socket: str
    seat: Seat


@dataclass(frozen=True, slots=True)
class BrowserMessage:
    """What a browser sent, already checked by the hub."""

    socket: str
    message: dict[str, object]


@dataclass(frozen=True, slots=True)
class Closed:
    """A browser's WebSocket closed; nothing had been received from it for `silent` seconds."""

    socket: str
    silent: float


@dataclass(frozen=True, slots=True)
class Remove:
    """This person may no longer be in this call. `why`: removed (consent was withdrawn) or over (the time is)."""

    call: str
    person: str
    why: RemovalReason


@dataclass(frozen=True, slots=True)
class Ack:
    """The news up to and with this number is stored; the relay process may forget it."""

    number: int


@dataclass(frozen=True, slots=True)
class Detach:
    """The hub ends and leaves the calls running: exit as soon as nobody is in one, unless another hub connects."""


@dataclass(frozen=True, slots=True)
class End:
    """End every attendance, wait until the last news is acknowledged, and exit."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """The first message of a relay process: `relay` is a random name of its life, `port` its UDP and TCP port.

    `settings` is how it was started, as `settings_text` writes it.
    """

    version: int
    relay: str
    pid: int
    port: int
    settings: str


@dataclass(frozen=True, slots=True)
class Attendance:
    """One attendance that goes on."""

    attendance: str
    call: str
    person: str


@dataclass(frozen=True, slots=True)
class Ready:
    """After the greeting and all news that is not acknowledged yet: the attendances that go on."""

    attendances: tuple[Attendance, ...]


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message for a browser."""

    socket: str
    message: dict[str, object]


@dataclass(frozen=True, slots=True)
class Close:
    """Close a browser's WebSocket with this code."""

    socket: str
    code: int


@dataclass(frozen=True, slots=True)
class StayCame:
    """News: an attendance began at `at` (unix time, seconds)."""

    number: int
    attendance: str
    call: str
    person: str
    at: float


@dataclass(frozen=True, slots=True)
class StayWent:
    """News: an attendance ended at `at` (unix time, seconds)."""

    number: int
    attendance: str
    call: str
    person: str
    at: float
    why: str
    speaking_seconds: float
    quality: Quality


@dataclass(frozen=True, slots=True)
class Draining:
    """No new call should come: the relay process exits when the present ones have ended."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Every second: the relay process is alive and this busy."""

    peers: int
    dropped: int


HubMessage = Greet | Opened | BrowserMessage | Closed | Remove | Ack | Detach | End
RelayMessage = Greeting | Ready | Deliver | Close | StayCame | StayWent | Draining | Heartbeat

FROM_HUB: Mapping[str, type[HubMessage]] = {
    "greet": Greet,
    "opened": Opened,
    "browser_message": BrowserMessage,
    "closed": Closed,
    "remove": Remove,
    "ack": Ack,
    "detach": Detach,
    "end": End,
}
FROM_RELAY: Mapping[str, type[RelayMessage]] = {
    "greeting": Greeting,
    "ready": Ready,
    "deliver": Deliver,
    "close": Close,
    "joined": StayCame,
    "left": StayWent,
    "draining": Draining,
    "heartbeat": Heartbeat,
}
_NAMES = {kind: name for table in (FROM_HUB, FROM_RELAY) for name, kind in table.items()}


def settings_text(bind: str, port: int, public: str, stun: str = "") -> str:
    """The settings of a relay process as one text, to be compared."""
    return write_text({"bind": bind, "port": port, "public": public, "stun": stun})


def parse_hub(line: bytes) -> HubMessage:
    """Read one line of a hub. Raises Malformed."""
    kind, rest = _open(line, FROM_HUB)
    return read(kind, rest)


def parse_relay(line: bytes) -> RelayMessage:
    """Read one line of a relay process. Raises Malformed."""
    kind, rest = _open(line, FROM_RELAY)
    return read(kind, rest)


def encode(message: HubMessage | RelayMessage) -> bytes:
    """A message as one line, its line break included."""
    return (write_text({"type": _NAMES[type(message)], **plain(message)}) + "\n").encode()


def _open(line: bytes, table: Mapping[str, type[K]]) -> tuple[type[K], dict[str, object]]:
    try:
        rest = read_text(line.decode())
    except UnicodeDecodeError as error:
        raise MalformedMessage("This is not UTF-8.") from error
    name = rest.pop("type", None)
    if not isinstance(name, str) or name not in table:
        raise MalformedMessage("No message has this type.")
    return table[name], rest
