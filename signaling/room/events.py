"""What a room takes (events) and what it gives (commands). Joined and Left are commands to report them."""

from dataclasses import dataclass

from signaling.news import Joined, Left
from signaling.protocol.messages import ClientMessage, EndReason, Enter, RemovalReason, ServerMessage
from signaling.quality import Grade
from signaling.seat import Seat


@dataclass(frozen=True, slots=True)
class MessageReceived:
    socket: str
    seat: Seat
    message: ClientMessage


@dataclass(frozen=True, slots=True)
class SocketClosed:
    """`silent`: for how many seconds nothing had been received from it."""

    socket: str
    silent: float


@dataclass(frozen=True, slots=True)
class PersonRemoved:
    person: str
    why: RemovalReason


@dataclass(frozen=True, slots=True)
class PeerOpened:
    request: "OpenPeer"
    answer: str


@dataclass(frozen=True, slots=True)
class PeerRefused:
    request: "OpenPeer"
    text: str


@dataclass(frozen=True, slots=True)
class PeerSilent:
    peer: str


@dataclass(frozen=True, slots=True)
class PeerRecovered:
    peer: str


@dataclass(frozen=True, slots=True)
class PeerGone:
    peer: str


@dataclass(frozen=True, slots=True)
class PeerGraded:
    """How good the peer is now."""

    peer: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class PeerSpoke:
    """For how many seconds the peer's person has spoken, since it was opened."""

    peer: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CallMoved:
    """Another relay process serves the call since `at`, in the seconds of `now`."""

    at: float


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """The relay process ends."""


RoomEvent = (
    MessageReceived
    | SocketClosed
    | PersonRemoved
    | PeerOpened
    | PeerRefused
    | PeerSilent
    | PeerRecovered
    | PeerGone
    | PeerGraded
    | PeerSpoke
    | CallMoved
    | Tick
    | Shutdown
)


@dataclass(frozen=True, slots=True)
class Send:
    socket: str
    message: ServerMessage


@dataclass(frozen=True, slots=True)
class EndSocket:
    """Send `ended` and close the socket."""

    socket: str
    why: EndReason


@dataclass(frozen=True, slots=True)
class OpenPeer:
    """Open a peer; PeerOpened or PeerRefused must follow at once."""

    peer: str
    socket: str
    seat: Seat
    slots: int
    enter: Enter


@dataclass(frozen=True, slots=True)
class ClosePeer:
    """Close a peer of this attendance, after its figures were added to the attendance's."""

    peer: str
    attendance: str


@dataclass(frozen=True, slots=True)
class SeatPeer:
    """The tracks of `sender` arrive in this slot of `receiver`."""

    receiver: str
    slot: int
    sender: str | None


@dataclass(frozen=True, slots=True)
class SetPictures:
    """Whether cameras and screens are forwarded to this peer."""

    peer: str
    wanted: bool


Command = Send | EndSocket | OpenPeer | ClosePeer | SeatPeer | SetPictures | Joined | Left
