"""What the product tells the live call about one person: the whole contract between server and signaling."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server for RTCPeerConnection's `iceServers`."""

    urls: tuple[str, ...]
    username: str
    credential: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seat:
    """A right to sit in a call. `call` and `person` are opaque ids; `seats` is the size of the room.

    `ice_servers` are handed to the browser; as their credentials differ each time, they make no other seat.
    """

    call: str
    person: str
    name: str
    seats: int = 2
    may_speak: bool = True
    may_show: bool = True
    ice_servers: tuple[IceServer, ...] = field(default=(), compare=False)
