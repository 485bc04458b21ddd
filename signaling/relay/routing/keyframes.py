"""Asking senders for keyframes: one request a track every 300 ms, whoever asks; no request is forgotten."""

from collections.abc import Callable

from signaling.relay.routing.track import Leg, Track
from signaling.relay.rtcp.packets import picture_loss


def ask(track: Track, now: float) -> float | None:
    """Ask now, or note it. Returns when `send_wanted` must run for it, or None."""
    if "nack pli" not in track.media.feedback or not track.lanes:
        return None
    track.wanted = True
    send_wanted(track, now)
    return track.keyframe_due()


def send_wanted(track: Track, now: float) -> None:
    """Send the request that is due. One to a sender who is not connected is dropped: connecting asks anew."""
    due = track.keyframe_due()
    if due is None or now < due:
        return
    track.wanted = False
    if track.ssrc is not None and track.owner.srtp is not None:
        track.asked = now
        track.owner.send_rtcp(picture_loss(track.owner.own_ssrc, track.ssrc))


def refresh(peer: Leg, ask: Callable[[Track, float], None], now: float) -> None:
    """Let all pictures from and to this peer begin anew, if it is connected."""
    if peer.srtp is None:
        return
    for track in peer.tracks:
        ask(track, now)
    for lane in peer.lanes.values():
        if lane.track is not None:
            ask(lane.track, now)
