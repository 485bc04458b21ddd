"""What the relay reports upward, and the errors it refuses with."""

from dataclasses import dataclass


class BadOffer(Exception):
    """An offer that cannot be answered; the message is one sentence for people."""


@dataclass(frozen=True, slots=True)
class PeerConnected:
    """DTLS is done and the certificate is the one of the offer: media can flow."""

    peer: str


@dataclass(frozen=True, slots=True)
class PeerQuiet:
    """Nothing authentic came from this peer for 2.5 s."""

    peer: str


@dataclass(frozen=True, slots=True)
class PeerHeard:
    """A quiet peer is heard again."""

    peer: str


@dataclass(frozen=True, slots=True)
class PeerLost:
    """The relay gave this peer up and forgot it. `why`: consent expired, closed, dtls failed, internal error."""

    peer: str
    why: str


Event = PeerConnected | PeerQuiet | PeerHeard | PeerLost


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one peer's leg. `round_trip` in seconds and `loss` (0..1) are of its downlink, None until known."""

    packets_in: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    round_trip: float | None = None
    loss: float | None = None
    speaking_seconds: float = 0.0
