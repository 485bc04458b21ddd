"""The protocol between browser and server, version 1, as docs/protocol.md describes it: one record a message.

ClientMessage and ServerMessage are the whole protocol: the tag of a record is the `type` of its message.
"""

from typing import Annotated, Literal, get_args

import msgspec

from signaling.codec import Int, MalformedMessage, Record, decode, tag_of
from signaling.quality import Grade
from signaling.seat import IceServer

VERSION = 1
MAX_BYTES = 64 * 1024
MAX_CHAT = 48 * 1024
MAX_KEYS = 16 * 1024

Unreadable = Literal["malformed", "unknown_type", "wrong_version", "too_large"]
ErrorCode = Literal[Unreadable, "too_often", "bad_offer", "unknown_peer", "not_entered", "full"]
CaptionWord = Literal["ask", "end", "yes", "no"]
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


class Hello(Record, frozen=True, tag="hello"):
    version: Int


class Enter(Record, frozen=True, tag="enter"):
    offer: str
    microphone: bool
    camera: bool
    encrypts: bool = False


class Resume(Record, frozen=True, tag="resume"):
    peer: str


class MediaState(Record, frozen=True, tag="state"):
    microphone: bool
    camera: bool
    screen: bool


class PhoneWish(Record, frozen=True, tag="phone"):
    wanted: bool


class RaisedHand(Record, frozen=True, tag="hand"):
    raised: bool


class SoundOnly(Record, frozen=True, tag="sound_only"):
    on: bool


class Chat(Record, frozen=True, tag="chat"):
    """`content` is the browsers' own: the server forwards it and does not read it. `id` is of the sender's making."""

    id: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z-]{8,40}\Z")]
    content: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_CHAT)]


class Keys(Record, frozen=True, tag="keys"):
    """`content` is the browsers' own, and for one person: the server forwards it and cannot read it."""

    to: str
    content: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_KEYS)]


class Captions(Record, frozen=True, tag="captions"):
    """A reader asks a speaker for captions or wants them no more; a speaker in this language agrees or does not."""

    to: str
    says: CaptionWord
    language: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z-]{0,35}\Z")] = ""


class SpeakingOff(Record, frozen=True, tag="speaking_off"):
    pass


class Leave(Record, frozen=True, tag="leave"):
    pass


class Ping(Record, frozen=True, tag="ping"):
    n: Int


class Welcome(Record, frozen=True, tag="hello"):
    version: Int
    person: str
    name: str
    slots: Int
    may_speak: bool
    may_show: bool
    ice_servers: tuple[IceServer, ...] = ()


class RosterEntry(Record, frozen=True):
    person: str
    name: str
    here: Presence
    slot: Int | None
    microphone: bool
    camera: bool
    screen: bool
    connection: Grade = ""
    phone: bool = False
    hand: bool = False
    sound_only: bool = False
    encrypts: bool = False


class Roster(Record, frozen=True, tag="roster"):
    people: tuple[RosterEntry, ...]


class Entered(Record, frozen=True, tag="entered"):
    peer: str
    answer: str


class Resumed(Record, frozen=True, tag="resumed"):
    peer: str


class ChatLine(Record, frozen=True, tag="chat"):
    id: str
    person: str
    name: str
    at: float
    content: str


class KeysFrom(Record, frozen=True, tag="keys"):
    person: str
    content: str


class CaptionsFrom(Record, frozen=True, tag="captions"):
    person: str
    says: CaptionWord
    language: str


class Spoken(Record, frozen=True):
    person: str
    recent: float
    total: float


class Speaking(Record, frozen=True, tag="speaking"):
    on: bool
    people: tuple[Spoken, ...]


class Pong(Record, frozen=True, tag="pong"):
    n: Int


class ErrorMessage(Record, frozen=True, tag="error"):
    code: ErrorCode
    text: str
    about: str | None


class Ended(Record, frozen=True, tag="ended"):
    why: EndReason


Said = Chat | Keys | Captions | SpeakingOff
ClientMessage = Hello | Enter | Resume | MediaState | PhoneWish | RaisedHand | SoundOnly | Said | Leave | Ping
ServerMessage = (
    Welcome | Roster | Entered | Resumed | ChatLine | KeysFrom | CaptionsFrom | Speaking | Pong | ErrorMessage | Ended
)

# What the roster says of its sender, under the type of the message.
Mark = PhoneWish | RaisedHand | SoundOnly

# Close codes of the WebSocket.
ENDED = 4000
RELAY_LOST = 4001
TOO_MANY_MALFORMED = 4400
TOO_MANY = 4429


class _Typed(msgspec.Struct):
    """Of any object, whether it names its type."""

    type: str


_MESSAGE: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_TYPED = msgspec.json.Decoder(_Typed)
_TYPES = frozenset(tag_of(kind) for kind in get_args(ClientMessage))


def parse(text: str) -> ClientMessage:
    """Read one frame of a browser. Raises Refusal: too_large, malformed, unknown_type, wrong_version."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise Refusal("too_large", "A message may have at most 64 KiB.")
    return read(text)


def read(text: str | msgspec.Raw) -> ClientMessage:
    """Read one browser message of any size. Raises Refusal like `parse`."""
    try:
        message = decode(_MESSAGE, text)
    except MalformedMessage as error:
        raise _refusal(text, error) from error
    if isinstance(message, Hello) and message.version != VERSION:
        raise Refusal("wrong_version", f"This server speaks version {VERSION}: reload the page.", "hello")
    return message


def _refusal(text: str | msgspec.Raw, error: MalformedMessage) -> Refusal:
    try:
        name = decode(_TYPED, text).type
    except MalformedMessage:
        return Refusal("malformed", str(error))
    if name not in _TYPES:
        return Refusal("unknown_type", f"No message has the type {name[:40]!r}.")
    return Refusal("malformed", str(error), name)


def encode(message: ClientMessage | ServerMessage) -> str:
    """A message as the text of one frame."""
    return msgspec.json.encode(message).decode()


def raw(message: ClientMessage | ServerMessage) -> msgspec.Raw:
    """A message as JSON, to be carried in a message of another protocol."""
    return msgspec.Raw(msgspec.json.encode(message))
