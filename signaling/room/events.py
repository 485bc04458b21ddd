"""What a room takes (events) and what it gives (commands): the words between room.py and whoever runs it."""

from dataclasses import dataclass

from signaling.protocol.messages import BrowserMessage, Enter, Out, ServerMessage, Why
from signaling.quality import Grade
from signaling.seat import Seat


@dataclass(frozen=True, slots=True)
class Said:
    socket: str
    seat: Seat
    message: BrowserMessage


@dataclass(frozen=True, slots=True)
class SocketClosed:
    """`silent`: for how many seconds nothing had been heard from it."""

    socket: str
    silent: float


@dataclass(frozen=True, slots=True)
class Removed:
    person: str
    why: Out


@dataclass(frozen=True, slots=True)
class PeerOpened:
    asked: "OpenPeer"
    answer: str


@dataclass(frozen=True, slots=True)
class PeerRefused:
    asked: "OpenPeer"
    text: str


@dataclass(frozen=True, slots=True)
class PeerSilent:
    peer: str


@dataclass(frozen=True, slots=True)
class PeerBack:
    peer: str


@dataclass(frozen=True, slots=True)
class PeerGone:
    peer: str


@dataclass(frozen=True, slots=True)
class PeerGraded:
    """How good the leg is now."""

    peer: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class TimePassed:
    pass


@dataclass(frozen=True, slots=True)
class Over:
    """The relay process ends."""


Event = (
    Said
    | SocketClosed
    | Removed
    | PeerOpened
    | PeerRefused
    | PeerSilent
    | PeerBack
    | PeerGone
    | PeerGraded
    | TimePassed
    | Over
)


@dataclass(frozen=True, slots=True)
class Send:
    socket: str
    message: ServerMessage


@dataclass(frozen=True, slots=True)
class EndSocket:
    """Send `ended` and close the socket."""

    socket: str
    why: Why


@dataclass(frozen=True, slots=True)
class OpenPeer:
    """Open a leg; PeerOpened or PeerRefused must follow at once."""

    peer: str
    socket: str
    seat: Seat
    slots: int
    enter: Enter


@dataclass(frozen=True, slots=True)
class ClosePeer:
    """Close a leg of this stay, after its speaking time was added to the stay's."""

    peer: str
    stay: str


@dataclass(frozen=True, slots=True)
class SeatPeer:
    """The tracks of `sender` arrive in this slot of `receiver`."""

    receiver: str
    slot: int
    sender: str | None


@dataclass(frozen=True, slots=True)
class BeginStay:
    stay: str
    person: str
    at: float


@dataclass(frozen=True, slots=True)
class EndStay:
    stay: str
    person: str
    at: float
    why: str


Command = Send | EndSocket | OpenPeer | ClosePeer | SeatPeer | BeginStay | EndStay
