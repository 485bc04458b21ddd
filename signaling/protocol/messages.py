"""The protocol between browser and server, version 1, as docs/protocol.md describes it: one dataclass a message.

FROM_BROWSER and FROM_SERVER are the whole protocol: the name on the wire, and the dataclass whose fields follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from signaling.protocol.codec import MalformedMessage, plain, read, read_text, write_text
from signaling.quality import Grade
from signaling.seat import IceServer as IceServer

VERSION = 1
MAX_BYTES = 64 * 1024

ErrorCode = Literal[
    "malformed",
    "unknown_type",
    "wrong_version",
    "too_large",
    "too_often",
    "bad_offer",
    "unknown_peer",
    "not_entered",
    "full",
]
Presence = Literal["waiting", "in", "reconnecting"]
EndReason = Literal["left", "replaced", "removed", "over"]
# Why the product takes somebody out of a call.
RemovalReason = Literal["removed", "over"]


class Refusal(Exception):
    """A message that is not accepted: the error `code`, one sentence `text`, and the message type it is `about`."""

    def __init__(self, code: ErrorCode, text: str, about: str | None = None) -> None:
        super().__init__(text)
        self.code: ErrorCode = code
        self.text = text
        self.about = about


@dataclass(frozen=True, slots=True)
class Hello:
    version: int


@dataclass(frozen=True, slots=True)
class Enter:
    offer: str
    microphone: bool
    camera: bool


@dataclass(frozen=True, slots=True)
class Resume:
    peer: str


@dataclass(frozen=True, slots=True)
class MediaState:
    microphone: bool
    camera: bool
    screen: bool


@dataclass(frozen=True, slots=True)
class PhoneWish:
    wanted: bool


@dataclass(frozen=True, slots=True)
class Leave:
    pass


@dataclass(frozen=True, slots=True)
class Ping:
    n: int


@dataclass(frozen=True, slots=True)
class Welcome:
    version: int
    person: str
    name: str
    slots: int
    may_speak: bool
    may_show: bool
    ice_servers: tuple[IceServer, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterEntry:
    person: str
    name: str
    here: Presence
    slot: int | None
    microphone: bool
    camera: bool
    screen: bool
    connection: Grade = ""
    phone: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    people: tuple[RosterEntry, ...]


@dataclass(frozen=True, slots=True)
class Entered:
    peer: str
    answer: str


@dataclass(frozen=True, slots=True)
class Resumed:
    peer: str


@dataclass(frozen=True, slots=True)
class Pong:
    n: int


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    code: ErrorCode
    text: str
    about: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    why: EndReason


ClientMessage = Hello | Enter | Resume | MediaState | PhoneWish | Leave | Ping
ServerMessage = Welcome | Roster | Entered | Resumed | Pong | ErrorMessage | Ended

FROM_BROWSER: Mapping[str, type[ClientMessage]] = {
    "hello": Hello,
    "enter": Enter,
    "resume": Resume,
    "state": MediaState,
    "phone": PhoneWish,
    "leave": Leave,
    "ping": Ping,
}
FROM_SERVER: Mapping[str, type[ServerMessage]] = {
    "hello": Welcome,
    "roster": Roster,
    "entered": Entered,
    "resumed": Resumed,
    "pong": Pong,
    "error": ErrorMessage,
    "ended": Ended,
}
_NAMES = {kind: name for table in (FROM_BROWSER, FROM_SERVER) for name, kind in table.items()}

# Close codes of the WebSocket.
ENDED = 4000
RELAY_LOST = 4001
TOO_MANY_MALFORMED = 4400
TOO_MANY = 4429


def parse(text: str) -> ClientMessage:
    """Read one frame of a browser. Raises Refused: too_large, malformed, unknown_type, wrong_version."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise Refusal("too_large", "A message may have at most 64 KiB.")
    try:
        return from_object(read_text(text))
    except MalformedMessage as error:
        raise Refusal("malformed", str(error)) from error


def from_object(value: Mapping[str, object]) -> ClientMessage:
    """Read one browser message that is already parsed JSON. Raises Refused like `parse`."""
    rest = dict(value)
    name = rest.pop("type", None)
    if not isinstance(name, str):
        raise Refusal("malformed", "The field 'type' must be a string.")
    if name not in FROM_BROWSER:
        raise Refusal("unknown_type", f"No message has the type {name[:40]!r}.")
    try:
        message = read(FROM_BROWSER[name], rest)
    except MalformedMessage as error:
        raise Refusal("malformed", str(error), name) from error
    if isinstance(message, Hello) and message.version != VERSION:
        raise Refusal("wrong_version", f"This server speaks version {VERSION}: reload the page.", name)
    return message


def name_of(message: ClientMessage | ServerMessage) -> str:
    """The `type` of a message on the wire."""
    return _NAMES[type(message)]


def to_object(message: ClientMessage | ServerMessage) -> dict[str, object]:
    """A message as a JSON object, `type` first."""
    return {"type": name_of(message), **plain(message)}


def encode(message: ClientMessage | ServerMessage) -> str:
    """A message as the text of one frame."""
    return write_text(to_object(message))
