"""What must be done for each peer when time has passed, and when."""

from collections.abc import Iterator

from signaling.relay.events import PeerDisconnected, PeerLost
from signaling.relay.routing import keyframes
from signaling.relay.routing.peer import Peer
from signaling.relay.transport.dtls import DtlsFailed

# After the handshake, when a browser has long sent something authentic.
RELEASE_SECONDS = 0.5


def deadline(peer: Peer) -> float:
    """When `run` must be called next, in monotonic seconds."""
    due = peer.due()
    if peer.transport_feedback is not None and peer.transport_feedback.due is not None:
        due.append(peer.transport_feedback.due)
    due += [when for track in peer.tracks for when in track.due()]
    return min(due)


def run(peer: Peer, now: float) -> Iterator[PeerDisconnected | PeerLost]:
    """Do what is due: consent, silence, DTLS retransmission and release, feedback, delayed keyframe requests,
    missing packets. After PeerLost nothing else is done, and the caller must forget the peer."""
    if now >= peer.agent.expires():
        yield PeerLost(peer.name, "consent expired")
        return
    if peer.note_silence(now):
        yield PeerDisconnected(peer.name)
    try:
        peer.expire_dtls(now)
    except DtlsFailed as failure:
        yield PeerLost(peer.name, f"dtls failed: {failure}")
        return
    peer.release_dtls()
    feedback = peer.transport_feedback
    if feedback is not None and feedback.due is not None and now >= feedback.due:
        peer.send_transport_feedback()
    for track in peer.tracks:
        keyframes.send_due(track, now)
        peer.request_missing(track, now)
