"""The protocol between the hub and a relay process, version 6, as docs/protocol.md describes it.

One JSON object a line over a Unix socket. HubMessage and RelayMessage are the whole protocol. `greet` and `greeting`
keep their form in every version, so that a hub recognizes a relay process of another one.
"""

from typing import Annotated

import msgspec

from signaling.codec import Int, Record, decode
from signaling.news import Joined, Left, Sample
from signaling.protocol.messages import RemovalReason
from signaling.seat import Seat

VERSION = 6
# Where a hub and a relay process are of two versions that follow one another, both speak the earlier one.
SPOKEN = (VERSION - 1, VERSION)
# A browser's 64 KiB message, every character of it escaped, and its envelope.
MAX_LINE = 1024 * 1024


class Greet(Record, frozen=True, tag="greet", omit_defaults=True):
    """The first message of a hub.

    One that `observes`, from another machine, keeps no record: it is told `noted` in place of `news`, and its `ack`,
    `detach` and `end` mean nothing.
    """

    version: Int
    observes: bool = False


class Through(Record, frozen=True, tag="through"):
    """What a hub says at the door of another machine before all else: which relay process it wants to speak to. Only
    what follows is passed on to that."""

    relay: str


class Opened(Record, frozen=True, tag="opened"):
    """A browser's WebSocket opened; `socket` is the hub's name for it."""

    socket: str
    seat: Seat


class BrowserMessage(Record, frozen=True, tag="browser_message"):
    """What a browser sent, already checked by the hub."""

    socket: str
    message: msgspec.Raw


class Closed(Record, frozen=True, tag="closed"):
    """A browser's WebSocket closed; nothing had been received from it for `silent` seconds."""

    socket: str
    silent: float


class Remove(Record, frozen=True, tag="remove"):
    """This person may no longer be in this call. `why`: removed (consent was withdrawn) or over (the time is)."""

    call: str
    person: str
    why: RemovalReason


class Release(Record, frozen=True, tag="release"):
    """Another relay process serves this call since `at` (unix time, seconds): every attendance here ended then, and the
    browsers come back to be served there."""

    call: str
    at: float


class Ack(Record, frozen=True, tag="ack"):
    """The news up to and with this number is stored; the relay process may forget it."""

    number: Int


class Drain(Record, frozen=True, tag="drain"):
    """Take no new calls; exit when the present ones have ended, or when the time for draining is over."""


class Detach(Record, frozen=True, tag="detach"):
    """The hub ends and leaves the calls running: exit as soon as nobody is in one, unless another hub connects."""


class End(Record, frozen=True, tag="end"):
    """End every attendance, wait until the last news is acknowledged, and exit."""


class Greeting(Record, frozen=True, tag="greeting"):
    """The first message of a relay process: `relay` is a random name of its life, `port` its UDP and TCP port.

    `settings` is how it was started, as `settings_text` writes it.
    """

    version: Int
    relay: str
    pid: Int
    port: Int
    settings: str


class Ready(Record, frozen=True, tag="ready"):
    """After the greeting and all news that is not acknowledged yet: the attendances that go on."""

    attendances: tuple[Joined, ...]


class Deliver(Record, frozen=True, tag="deliver"):
    """A message for a browser."""

    socket: str
    message: msgspec.Raw


class Close(Record, frozen=True, tag="close"):
    """Close a browser's WebSocket with this code."""

    socket: str
    code: Annotated[int, msgspec.Meta(ge=1000, le=4999)]


class NumberedNews(Record, frozen=True, tag="news"):
    """Somebody joined or left; the hub acknowledges the number."""

    number: Int
    news: Joined | Left


class Noted(Record, frozen=True, tag="noted"):
    """Somebody joined or left, for a hub that observes: another one records it."""

    news: Joined | Left


class Draining(Record, frozen=True, tag="draining"):
    """No new call should come: the relay process exits when the present ones have ended."""


class Talking(Record, frozen=True, tag="talking"):
    """Every second while the relay process drains, to the hub that keeps the record: the calls in which somebody spoke
    in the last second. They are better moved a little later."""

    calls: tuple[str, ...]


class Measured(Record, frozen=True, tag="measured"):
    """Every ten seconds, while somebody is in a call: how good each connection was. It is not sent again."""

    samples: tuple[Sample, ...]


class Heartbeat(Record, frozen=True, tag="heartbeat"):
    """Every second: the relay process is alive and this busy.

    `received`, `sent` and `dropped` count datagrams since its start; `delay` and `longest` are the mean and the longest
    seconds that it kept one of the last second; `loss` is the mean share that the peers lose now, both ways.
    """

    peers: Int
    dropped: Int
    received: Int = 0
    sent: Int = 0
    delay: float = 0.0
    longest: float = 0.0
    loss: float = 0.0


HubMessage = Greet | Opened | BrowserMessage | Closed | Remove | Release | Ack | Drain | Detach | End
RelayMessage = Greeting | Ready | Deliver | Close | NumberedNews | Noted | Draining | Talking | Measured | Heartbeat

_HUB_MESSAGE: msgspec.json.Decoder[HubMessage] = msgspec.json.Decoder(HubMessage)
_THROUGH: msgspec.json.Decoder[Through] = msgspec.json.Decoder(Through)
_RELAY_MESSAGE: msgspec.json.Decoder[RelayMessage] = msgspec.json.Decoder(RelayMessage)


def settings_text(bind: str, port: int, public: str, stun: str = "") -> str:
    """The settings of a relay process as one text, to be compared."""
    return msgspec.json.encode({"bind": bind, "port": port, "public": public, "stun": stun}).decode()


def is_known_in(version: int, message: HubMessage | RelayMessage) -> bool:
    """Whether the other side, which speaks this version, knows such a message."""
    return version >= VERSION or not isinstance(message, Release | Talking)


def answering(version: int) -> int:
    """The version in which a relay process answers a hub that greets in this one."""
    return version if version in SPOKEN else VERSION


def parse_hub(line: bytes) -> HubMessage:
    """Read one line of a hub. Raises MalformedMessage."""
    return decode(_HUB_MESSAGE, line)


def parse_through(line: bytes) -> Through:
    """Read the first line at a door. Raises MalformedMessage."""
    return decode(_THROUGH, line)


def parse_relay(line: bytes) -> RelayMessage:
    """Read one line of a relay process. Raises MalformedMessage."""
    return decode(_RELAY_MESSAGE, line)


def encode(message: HubMessage | RelayMessage | Through) -> bytes:
    """A message as one line, its line break included."""
    return msgspec.json.encode(message) + b"\n"
