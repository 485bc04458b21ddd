"""RTCP as a translator sends it on (RFC 3550 section 7.2, RFC 4585, RFC 5104, REMB, transport-wide feedback).

What a peer reports as a sender goes to the receivers of its tracks; what it reports as a receiver goes back to the
senders in its slots. SSRCs, sequence numbers and timestamps are mapped both ways. A sender with several receivers gets
the reports of the first connected one, transport-wide feedback from the relay itself (transport_feedback.py), and the
lowest bitrate of those that its receivers can take. What a receiver lost is sent again by the relay, if it arrived
here. BYE is not forwarded: a slot's SSRC belongs to the relay and stays when the sender changes.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from signaling.relay.routing.track import Downlink, RoutedPeer, Track
from signaling.relay.rtcp.packets import (
    APPLICATION,
    FIR,
    NACK,
    PAYLOAD_FEEDBACK,
    PLI,
    RECEIVER_REPORT,
    REPORT_BLOCK,
    RTP_FEEDBACK,
    SENDER_REPORT,
    nack,
    nack_numbers,
    receiver_report,
    remb,
    split_compound,
)
from signaling.relay.rtp.packet_cache import PacketCache

MAX_REPORTS = 31
_KEPT_REPORTS = 8
# For so long a receiver's estimate is used; browsers send one every second.
ESTIMATE_SECONDS = 10.0

_WORD = Struct("!I")
_HALF = Struct("!H")
_REPORT = Struct("!IBxxxIIII")


class RtcpTranslator:
    """Translates one compound packet of `peer`: collects what goes to which peer, then sends each one packet."""

    def __init__(self, peer: RoutedPeer, request_keyframe: Callable[[Track, float], None], now: float) -> None:
        self._peer = peer
        self._request_keyframe = request_keyframe
        self._now = now
        self._outgoing: dict[RoutedPeer, bytearray] = {}
        self._reports: dict[RoutedPeer, bytearray] = {}

    def run(self, packet: bytearray) -> None:
        """Read the decrypted compound packet and send what follows from it."""
        for kind, count, start, end in split_compound(packet, len(packet)):
            handler = _HANDLERS.get(kind)
            if handler is not None:
                block = packet[start:end]
                if len(block) != 4 + 4 * _HALF.unpack_from(block, 2)[0]:
                    block[0] &= 0xDF
                handler(self, count, block)
        for target, reports in self._reports.items():
            target.send_rtcp(receiver_report(target.own_ssrc, reports) + self._outgoing.pop(target, bytearray()))
        for target, out in self._outgoing.items():
            target.send_rtcp(out)

    def _to(self, target: RoutedPeer) -> bytearray:
        return self._outgoing.setdefault(target, bytearray())

    def _sender_report(self, count: int, block: bytearray) -> None:
        if len(block) < 28:
            return
        stream = self._peer.streams.get(_WORD.unpack_from(block, 4)[0])
        if stream is not None and not stream.rtx:
            for downlink in stream.downlinks:
                self._send_report(downlink, block)
        self._report_blocks(block, 28, count)

    def _send_report(self, downlink: Downlink, block: bytearray) -> None:
        if downlink.offsets.source != _WORD.unpack_from(block, 4)[0]:
            return
        report = block[:28]
        report[0] = 0x80
        _HALF.pack_into(report, 2, 6)
        _WORD.pack_into(report, 4, downlink.ssrc)
        timestamp = _WORD.unpack_from(report, 16)[0] + downlink.offsets.timestamp_shift
        _WORD.pack_into(report, 16, timestamp & 0xFFFFFFFF)
        downlink.sender_reports[_WORD.unpack_from(report, 10)[0]] = self._now
        if len(downlink.sender_reports) > _KEPT_REPORTS:
            del downlink.sender_reports[next(iter(downlink.sender_reports))]
        self._to(downlink.receiver).extend(report + downlink.sdes)

    def _receiver_report(self, count: int, block: bytearray) -> None:
        self._report_blocks(block, 8, count)

    def _report_blocks(self, block: bytearray, start: int, count: int) -> None:
        for at in range(start, min(start + count * REPORT_BLOCK, len(block) - REPORT_BLOCK + 1), REPORT_BLOCK):
            downlink = self._peer.downlinks.get(_WORD.unpack_from(block, at)[0])
            if downlink is None or downlink.track is None:
                continue
            self._measure(downlink, block, at)
            source = downlink.offsets.source
            if source is None or not _is_first_connected(downlink):
                continue
            report = block[at : at + REPORT_BLOCK]
            _WORD.pack_into(report, 0, source)
            highest = _WORD.unpack_from(report, 8)[0] - downlink.offsets.shift
            _WORD.pack_into(report, 8, highest & 0xFFFFFFFF)
            reports = self._reports.setdefault(downlink.track.sender, bytearray())
            if len(reports) < MAX_REPORTS * REPORT_BLOCK:
                reports += report

    def _measure(self, downlink: Downlink, block: bytearray, at: int) -> None:
        _, loss, _, jitter, last, delay = _REPORT.unpack_from(block, at)
        statistics = self._peer.statistics
        if downlink.track is not None:
            senders_loss = downlink.track.sender.statistics.loss_in or 0.0
            statistics.add_report(loss / 256, jitter / downlink.offsets.clock, senders_loss)
        sent = downlink.sender_reports.get(last)
        if sent is not None:
            statistics.add_round_trip(max(0.0, self._now - sent - delay / 65536))

    def _rtp_feedback(self, kind: int, block: bytearray) -> None:
        if len(block) < 16:
            return
        downlink = self._peer.downlinks.get(_WORD.unpack_from(block, 8)[0])
        if downlink is None or downlink.track is None or downlink.offsets.source is None:
            return
        if kind == NACK and downlink.track.packet_cache is not None and downlink.can_retransmit:
            self._retransmit(downlink, downlink.track.packet_cache, block)
        elif kind == NACK:
            shift = downlink.offsets.shift
            for at in range(12, len(block) - 3, 4):
                _HALF.pack_into(block, at, (_HALF.unpack_from(block, at)[0] - shift) & 0xFFFF)
            self._forward_feedback(downlink, downlink.offsets.source, block)
        elif kind == APPLICATION and downlink.passes_twcc:
            downlink.track.sender.transport_feedback = None
            self._forward_feedback(downlink, downlink.offsets.source, block)

    def _retransmit(self, downlink: Downlink, cache: PacketCache, block: bytearray) -> None:
        missing = []
        for number in nack_numbers(block):
            number = (number - downlink.offsets.shift) & 0xFFFF
            kept = cache.find(number)
            if kept is None and cache.may_request(number, self._now):
                missing.append(number)
            elif kept is not None and self._peer.may_retransmit(self._now):
                downlink.retransmit(kept, self._now)
        if missing and downlink.track is not None and downlink.offsets.source is not None:
            sender = downlink.track.sender
            self._to(sender).extend(nack(sender.own_ssrc, downlink.offsets.source, missing))

    def _forward_feedback(self, downlink: Downlink, source: int, block: bytearray) -> None:
        if downlink.track is None:
            return
        sender = downlink.track.sender
        _HALF.pack_into(block, 2, len(block) // 4 - 1)
        _WORD.pack_into(block, 4, sender.own_ssrc)
        _WORD.pack_into(block, 8, source)
        self._to(sender).extend(block)

    def _payload_feedback(self, kind: int, block: bytearray) -> None:
        if len(block) < 12:
            return
        if kind == PLI:
            self._forward_keyframe_request(_WORD.unpack_from(block, 8)[0])
        elif kind == FIR:
            for at in range(12, len(block) - 7, 8):
                self._forward_keyframe_request(_WORD.unpack_from(block, at)[0])
        elif kind == APPLICATION and block[12:16] == b"REMB" and len(block) >= 20:
            self._forward_estimate(block)

    def _forward_keyframe_request(self, ssrc: int) -> None:
        downlink = self._peer.downlinks.get(ssrc)
        if downlink is not None and downlink.track is not None:
            self._request_keyframe(downlink.track, self._now)

    def _forward_estimate(self, block: bytearray) -> None:
        """A receiver's REMB is for all that it receives: each sender gets an even share, and is told the lowest one.
        Where transport-wide numbers pass through it is not forwarded: it would measure our retransmissions alone."""
        sources: dict[RoutedPeer, list[int]] = {}
        for at in range(20, min(20 + 4 * block[16], len(block) - 3), 4):
            downlink = self._peer.downlinks.get(_WORD.unpack_from(block, at)[0])
            if downlink is None or downlink.track is None or downlink.offsets.source is None:
                continue
            if not downlink.passes_twcc:
                sources.setdefault(downlink.track.sender, []).append(downlink.offsets.source)
        rate = ((block[17] & 3) << 16 | block[18] << 8 | block[19]) << (block[17] >> 2)
        for sender, ssrcs in sources.items():
            sender.receiver_estimates[self._peer] = rate // len(sources), self._now
            fresh = (
                estimate for estimate, at in sender.receiver_estimates.values() if at > self._now - ESTIMATE_SECONDS
            )
            self._to(sender).extend(remb(sender.own_ssrc, min(fresh), ssrcs))


def _is_first_connected(downlink: Downlink) -> bool:
    if downlink.track is None:
        return False
    downlinks = downlink.track.downlinks if downlink.original is None else downlink.track.rtx_downlinks
    return next((each for each in downlinks if each.receiver.srtp is not None), None) is downlink


_HANDLERS: dict[int, Callable[[RtcpTranslator, int, bytearray], None]] = {
    SENDER_REPORT: RtcpTranslator._sender_report,
    RECEIVER_REPORT: RtcpTranslator._receiver_report,
    RTP_FEEDBACK: RtcpTranslator._rtp_feedback,
    PAYLOAD_FEEDBACK: RtcpTranslator._payload_feedback,
}
