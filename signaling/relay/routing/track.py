"""A sender's track, the RTP streams it arrives as, and the lanes that carry it into receivers' slots.

A lane is one outgoing RTP stream with a fixed SSRC: one for the media of a slot's line, one for its retransmissions
(RFC 4588). Lanes live as long as their receiver; which track feeds them is the seating.
"""

from __future__ import annotations

from struct import Struct
from typing import Protocol

from signaling.packet import LONGEST, Packet
from signaling.relay.routing.header_map import HeaderMap
from signaling.relay.rtcp.transport_feedback import Arrivals
from signaling.relay.rtp.headers import MID, TRANSPORT_CC, Layout, Layouts
from signaling.relay.rtp.packet_cache import History
from signaling.relay.rtp.payload_formats import LONGER, shift_original, unwrap_red, wrap_rtx
from signaling.relay.rtp.stream_offsets import Sequence
from signaling.relay.sdp.offer import OfferedMedia
from signaling.relay.statistics import Reception
from signaling.relay.transport.srtp import Srtp

KEYFRAME_SECONDS = 0.3
MAX_NEW_SSRCS = 16
read_numbers = Struct("!HII").unpack_from
_write_numbers = Struct("!BHII").pack_into

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
    # What each receiver can take of what this peer sends: bit/s, and when it said so.
    limits: dict[Leg, tuple[int, float]]
    reception: Reception

    def may_repair(self, now: float) -> bool:
        """Whether one more packet may be sent again to this peer."""

    def send_rtp(self, packet: Packet) -> None:
        """Encrypt in place and send."""

    def send_rtcp(self, compound: bytes | bytearray) -> None:
        """Encrypt and send."""


