"""Streams that the offer did not announce: their packets name their media line by its mid (RFC 9143 section 9.2)."""

from signaling.packet import Packet
from signaling.relay.routing.track import RoutedPeer, Stream, Track
from signaling.relay.rtp.headers import MID, HeaderLayout

MAX_REJECTED = 32


class UnsignaledStreams:
    """Finds the tracks of one peer's unsignaled streams. `rejected` are the SSRCs that named none."""

    __slots__ = ("rejected",)

    def __init__(self) -> None:
        self.rejected: set[int] = set()

    def refuses(self, ssrc: int) -> bool:
        """Whether a packet of this SSRC is not worth decrypting."""
        return ssrc in self.rejected or len(self.rejected) >= MAX_REJECTED

    def identify(self, peer: RoutedPeer, packet: Packet, ssrc: int) -> Stream | None:
        """Add the SSRC of this decrypted packet to the peer's streams, in place of its track's present one; None when
        it names no track that may send."""
        payload_type = packet.data[1] & 0x7F
        for track in _tracks_named_in(packet, peer.tracks):
            old = track.rtx_ssrc if payload_type == track.media.rtx else track.ssrc
            stream = track.add_stream(ssrc, payload_type)
            if stream is not None:
                if old is not None and old in peer.streams:
                    del peer.streams[old]
                    _forget(peer, old)
                peer.streams[ssrc] = stream
                return stream
        self.rejected.add(ssrc)
        _forget(peer, ssrc)
        return None


def _tracks_named_in(packet: Packet, tracks: tuple[Track, ...]) -> list[Track]:
    try:
        layout = HeaderLayout(packet.data, packet.length)
    except ValueError:
        return []
    named = []
    for track in tracks:
        found = layout.find(track.media.extensions.get(MID, 0))
        if track.allowed and found is not None and packet.data[found.start : found.end] == track.media.mid.encode():
            named.append(track)
    return named


def _forget(peer: RoutedPeer, ssrc: int) -> None:
    if peer.srtp is not None:
        peer.srtp.forget(ssrc)
