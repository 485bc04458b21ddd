"""What the server tells the live call about one person."""

from msgspec import structs

from signaling.codec import Int, Record


class IceServer(Record, frozen=True):
    """A STUN or TURN server for RTCPeerConnection's `iceServers`."""

    urls: tuple[str, ...]
    username: str
    credential: str

    def __repr__(self) -> str:
        return f"IceServer({self.urls!r})"


class Seat(Record, frozen=True):
    """A right to sit in a call. `call` and `person` are opaque ids; `seats` is the size of the room. Without
    `reads_earlier` they get no chat from before they entered.

    `ice_servers` are sent to the browser; as their credentials differ each time, they make no other seat.
    """

    call: str
    person: str
    name: str
    seats: Int = 2
    may_speak: bool = True
    may_show: bool = True
    reads_earlier: bool = True
    ice_servers: tuple[IceServer, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seat) and structs.astuple(self)[:-1] == structs.astuple(other)[:-1]

    def __hash__(self) -> int:
        return hash(structs.astuple(self)[:-1])
