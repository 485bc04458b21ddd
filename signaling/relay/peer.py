"""One browser's leg: its ICE agent, DTLS, SRTP, the tracks it sends and the lanes it receives on."""

from collections import Counter
from collections.abc import Callable
from struct import Struct

from OpenSSL import SSL

from signaling.relay.arrivals import Arrivals
from signaling.relay.dtls import Dtls
from signaling.relay.events import Figures
from signaling.relay.ice import Address, Agent
from signaling.relay.rtcp import Crossing
from signaling.relay.rtp import find_extension, payload_start
from signaling.relay.sdp import AUDIO_LEVEL, MID, TRANSPORT_CC, Offer
from signaling.relay.speech import Speech
from signaling.relay.srtp import Srtp
from signaling.relay.track import Lane, Leg, Seat, Stream, Track

QUIET_SECONDS = 2.5
MAX_STRANGERS = 32
MAX_REPORTERS = 64
_WORD = Struct("!I")

Datagram = tuple[bytes | bytearray | memoryview, Address]


class Peer:
    """`outgoing` and `counters` are the relay's own, shared by all its peers."""

    def __init__(
        self,
        name: str,
        offer: Offer,
        agent: Agent,
        context: SSL.Context,
        outgoing: list[Datagram],
        counters: Counter[str],
        now: float,
    ) -> None:
        self.name = name
        self.agent = agent
        self.dtls = Dtls(context, offer.fingerprints)
        self.dtls_due: float | None = None
        self.srtp: Srtp | None = None
        self.heard = now
        self.quiet = False
        self.tracks: tuple[Track, ...] = ()
        self.streams: dict[int, Stream] = {}
        self.lanes: dict[int, Lane] = {}
        self.slots: list[Seat] = []
        self.seated: list[Leg | None] = []
        self.own_ssrc = 0
        # None while the one receiver reports on this peer's packets itself.
        self.arrivals: Arrivals | None = Arrivals()
        self.round_trip: float | None = None
        self.loss: float | None = None
        self._outgoing = outgoing
        self._counters = counters
        self._strangers: set[int] = set()
        self._reporters: set[int] = set()
        self._speech = Speech()
        self._packets_in = self._bytes_in = self._packets_out = self._bytes_out = 0

    # Datagrams in

    def receive_dtls(self, datagram: bytearray, now: float) -> bool:
        """Take DTLS from a proven address; True when this completed the handshake. Raises DtlsFailed."""
        self.dtls.feed(datagram)
        self.flush_dtls(now)
        if self.srtp is not None or not self.dtls.complete:
            return False
        self.srtp = Srtp(*self.dtls.keys())
        self.heard = now
        return True

    def flush_dtls(self, now: float) -> None:
        """Send what OpenSSL wrote and note when it wants to be called again."""
        for datagram in self.dtls.outgoing():
            self.send(datagram)
        left = self.dtls.timeout()
        self.dtls_due = None if left is None else now + left

    def receive_rtp(self, packet: bytearray, source: Address, now: float) -> bool:
        """Take an SRTP packet and carry it to everybody who is to have it. False when it is not authentic."""
        srtp, size = self.srtp, len(packet)
        if srtp is None or size < 12:
            return self._drop("rtp before dtls" if srtp is None else "rtp malformed")
        ssrc = _WORD.unpack_from(packet, 8)[0]
        stream = self.streams.get(ssrc)
        if stream is None and (ssrc in self._strangers or len(self._strangers) >= MAX_STRANGERS):
            return self._drop("rtp of unknown ssrc")
        length = srtp.unprotect(packet)
        if length < 0:
            return self._drop("srtp refused")
        self._packets_in += 1
        self._bytes_in += size
        if source != self.agent.selected:
            self.agent.selected = source
        if not payload_start(packet, length):
            self._drop("rtp malformed")
            return True
        if stream is None:
            stream = self._learn(packet, ssrc)
            if stream is None:
                self._drop("rtp of unknown ssrc")
                return True
        if stream.track is self.tracks[0]:
            self._listen(packet)
        if self.arrivals is not None:
            self._note_arrival(self.arrivals, stream, packet, now)
        self._forward(stream, packet, length, now)
        return True

    def _forward(self, stream: Stream, packet: bytearray, length: int, now: float) -> None:
        left = len(stream.lanes)
        for lane in stream.lanes:
            left -= 1
            receiver = lane.receiver
            if receiver.srtp is None:
                continue
            # Each receiver but the last gets a copy; the last one the very buffer the packet came in.
            copy = packet[:length] if left else packet
            if lane.carry(copy, length, now):
                receiver.send_rtp(copy, length)
            else:
                self._counters["rtp not taken"] += 1

    def _learn(self, packet: bytearray, ssrc: int) -> Stream | None:
        for track in self.tracks:
            name = find_extension(packet, track.media.extensions.get(MID, 0)) if track.allowed else None
            if name != track.media.mid.encode():
                continue
            old = track.rtx_ssrc if packet[1] & 0x7F == track.media.rtx else track.ssrc
            stream = track.learn(ssrc, packet[1] & 0x7F)
            if stream is not None:
                if old is not None and old in self.streams:
                    del self.streams[old]
                    self._forget(old)
                self.streams[ssrc] = stream
                return stream
        self._strangers.add(ssrc)
        self._forget(ssrc)
        return None

    def _forget(self, ssrc: int) -> None:
        if self.srtp is not None:
            self.srtp.forget(ssrc)

    def _note_arrival(self, arrivals: Arrivals, stream: Stream, packet: bytearray, now: float) -> None:
        number = find_extension(packet, stream.track.media.extensions.get(TRANSPORT_CC, 0))
        if number is not None and len(number) == 2:
            arrivals.add(number[0] << 8 | number[1], now)

    def report_arrivals(self) -> None:
        """Send the transport-wide feedback that has gathered."""
        ssrc = next((track.ssrc for track in self.tracks if track.ssrc is not None), None)
        report = self.arrivals.report(self.own_ssrc, ssrc or 0) if self.arrivals is not None else b""
        if report:
            self.send_rtcp(bytearray(report))

    def _listen(self, packet: bytearray) -> None:
        level = find_extension(packet, self.tracks[0].media.extensions.get(AUDIO_LEVEL, 0))
        self._speech.add(level[0] & 0x7F if level else None, _WORD.unpack_from(packet, 4)[0])

    def receive_rtcp(self, packet: bytearray, source: Address, ask: Callable[[Track, float], None], now: float) -> bool:
        """Take an SRTCP packet and send on what it says. False when it is not authentic."""
        srtp, size = self.srtp, len(packet)
        if srtp is None or size < 12:
            return self._drop("rtp before dtls" if srtp is None else "rtcp malformed")
        reporter = _WORD.unpack_from(packet, 4)[0]
        if reporter not in self._reporters and len(self._reporters) >= MAX_REPORTERS:
            return self._drop("rtcp of unknown ssrc")
        length = srtp.unprotect_rtcp(packet)
        if length < 0:
            return self._drop("srtcp refused")
        self._reporters.add(reporter)
        self._packets_in += 1
        self._bytes_in += size
        if source != self.agent.selected:
            self.agent.selected = source
        Crossing(self, ask, now).run(packet, length)
        return True

    def _drop(self, reason: str) -> bool:
        self._counters[reason] += 1
        return False

    # Datagrams out

    def send(self, datagram: bytes) -> None:
        """Send as it is, to the address in use."""
        if self.agent.selected is not None:
            self._outgoing.append((datagram, self.agent.selected))

    def send_rtp(self, packet: bytearray, length: int) -> None:
        """Encrypt the first `length` bytes in place and send."""
        if self.srtp is None or self.agent.selected is None:
            return
        if not self.srtp.protect(packet, length):
            self._counters["srtp not sent"] += 1
            return
        self._packets_out += 1
        self._bytes_out += len(packet)
        self._outgoing.append((packet, self.agent.selected))

    def send_rtcp(self, packet: bytearray) -> None:
        """Encrypt a compound in place and send."""
        if self.srtp is None or self.agent.selected is None:
            return
        if not self.srtp.protect_rtcp(packet):
            self._counters["srtcp not sent"] += 1
            return
        self._packets_out += 1
        self._bytes_out += len(packet)
        self._outgoing.append((packet, self.agent.selected))

    # Time and figures

    def deadline(self) -> float:
        """When something must be looked at next, in monotonic seconds."""
        due = [self.agent.expires()]
        if self.srtp is not None and not self.quiet:
            due.append(self.heard + QUIET_SECONDS)
        if self.dtls_due is not None:
            due.append(self.dtls_due)
        if self.arrivals is not None and self.arrivals.due is not None:
            due.append(self.arrivals.due)
        due += [when for track in self.tracks if (when := track.keyframe_due()) is not None]
        return min(due)

    def figures(self) -> Figures:
        """What this leg carried so far."""
        return Figures(
            self._packets_in,
            self._bytes_in,
            self._packets_out,
            self._bytes_out,
            self.round_trip,
            self.loss,
            self._speech.seconds(),
        )
