"""A sender's track, the RTP streams in which it arrives, and the downlinks that carry it into receivers' slots.

A downlink is one outgoing RTP stream with a fixed SSRC: one for the media of a slot's line, one for its retransmissions
(RFC 4588). It exists as long as its receiver; which track feeds it changes with who is seated in the slot.
"""

from __future__ import annotations

from struct import Struct
from typing import Protocol

from signaling.packet import LONGEST, Packet
from signaling.relay.routing.header_map import HeaderMap
from signaling.relay.rtcp.transport_feedback import TransportFeedback
from signaling.relay.rtp.headers import MID, TRANSPORT_CC, HeaderLayout, LayoutCache
from signaling.relay.rtp.packet_cache import PacketCache
from signaling.relay.rtp.payload_formats import LONGER, shift_original, unwrap_red, wrap_rtx
from signaling.relay.rtp.stream_offsets import StreamOffsets
from signaling.relay.sdp.offer import MediaDescription
from signaling.relay.statistics import PeerStatistics
from signaling.relay.transport.srtp import Srtp

KEYFRAME_SECONDS = 0.3
MAX_NEW_SSRCS = 16
read_numbers = Struct("!HII").unpack_from
_write_numbers = Struct("!BHII").pack_into

# For audio, camera and screen: the downlink of the media, and that of its retransmissions.
SlotDownlinks = list[tuple["Downlink", "Downlink | None"]]


class RoutedPeer(Protocol):
    """What tracks, downlinks, seating and RTCP need of a peer; `peer.Peer` is the one implementation."""

    name: str
    srtp: Srtp | None
    own_ssrc: int
    transport_feedback: TransportFeedback | None
    tracks: tuple[Track, ...]
    streams: dict[int, Stream]
    downlinks: dict[int, Downlink]
    slots: list[SlotDownlinks]
    slot_senders: list[RoutedPeer | None]
    # What each receiver can take of what this peer sends: bit/s, and when it said so.
    receiver_estimates: dict[RoutedPeer, tuple[int, float]]
    statistics: PeerStatistics

    def may_retransmit(self, now: float) -> bool:
        """Whether one more packet may be sent again to this peer."""

    def send_rtp(self, packet: Packet) -> None:
        """Encrypt in place and send."""

    def send_rtcp(self, compound: bytes | bytearray) -> None:
        """Encrypt and send."""


class Downlink:
    """One outgoing stream. Of a downlink of retransmissions `original` is the downlink of the media; of that one, `rtx`
    is the downlink of its retransmissions."""

    __slots__ = (
        "header",
        "media",
        "offsets",
        "one_to_one",
        "original",
        "receiver",
        "rtx",
        "sdes",
        "sender_reports",
        "ssrc",
        "track",
    )

    def __init__(
        self, receiver: RoutedPeer, media: MediaDescription, ssrc: int, sdes: bytes, original: Downlink | None = None
    ) -> None:
        self.receiver = receiver
        self.media = media
        self.ssrc = ssrc
        self.sdes = sdes
        self.original = original
        self.rtx: Downlink | None = None
        if original is not None:
            original.rtx = self
        self.one_to_one = False
        self.track: Track | None = None
        self.offsets = StreamOffsets(48000 if media.kind == "audio" else 90000)
        # When sender reports were sent, by the middle 32 bits of their NTP timestamps.
        self.sender_reports: dict[int, float] = {}
        self.header = HeaderMap()

    def set_track(self, track: Track | None, one_to_one: bool) -> None:
        """Forward packets of `track` from now on. `one_to_one`: sender and receiver see nobody else, so transport-wide
        sequence numbers mean the same to both and pass through."""
        self.track = track
        self.one_to_one = one_to_one
        if track is not None:
            left_out = {MID} if one_to_one else {MID, TRANSPORT_CC}
            self.header = HeaderMap.between(track.media, self.media, left_out, rtx=self.original is not None)

    def rewrite(self, packet: Packet, layout: HeaderLayout, numbers: tuple[int, int, int], now: float) -> bool:
        """Turn a sender's decrypted packet into one of this stream, in place. `numbers` are its sequence number,
        timestamp and SSRC. False when the receiver cannot take it."""
        data = packet.data
        header = self.header
        second = header.second_bytes[data[1]]
        if not second:
            return False
        number, timestamp, source = numbers
        offsets = self.offsets
        if offsets.source != source:
            offsets.rebase(source, number, timestamp, now)
        original = self.original
        if offsets.shift:
            number = (number + offsets.shift) & 0xFFFF
        clock = offsets if original is None else original.offsets
        if clock.timestamp_shift:
            timestamp = (timestamp + clock.timestamp_shift) & 0xFFFFFFFF
        red = header.red_to_unwrap
        if red is not None and data[1] & 0x7F == red and not unwrap_red(packet, layout.start):
            return False
        if original is not None and clock.shift and not shift_original(packet, layout.start, clock.shift):
            return False
        offsets.advance(number, timestamp, now)
        _write_numbers(data, 1, second, number, timestamp, self.ssrc)
        patches = header.patches.get(layout)
        if patches is None:
            patches = header.add_patches(layout)
        for start, end, content in patches:
            data[start:end] = content
        return True

    @property
    def passes_twcc(self) -> bool:
        """Whether the sender's transport-wide sequence numbers reach the receiver, who then reports on them."""
        return self.one_to_one and self.header.twcc_id in self.header.ids

    @property
    def can_retransmit(self) -> bool:
        """Whether the receiver takes retransmissions (RFC 4588) of this stream."""
        return self.rtx is not None and self.rtx.media.rtx is not None

    def retransmit(self, content: bytes, now: float) -> None:
        """Send a packet of the sender once more (RFC 4588). Its transport-wide sequence number is left out: the packet
        with this number was lost, and that is what the sender's bandwidth estimator must see."""
        packet = Packet(content)
        data = packet.data
        numbers, layout, rtx = read_numbers(data, 2), HeaderLayout(data, packet.length), self.rtx
        if rtx is None or rtx.media.rtx is None or packet.length + LONGER > LONGEST:
            return
        if numbers[2] != self.offsets.source or not self.rewrite(packet, layout, numbers, now):
            return
        twcc = layout.find(self.header.twcc_id)
        if twcc is not None:
            data[twcc.at : twcc.end] = bytes(twcc.end - twcc.at)
        wrap_rtx(packet, layout.start)
        number, timestamp, _ = read_numbers(data, 2)
        number = 1 if rtx.offsets.last is None else (rtx.offsets.last + 1) & 0xFFFF
        _write_numbers(data, 1, data[1] & 0x80 | rtx.media.rtx, number, timestamp, rtx.ssrc)
        rtx.offsets.advance(number, timestamp, now)
        # The sender's own retransmissions must continue from this number.
        rtx.offsets.source = None
        self.receiver.send_rtp(packet)


