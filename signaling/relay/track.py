"""A sender's track, the RTP streams it arrives as, and the lanes that carry it into receivers' slots.

A lane is one outgoing RTP stream with a fixed SSRC: one for the media of a slot's line, one for its retransmissions
(RFC 4588). Lanes live as long as their receiver; which track feeds them is the seating.
"""

from __future__ import annotations

from struct import Struct
from typing import Protocol

from signaling.relay.arrivals import Arrivals
from signaling.relay.rtp import ExtensionMap, map_extensions, payload_end, payload_start
from signaling.relay.sdp import MID, TRANSPORT_CC, OfferedMedia
from signaling.relay.sequence import Sequence
from signaling.relay.srtp import Srtp

KEYFRAME_SECONDS = 0.3
MAX_NEW_SSRCS = 16
_NO_PAYLOAD = 255
_HEADER = Struct("!HII")
_NUMBER = Struct("!H")
_NOTHING = ExtensionMap({})


Seat = list[tuple["Lane", "Lane | None"]]


class Leg(Protocol):
    """A peer as its tracks and lanes, the seating and RTCP know it; `peer.Peer` is the one that there is."""

    srtp: Srtp | None
    own_ssrc: int
    arrivals: Arrivals | None
    tracks: tuple[Track, ...]
    streams: dict[int, Stream]
    lanes: dict[int, Lane]
    slots: list[Seat]
    seated: list[Leg | None]
    round_trip: float | None
    loss: float | None

    def send_rtp(self, packet: bytearray, length: int) -> None:
        """Encrypt the first `length` bytes in place and send."""

    def send_rtcp(self, packet: bytearray) -> None:
        """Encrypt a compound in place and send."""


class Lane:
    """One outgoing stream. `pair` is the media lane of a retransmission lane, None for a media lane itself."""

    __slots__ = (
        "alone",
        "description",
        "extensions",
        "media",
        "pair",
        "payload_types",
        "receiver",
        "reports",
        "sequence",
        "ssrc",
        "track",
    )

    def __init__(
        self, receiver: Leg, media: OfferedMedia, ssrc: int, description: bytes, pair: Lane | None = None
    ) -> None:
        self.receiver = receiver
        self.media = media
        self.ssrc = ssrc
        self.description = description
        self.pair = pair
        self.alone = False
        self.track: Track | None = None
        self.sequence = Sequence(48000 if media.kind == "audio" else 90000)
        self.payload_types = bytes([_NO_PAYLOAD]) * 128
        self.extensions = _NOTHING
        self.reports: dict[int, float] = {}

    def feed(self, track: Track | None, alone: bool) -> None:
        """Take packets of `track` from now on. `alone`: sender and receiver see nobody else, so transport-wide
        sequence numbers mean the same to both and pass through."""
        self.track = track
        self.alone = alone
        if track is None:
            return
        source = track.media
        types = bytearray([_NO_PAYLOAD]) * 128
        if self.pair is None:
            types[source.codec] = self.media.codec
        elif source.rtx is not None and self.media.rtx is not None:
            types[source.rtx] = self.media.rtx
        self.payload_types = bytes(types)
        left_out = {MID} if alone else {MID, TRANSPORT_CC}
        self.extensions = ExtensionMap(
            {
                number: self.media.extensions[uri]
                for uri, number in source.extensions.items()
                if uri in self.media.extensions and uri not in left_out
            }
        )

    def carry(self, packet: bytearray, length: int, now: float) -> bool:
        """Turn a sender's decrypted packet into this lane's, in place. False when the receiver cannot take it."""
        payload_type = self.payload_types[packet[1] & 0x7F]
        if payload_type == _NO_PAYLOAD:
            return False
        number, stamp, source = _HEADER.unpack_from(packet, 2)
        sequence = self.sequence
        if sequence.source != source:
            sequence.rebase(source, number, stamp, now)
        number = (number + sequence.shift) & 0xFFFF
        if self.pair is None:
            stamp = (stamp + sequence.stamp_shift) & 0xFFFFFFFF
        else:
            stamp = (stamp + self.pair.sequence.stamp_shift) & 0xFFFFFFFF
            if self.pair.sequence.shift and not self._shift_original(packet, length):
                return False
        sequence.advance(number, stamp, now)
        packet[1] = packet[1] & 0x80 | payload_type
        _HEADER.pack_into(packet, 2, number, stamp, self.ssrc)
        if packet[0] & 0x10:
            map_extensions(packet, self.extensions)
        return True

    def _shift_original(self, packet: bytearray, length: int) -> bool:
        """Patch the original sequence number that a retransmission starts with (RFC 4588 section 4)."""
        start = payload_start(packet, length)
        size = payload_end(packet, start, length) - start
        if size >= 2 and self.pair is not None:
            original = _NUMBER.unpack_from(packet, start)[0]
            _NUMBER.pack_into(packet, start, (original + self.pair.sequence.shift) & 0xFFFF)
        return size != 1


class Stream:
    """One incoming SSRC of a track. `lanes` are the outgoing streams it feeds."""

    __slots__ = ("lanes", "payload_type", "rtx", "ssrc", "track")

    def __init__(self, track: Track, ssrc: int, rtx: bool) -> None:
        self.track = track
        self.ssrc = ssrc
        self.rtx = rtx
        self.payload_type = track.media.rtx if rtx else track.media.codec
        self.lanes = track.rtx_lanes if rtx else track.lanes


class Track:
    """One of a peer's three uplinks. `lanes` and `rtx_lanes` are kept in the order of seating."""

    __slots__ = ("allowed", "asked", "lanes", "media", "new_ssrcs", "owner", "rtx_lanes", "rtx_ssrc", "ssrc", "wanted")

    def __init__(self, owner: Leg, media: OfferedMedia, allowed: bool) -> None:
        self.owner = owner
        self.media = media
        self.allowed = allowed
        self.ssrc = media.ssrc
        self.rtx_ssrc = media.rtx_ssrc
        self.lanes: list[Lane] = []
        self.rtx_lanes: list[Lane] = []
        self.new_ssrcs = 0
        self.wanted = False
        self.asked = -KEYFRAME_SECONDS

    def streams(self) -> list[Stream]:
        """The streams the offer announced."""
        known = ((self.ssrc, False), (self.rtx_ssrc, True))
        return [Stream(self, ssrc, rtx) for ssrc, rtx in known if ssrc is not None]

    def learn(self, ssrc: int, payload_type: int) -> Stream | None:
        """A stream that named this track by its mid; None when it has no place here or too many came."""
        rtx = payload_type == self.media.rtx
        if (not rtx and payload_type != self.media.codec) or self.new_ssrcs >= MAX_NEW_SSRCS:
            return None
        self.new_ssrcs += 1
        if rtx:
            self.rtx_ssrc = ssrc
        else:
            self.ssrc = ssrc
        return Stream(self, ssrc, rtx)

    def keyframe_due(self) -> float | None:
        """When a wanted keyframe may be asked for, or None."""
        return self.asked + KEYFRAME_SECONDS if self.wanted else None
