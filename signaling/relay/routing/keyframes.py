"""Requests for keyframes: at most one for each track every 300 ms, and none is forgotten."""

from collections.abc import Callable

from signaling.relay.routing.track import RoutedPeer, Track
from signaling.relay.rtcp.packets import pli


def request(track: Track, now: float) -> float | None:
    """Request a keyframe now, or as soon as the interval allows. Returns when `send_due` must be called for that."""
    if "nack pli" not in track.media.feedback or not track.downlinks:
        return None
    track.keyframe_wanted = True
    send_due(track, now)
    return track.keyframe_due()


def send_due(track: Track, now: float) -> None:
    """Send the request that is due. It is dropped while the sender is not connected: connecting requests again."""
    due = track.keyframe_due()
    if due is None or now < due:
        return
    track.keyframe_wanted = False
    if track.ssrc is not None and track.sender.srtp is not None:
        track.keyframe_requested_at = now
        track.sender.send_rtcp(pli(track.sender.own_ssrc, track.ssrc))


def request_all(peer: RoutedPeer, request: Callable[[Track, float], None], now: float) -> None:
    """Request keyframes of all pictures from and to this peer, if it is connected."""
    if peer.srtp is None:
        return
    for track in peer.tracks:
        request(track, now)
    for downlink in peer.downlinks.values():
        if downlink.track is not None:
            request(downlink.track, now)