class Stream(LayoutCache):
    """One incoming SSRC of a track. `downlinks` are the outgoing streams that it feeds."""

    __slots__ = ("downlinks", "rtx", "ssrc", "track")

    def __init__(self, track: Track, ssrc: int, rtx: bool) -> None:
        super().__init__(track.media.extensions)
        self.track = track
        self.ssrc = ssrc
        self.rtx = rtx
        self.downlinks = track.rtx_downlinks if rtx else track.downlinks


class Track:
    """One of a peer's three uplinks. `downlinks` and `rtx_downlinks` are in the order in which they were seated."""

    __slots__ = (
        "allowed",
        "downlinks",
        "keyframe_requested_at",
        "keyframe_wanted",
        "media",
        "new_ssrcs",
        "packet_cache",
        "rtx_downlinks",
        "rtx_ssrc",
        "sender",
        "ssrc",
    )

    def __init__(self, sender: RoutedPeer, media: MediaDescription, allowed: bool) -> None:
        self.sender = sender
        self.media = media
        self.allowed = allowed
        self.ssrc = media.ssrc
        self.rtx_ssrc = media.rtx_ssrc
        self.downlinks: list[Downlink] = []
        self.rtx_downlinks: list[Downlink] = []
        self.packet_cache: PacketCache | None = None
        self.new_ssrcs = 0
        self.keyframe_wanted = False
        self.keyframe_requested_at = -KEYFRAME_SECONDS

    def streams(self) -> list[Stream]:
        """The streams that the offer announced."""
        known = ((self.ssrc, False), (self.rtx_ssrc, True))
        return [Stream(self, ssrc, rtx) for ssrc, rtx in known if ssrc is not None]

    def add_stream(self, ssrc: int, payload_type: int) -> Stream | None:
        """Add a stream that named this track by its mid; None for another payload type, or after too many streams."""
        rtx = payload_type == self.media.rtx
        if (not rtx and payload_type not in (self.media.codec, self.media.red)) or self.new_ssrcs >= MAX_NEW_SSRCS:
            return None
        self.new_ssrcs += 1
        if rtx:
            self.rtx_ssrc = ssrc
        else:
            self.ssrc = ssrc
            self.packet_cache = None
            self.update_cache()
        return Stream(self, ssrc, rtx)

    def update_cache(self) -> None:
        """Keep a packet cache while there are receivers who may ask for retransmissions."""
        if not self.downlinks or "nack" not in self.media.feedback:
            self.packet_cache = None
        elif self.packet_cache is None:
            self.packet_cache = PacketCache()

    def due(self) -> list[float]:
        """When this track must be looked at next."""
        missing = None if self.packet_cache is None else self.packet_cache.losses.due
        return [when for when in (self.keyframe_due(), missing) if when is not None]

    def keyframe_due(self) -> float | None:
        """When a wanted keyframe may be requested, or None."""
        return self.keyframe_requested_at + KEYFRAME_SECONDS if self.keyframe_wanted else None
