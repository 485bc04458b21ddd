"""Streams that the offer did not announce: their packets name their line by its mid (RFC 9143 section 9.2)."""

from signaling.packet import Packet
from signaling.relay.routing.track import Leg, Stream, Track
from signaling.relay.rtp.headers import MID, Layout

MAX_STRANGERS = 32


class Bundle:
    """Of one peer's lines. `strangers` are the SSRCs that named none of them."""

    __slots__ = ("strangers",)

    def __init__(self) -> None:
        self.strangers: set[int] = set()

    def is_closed_to(self, ssrc: int) -> bool:
        """Whether a packet of this SSRC is not worth being decrypted."""
        return ssrc in self.strangers or len(self.strangers) >= MAX_STRANGERS

    def learn(self, leg: Leg, packet: Packet, ssrc: int) -> Stream | None:
        """Take the SSRC of this decrypted packet among the leg's streams, in the place of the one that its track had;
        None when it names no track that may send."""
        payload_type = packet.data[1] & 0x7F
        for track in _named_by(packet, leg.tracks):
            old = track.rtx_ssrc if payload_type == track.media.rtx else track.ssrc
            stream = track.learn(ssrc, payload_type)
            if stream is not None:
                if old is not None and old in leg.streams:
                    del leg.streams[old]
                    _forget(leg, old)
                leg.streams[ssrc] = stream
                return stream
        self.strangers.add(ssrc)
        _forget(leg, ssrc)
        return None


def _named_by(packet: Packet, tracks: tuple[Track, ...]) -> list[Track]:
    try:
        layout = Layout(packet.data, packet.length)
    except ValueError:
        return []
    named = []
    for track in tracks:
        found = layout.find(track.media.extensions.get(MID, 0))
        if track.allowed and found is not None and packet.data[found.start : found.end] == track.media.mid.encode():
            named.append(track)
    return named


def _forget(leg: Leg, ssrc: int) -> None:
    if leg.srtp is not None:
        leg.srtp.forget(ssrc)
