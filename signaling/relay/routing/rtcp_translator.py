"""RTCP as a translator sends it on (RFC 3550 section 7.2, RFC 4585, RFC 5104, REMB, transport-wide feedback).

What a peer says as a sender goes to the receivers of its tracks; what it says as a receiver goes back to the senders
seated in its slots, SSRCs, sequence numbers and timestamps mapped both ways. A sender with several receivers gets the
reports of the first connected one, transport-wide feedback from the relay itself (arrivals.py), and the smallest of
the bitrates that its receivers can take. What a receiver lost is sent again by the relay, as far as it came here. BYE
is not sent on: a slot's SSRC is the relay's own and outlives whoever sits there.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from signaling.relay.routing.track import Lane, Leg, Track
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
    blocks,
    lost,
    lost_numbers,
    receiver_estimate,
    receiver_reports,
)
from signaling.relay.rtp.packet_cache import History

MAX_REPORTS = 31
_KEPT_REPORTS = 8
# What a receiver said it can take holds so long; browsers say it every second.
LIMIT_SECONDS = 10.0

_WORD = Struct("!I")
_HALF = Struct("!H")
_REPORT = Struct("!IBxxxIIII")


class Crossing:
    """One compound packet of `peer` on its way: what goes to whom is gathered, then sent as one packet each."""

    def __init__(self, peer: Leg, ask: Callable[[Track, float], None], now: float) -> None:
        self._peer = peer
        self._ask = ask
        self._now = now
        self._out: dict[Leg, bytearray] = {}
        self._reports: dict[Leg, bytearray] = {}

    def run(self, packet: bytearray) -> None:
        """Read the decrypted compound and send what follows from it."""
        for kind, count, start, end in blocks(packet, len(packet)):
            handler = _HANDLERS.get(kind)
            if handler is not None:
                block = packet[start:end]
                if len(block) != 4 + 4 * _HALF.unpack_from(block, 2)[0]:
                    block[0] &= 0xDF
                handler(self, count, block)
        for target, reports in self._reports.items():
            target.send_rtcp(receiver_reports(target.own_ssrc, reports) + self._out.pop(target, bytearray()))
        for target, out in self._out.items():
            target.send_rtcp(out)

    def _to(self, target: Leg) -> bytearray:
        return self._out.setdefault(target, bytearray())

    def _sender_report(self, count: int, block: bytearray) -> None:
        if len(block) < 28:
            return
        stream = self._peer.streams.get(_WORD.unpack_from(block, 4)[0])
        if stream is not None and not stream.rtx:
            for lane in stream.lanes:
                self._send_report(lane, block)
        self._report_blocks(block, 28, count)

    def _send_report(self, lane: Lane, block: bytearray) -> None:
        if lane.sequence.source != _WORD.unpack_from(block, 4)[0]:
            return
        report = block[:28]
        report[0] = 0x80
        _HALF.pack_into(report, 2, 6)
        _WORD.pack_into(report, 4, lane.ssrc)
        stamp = _WORD.unpack_from(report, 16)[0] + lane.sequence.stamp_shift
        _WORD.pack_into(report, 16, stamp & 0xFFFFFFFF)
        lane.reports[_WORD.unpack_from(report, 10)[0]] = self._now
        if len(lane.reports) > _KEPT_REPORTS:
            del lane.reports[next(iter(lane.reports))]
        self._to(lane.receiver).extend(report + lane.description)

    def _receiver_report(self, count: int, block: bytearray) -> None:
        self._report_blocks(block, 8, count)

    def _report_blocks(self, block: bytearray, start: int, count: int) -> None:
        for at in range(start, min(start + count * REPORT_BLOCK, len(block) - REPORT_BLOCK + 1), REPORT_BLOCK):
            lane = self._peer.lanes.get(_WORD.unpack_from(block, at)[0])
            if lane is None or lane.track is None:
                continue
            self._note(lane, block, at)
            source = lane.sequence.source
            if source is None or not _speaks_for_all(lane):
                continue
            report = block[at : at + REPORT_BLOCK]
            _WORD.pack_into(report, 0, source)
            highest = _WORD.unpack_from(report, 8)[0] - lane.sequence.shift
            _WORD.pack_into(report, 8, highest & 0xFFFFFFFF)
            reports = self._reports.setdefault(lane.track.owner, bytearray())
            if len(reports) < MAX_REPORTS * REPORT_BLOCK:
                reports += report

    def _note(self, lane: Lane, block: bytearray, at: int) -> None:
        _, lost, _, jitter, last, delay = _REPORT.unpack_from(block, at)
        reception = self._peer.reception
        if lane.track is not None:
            senders_loss = lane.track.owner.reception.loss_in or 0.0
            reception.reported(lost / 256, jitter / lane.sequence.clock, senders_loss)
        sent = lane.reports.get(last)
        if sent is not None:
            reception.took(max(0.0, self._now - sent - delay / 65536))

    def _rtp_feedback(self, kind: int, block: bytearray) -> None:
        if len(block) < 16:
            return
        lane = self._peer.lanes.get(_WORD.unpack_from(block, 8)[0])
        if lane is None or lane.track is None or lane.sequence.source is None:
            return
        if kind == NACK and lane.track.history is not None and lane.can_repair:
            self._repair(lane, lane.track.history, block)
        elif kind == NACK:
            shift = lane.sequence.shift
            for at in range(12, len(block) - 3, 4):
                _HALF.pack_into(block, at, (_HALF.unpack_from(block, at)[0] - shift) & 0xFFFF)
            self._return(lane, lane.sequence.source, block)
        elif kind == APPLICATION and lane.counted:
            lane.track.owner.arrivals = None
            self._return(lane, lane.sequence.source, block)

    def _repair(self, lane: Lane, history: History, block: bytearray) -> None:
        missing = []
        for number in lost_numbers(block):
            number = (number - lane.sequence.shift) & 0xFFFF
            kept = history.find(number)
            if kept is None and history.may_ask(number, self._now):
                missing.append(number)
            elif kept is not None and self._peer.may_repair(self._now):
                lane.resend(kept, self._now)
        if missing and lane.track is not None and lane.sequence.source is not None:
            owner = lane.track.owner
            self._to(owner).extend(lost(owner.own_ssrc, lane.sequence.source, missing))

    def _return(self, lane: Lane, source: int, block: bytearray) -> None:
        if lane.track is None:
            return
        owner = lane.track.owner
        _HALF.pack_into(block, 2, len(block) // 4 - 1)
        _WORD.pack_into(block, 4, owner.own_ssrc)
        _WORD.pack_into(block, 8, source)
        self._to(owner).extend(block)

    def _payload_feedback(self, kind: int, block: bytearray) -> None:
        if len(block) < 12:
            return
        if kind == PLI:
            self._keyframe(_WORD.unpack_from(block, 8)[0])
        elif kind == FIR:
            for at in range(12, len(block) - 7, 8):
                self._keyframe(_WORD.unpack_from(block, at)[0])
        elif kind == APPLICATION and block[12:16] == b"REMB" and len(block) >= 20:
            self._estimate(block)

    def _keyframe(self, ssrc: int) -> None:
        lane = self._peer.lanes.get(ssrc)
        if lane is not None and lane.track is not None:
            self._ask(lane.track, self._now)

    def _estimate(self, block: bytearray) -> None:
        """A receiver's REMB is for all it receives: each sender gets an even share, and hears the smallest one.
        Of a lane whose packets are counted transport-wide it says nothing true: it would be of our repairs alone."""
        sources: dict[Leg, list[int]] = {}
        for at in range(20, min(20 + 4 * block[16], len(block) - 3), 4):
            lane = self._peer.lanes.get(_WORD.unpack_from(block, at)[0])
            if lane is None or lane.track is None or lane.sequence.source is None:
                continue
            if not lane.counted:
                sources.setdefault(lane.track.owner, []).append(lane.sequence.source)
        rate = ((block[17] & 3) << 16 | block[18] << 8 | block[19]) << (block[17] >> 2)
        for owner, ssrcs in sources.items():
            owner.limits[self._peer] = rate // len(sources), self._now
            fresh = (limit for limit, at in owner.limits.values() if at > self._now - LIMIT_SECONDS)
            self._to(owner).extend(receiver_estimate(owner.own_ssrc, min(fresh), ssrcs))


def _speaks_for_all(lane: Lane) -> bool:
    if lane.track is None:
        return False
    lanes = lane.track.lanes if lane.pair is None else lane.track.rtx_lanes
    return next((each for each in lanes if each.receiver.srtp is not None), None) is lane


_HANDLERS: dict[int, Callable[[Crossing, int, bytearray], None]] = {
    SENDER_REPORT: Crossing._sender_report,
    RECEIVER_REPORT: Crossing._receiver_report,
    RTP_FEEDBACK: Crossing._rtp_feedback,
    PAYLOAD_FEEDBACK: Crossing._payload_feedback,
}
