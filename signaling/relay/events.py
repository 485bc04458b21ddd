"""What the relay reports upward, and the error it refuses an offer with."""

from dataclasses import dataclass


class BadOffer(Exception):
    """An offer that cannot be answered; the message is one sentence for people."""


@dataclass(frozen=True, slots=True)
class PeerConnected:
    """DTLS is complete and the certificate is the one of the offer: media can flow."""

    peer: str


@dataclass(frozen=True, slots=True)
class PeerDisconnected:
    """Nothing authentic arrived from this peer for 2.5 s."""

    peer: str


@dataclass(frozen=True, slots=True)
class PeerReconnected:
    """Something authentic arrived again from a disconnected peer."""

    peer: str


@dataclass(frozen=True, slots=True)
class PeerLost:
    """The relay gave this peer up and forgot it. `why`: consent expired, closed, dtls failed, internal error."""

    peer: str
    why: str


RelayEvent = PeerConnected | PeerDisconnected | PeerReconnected | PeerLost


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one peer: counts, the latest loss (the worse direction, 0..1) and round trip (seconds), and the means of what
    the peer reported; None until known. `connected_at` is in seconds of `now`, None until the peer was connected."""

    packets_in: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    speaking_seconds: float = 0.0
    connected_at: float | None = None
    loss: float | None = None
    round_trip: float | None = None
    mean_loss: float | None = None
    mean_jitter: float | None = None
    mean_round_trip: float | None = None
