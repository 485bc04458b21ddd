"""What must be done for each peer when time has passed, and when."""

from collections.abc import Iterator

from signaling.relay.events import PeerLost, PeerQuiet
from signaling.relay.routing import keyframes
from signaling.relay.routing.peer import Peer
from signaling.relay.transport.dtls import DtlsFailed


class Alarm:
    """`due` is the earliest time that it was set to, in monotonic seconds; None until it was."""

    __slots__ = ("due",)

    def __init__(self) -> None:
        self.due: float | None = None

    def set(self, when: float) -> None:
        """Something must be done then."""
        if self.due is None or when < self.due:
            self.due = when


def deadline(peer: Peer) -> float:
    """When `run` must come next, in monotonic seconds."""
    due = peer.due()
    if peer.arrivals is not None and peer.arrivals.due is not None:
        due.append(peer.arrivals.due)
    due += [when for track in peer.tracks for when in track.due()]
    return min(due)


def run(peer: Peer, now: float) -> Iterator[PeerQuiet | PeerLost]:
    """Do what is due: consent, silence, DTLS retransmission, feedback, keyframes put off, packets to ask for again.
    Whoever hears that the peer is lost is to forget it; nothing else is done then."""
    if now >= peer.agent.expires():
        yield PeerLost(peer.name, "consent expired")
        return
    if peer.fall_quiet(now):
        yield PeerQuiet(peer.name)
    try:
        peer.expire_dtls(now)
    except DtlsFailed as failure:
        yield PeerLost(peer.name, f"dtls failed: {failure}")
        return
    if peer.arrivals is not None and peer.arrivals.due is not None and now >= peer.arrivals.due:
        peer.report_arrivals()
    for track in peer.tracks:
        keyframes.send_wanted(track, now)
        peer.ask_missing(track, now)
