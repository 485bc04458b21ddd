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
    """Of one peer's leg: counts, the latest loss (the worse way, 0..1) and round trip (seconds), and the means of what
    the peer reported; None until known. `since` is when the leg connected, seconds of `now`, None until it did."""

    packets_in: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    speaking_seconds: float = 0.0
    since: float | None = None
    loss: float | None = None
    round_trip: float | None = None
    mean_loss: float | None = None
    mean_jitter: float | None = None
    mean_round_trip: float | None = None