class Lane:
    """One outgoing stream. `pair` is the media lane of a retransmission lane, None for a media lane itself, whose
    retransmission lane is `rtx`."""

    __slots__ = (
        "alone",
        "description",
        "header",
        "media",
        "pair",
        "receiver",
        "reports",
        "rtx",
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
        self.rtx: Lane | None = None
        if pair is not None:
            pair.rtx = self
        self.alone = False
        self.track: Track | None = None
        self.sequence = Sequence(48000 if media.kind == "audio" else 90000)
        self.reports: dict[int, float] = {}
        self.header = HeaderMap()

    def feed(self, track: Track | None, alone: bool) -> None:
        """Take packets of `track` from now on. `alone`: sender and receiver see nobody else, so transport-wide
        sequence numbers mean the same to both and pass through."""
        self.track = track
        self.alone = alone
        if track is not None:
            left_out = {MID} if alone else {MID, TRANSPORT_CC}
            self.header = HeaderMap.between(track.media, self.media, left_out, rtx=self.pair is not None)

    def carry(self, packet: Packet, layout: Layout, numbers: tuple[int, int, int], now: float) -> bool:
        """Turn a sender's decrypted packet into this lane's, in place. `numbers` are its sequence number, timestamp
        and SSRC. False when the receiver cannot take it."""
        data = packet.data
        header = self.header
        second = header.second_bytes[data[1]]
        if not second:
            return False
        number, stamp, source = numbers
        sequence = self.sequence
        if sequence.source != source:
            sequence.rebase(source, number, stamp, now)
        pair = self.pair
        if sequence.shift:
            number = (number + sequence.shift) & 0xFFFF
        moved = sequence if pair is None else pair.sequence
        if moved.stamp_shift:
            stamp = (stamp + moved.stamp_shift) & 0xFFFFFFFF
        if header.wrapped is not None and data[1] & 0x7F == header.wrapped and not unwrap_red(packet, layout.start):
            return False
        if pair is not None and pair.sequence.shift and not shift_original(packet, layout.start, pair.sequence.shift):
            return False
        sequence.advance(number, stamp, now)
        _write_numbers(data, 1, second, number, stamp, self.ssrc)
        patches = header.patches.get(layout)
        if patches is None:
            patches = header.learn(layout)
        for start, end, content in patches:
            data[start:end] = content
        return True

    @property
    def counted(self) -> bool:
        """Whether the sender's transport-wide numbers reach the receiver, who then reports on them."""
        return self.alone and self.header.counted in self.header.ids

    @property
    def can_repair(self) -> bool:
        """Whether the receiver takes retransmissions (RFC 4588) of this stream."""
        return self.rtx is not None and self.rtx.media.rtx is not None

    def resend(self, content: bytearray, now: float) -> None:
        """Send a packet of the sender once more, as a retransmission (RFC 4588). Its transport-wide number is left out:
        that the packet with this number was lost is what the sender's estimator is to hear."""
        packet = Packet(content)
        data = packet.data
        numbers, layout, rtx = read_numbers(data, 2), Layout(data, packet.length), self.rtx
        if rtx is None or rtx.media.rtx is None or packet.length + LONGER > LONGEST:
            return
        if numbers[2] != self.sequence.source or not self.carry(packet, layout, numbers, now):
            return
        counted = layout.find(self.header.counted)
        if counted is not None:
            data[counted.at : counted.end] = bytes(counted.end - counted.at)
        wrap_rtx(packet, layout.start)
        number, stamp, _ = read_numbers(data, 2)
        number = 1 if rtx.sequence.last is None else (rtx.sequence.last + 1) & 0xFFFF
        _write_numbers(data, 1, data[1] & 0x80 | rtx.media.rtx, number, stamp, rtx.ssrc)
        rtx.sequence.advance(number, stamp, now)
        # A retransmission that the sender makes must go on from this number.
        rtx.sequence.source = None
        self.receiver.send_rtp(packet)


class Stream(Layouts):
    """One incoming SSRC of a track. `lanes` are the outgoing streams it feeds."""

    __slots__ = ("lanes", "rtx", "ssrc", "track")

    def __init__(self, track: Track, ssrc: int, rtx: bool) -> None:
        super().__init__(track.media.extensions)
        self.track = track
        self.ssrc = ssrc
        self.rtx = rtx
        self.lanes = track.rtx_lanes if rtx else track.lanes


class Track:
    """One of a peer's three uplinks. `lanes` and `rtx_lanes` are kept in the order of seating."""

    __slots__ = (
        "allowed",
        "asked",
        "history",
        "lanes",
        "media",
        "new_ssrcs",
        "owner",
        "rtx_lanes",
        "rtx_ssrc",
        "ssrc",
        "wanted",
    )

    def __init__(self, owner: Leg, media: OfferedMedia, allowed: bool) -> None:
        self.owner = owner
        self.media = media
        self.allowed = allowed
        self.ssrc = media.ssrc
        self.rtx_ssrc = media.rtx_ssrc
        self.lanes: list[Lane] = []
        self.rtx_lanes: list[Lane] = []
        self.history: History | None = None
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
        if (not rtx and payload_type not in (self.media.codec, self.media.red)) or self.new_ssrcs >= MAX_NEW_SSRCS:
            return None
        self.new_ssrcs += 1
        if rtx:
            self.rtx_ssrc = ssrc
        else:
            self.ssrc = ssrc
            self.history = None
            self.remember()
        return Stream(self, ssrc, rtx)

    def remember(self) -> None:
        """Keep a history while there are receivers who may ask for retransmissions."""
        if not self.lanes or "nack" not in self.media.feedback:
            self.history = None
        elif self.history is None:
            self.history = History()

    def due(self) -> list[float]:
        """When this track must be looked at next."""
        asking = None if self.history is None else self.history.gaps.due
        return [when for when in (self.keyframe_due(), asking) if when is not None]

    def keyframe_due(self) -> float | None:
        """When a wanted keyframe may be asked for, or None."""
        return self.asked + KEYFRAME_SECONDS if self.wanted else None
