"""One browser's leg: the tracks it sends and the lanes it receives on, over its transport."""

from collections import Counter
from collections.abc import Callable
from struct import Struct

from OpenSSL import SSL

from signaling.packet import Address, Packet
from signaling.relay.events import Figures
from signaling.relay.rate_limit import REPAIRS, Allowance
from signaling.relay.routing.rtcp_translator import Crossing
from signaling.relay.routing.track import Lane, Leg, Seat, Stream, Track, read_numbers
from signaling.relay.routing.unsignaled_streams import Bundle
from signaling.relay.rtcp.packets import lost
from signaling.relay.rtcp.transport_feedback import INTERVAL, Arrivals
from signaling.relay.rtp.headers import Layout
from signaling.relay.rtp.packet_cache import History
from signaling.relay.sdp.offer import Offer
from signaling.relay.statistics import Reception, Speech
from signaling.relay.transport.ice import Agent
from signaling.relay.transport.secure_transport import Datagram, SecureTransport
from signaling.relay.transport.srtp import LENGTH, unprotect

MAX_REPORTERS = 64
_WORD = Struct("!I")


class Peer(SecureTransport):
    """`wake` takes a time at which the peer must be ticked."""

    # A leg has hundreds of others beside it: what a packet touches lies close together.
    __slots__ = (
        "_allowance",
        "_bytes_in",
        "_packets_in",
        "_repairs",
        "_repairs_allowed",
        "_reporters",
        "_speech",
        "_wake",
        "arrivals",
        "bundle",
        "lanes",
        "limits",
        "name",
        "own_ssrc",
        "reception",
        "seated",
        "slots",
        "streams",
        "tracks",
    )

    def __init__(
        self,
        name: str,
        offer: Offer,
        agent: Agent,
        context: SSL.Context,
        outgoing: list[Datagram],
        counters: Counter[str],
        wake: Callable[[float], None],
        now: float,
    ) -> None:
        super().__init__(agent, context, offer.fingerprints, outgoing, counters, now)
        self.name = name
        self.tracks: tuple[Track, ...] = ()
        self.streams: dict[int, Stream] = {}
        self.lanes: dict[int, Lane] = {}
        self.slots: list[Seat] = []
        self.seated: list[Leg | None] = []
        self.limits: dict[Leg, tuple[int, float]] = {}
        self.own_ssrc = 0
        # None while the one receiver reports on this peer's packets itself.
        self.arrivals: Arrivals | None = Arrivals()
        self.reception = Reception()
        self._wake = wake
        self.bundle = Bundle()
        self._reporters: set[int] = set()
        self._speech = Speech()
        self._allowance = Allowance(now)
        self._repairs_allowed = Allowance(now, REPAIRS)
        self._packets_in = self._bytes_in = self._repairs = 0

    # Datagrams in

    def receive_rtp(self, packet: Packet, source: Address, now: float) -> None:
        """Take an SRTP packet and carry it to everybody who is to have it."""
        if self._packets_in >= self._allowance.ceiling and not self._allowance.raise_ceiling(now):
            self._drop("too many packets")
            return
        data = packet.data
        numbers = read_numbers(data, 2)
        stream = self.streams.get(numbers[2])
        size = packet.length
        if stream is None:
            stream = self._meet(packet, numbers[2], now)
            if stream is None:
                return
        else:
            LENGTH[0] = size
            if self.srtp is None or unprotect(self.srtp.reading, packet.pointer, LENGTH):
                self._drop("rtp before dtls" if self.srtp is None else "srtp refused")
                return
            packet.length = LENGTH[0]
        self.heard = now
        self._packets_in += 1
        self._bytes_in += size
        if source != self.agent.selected:
            self.agent.follow(source)
        layout = stream.layout
        try:
            if layout.read(data) != layout.heads or layout.start > packet.length:
                layout = stream.lay_out(packet)
        except ValueError:
            self._drop("rtp malformed")
            return
        if stream.level_at:
            self._speech.add(data[stream.level_at] & 0x7F, numbers[1])
            if stream.track is self.tracks[0]:
                self.reception.arrived(numbers[0])
        if stream.number_at and self.arrivals is not None:
            self._note_arrival(self.arrivals, data[stream.number_at] << 8 | data[stream.number_at + 1], now)
        history = stream.track.history
        if history is not None:
            if stream.rtx:
                self._restore(stream.track, history, packet, layout)
            elif not history.keep(numbers[0], packet, now):
                self.ask_missing(stream.track, now)
        left = len(stream.lanes)
        for lane in stream.lanes:
            left -= 1
            receiver = lane.receiver
            if receiver.srtp is None:
                continue
            # Each receiver but the last gets a copy; the last one the very buffer the packet came in.
            own = packet.copy() if left else packet
            if lane.carry(own, layout, numbers, now):
                receiver.send_rtp(own)
            else:
                self._counters["rtp not taken"] += 1

    def _meet(self, packet: Packet, ssrc: int, now: float) -> Stream | None:
        """The stream of an SSRC that the offer did not announce, if it names its track; the packet is decrypted."""
        if self.srtp is None:
            self._drop("rtp before dtls")
        elif self.bundle.is_closed_to(ssrc):
            self._drop("rtp of unknown ssrc")
        elif not self.srtp.unprotect(packet):
            self._drop("srtp refused")
        else:
            self.heard = now
            stream = self.bundle.learn(self, packet, ssrc)
            if stream is not None:
                return stream
            self._drop("rtp of unknown ssrc")
        return None

    def _restore(self, track: Track, history: History, packet: Packet, layout: Layout) -> None:
        if track.ssrc is not None and track.media.codec is not None:
            history.restore(packet, layout, track.media.codec, track.ssrc)

    def ask_missing(self, track: Track, now: float) -> None:
        """Ask this sender again for what did not come, as far as it is time."""
        if track.history is None:
            return
        gaps = track.history.gaps
        numbers = gaps.ask(now, self.reception.round_trip)
        if numbers and track.ssrc is not None:
            self.send_rtcp(lost(self.own_ssrc, track.ssrc, numbers))
        if gaps.due is not None:
            self._wake(gaps.due)

    def _note_arrival(self, arrivals: Arrivals, number: int, now: float) -> None:
        idle = arrivals.due is None
        arrivals.add(number, now)
        if idle:
            self._wake(now + INTERVAL)

    def report_arrivals(self) -> None:
        """Send the transport-wide feedback that has gathered."""
        ssrc = next((track.ssrc for track in self.tracks if track.ssrc is not None), None)
        report = self.arrivals.report(self.own_ssrc, ssrc or 0) if self.arrivals is not None else b""
        if report:
            self.send_rtcp(report)

    def receive_rtcp(self, packet: Packet, source: Address, ask: Callable[[Track, float], None], now: float) -> None:
        """Take an SRTCP packet and send on what it says."""
        reporter, size = _WORD.unpack_from(packet.data, 4)[0], packet.length
        if self.srtp is None:
            self._drop("rtp before dtls")
        elif self._packets_in >= self._allowance.ceiling and not self._allowance.raise_ceiling(now):
            self._drop("too many packets")
        elif reporter not in self._reporters and len(self._reporters) >= MAX_REPORTERS:
            self._drop("rtcp of unknown ssrc")
        elif not self.srtp.unprotect_rtcp(packet):
            self._drop("srtcp refused")
        else:
            self._reporters.add(reporter)
            self.heard = now
            self._packets_in += 1
            self._bytes_in += size
            if source != self.agent.selected:
                self.agent.follow(source)
            Crossing(self, ask, now).run(packet.data[: packet.length])

    def may_repair(self, now: float) -> bool:
        """Whether one more packet may be sent again to this peer."""
        if self._repairs >= self._repairs_allowed.ceiling and not self._repairs_allowed.raise_ceiling(now):
            return False
        self._repairs += 1
        return True

    def let_go(self) -> None:
        """Cut what refers to each other here, when nobody is to find this peer any more: else its memory, SRTP's and
        OpenSSL's with it, would wait for Python's collector."""
        for lane in self.lanes.values():
            lane.pair = lane.rtx = None
        self.srtp, self.tracks = None, ()
        for held in (self.streams, self.lanes, self.slots, self.seated, self.limits):
            held.clear()

    # Figures

    def figures(self) -> Figures:
        """What this leg carried so far."""
        return Figures(
            self._packets_in,
            self._bytes_in,
            self._packets_out,
            self._bytes_out,
            self._speech.seconds(),
            self.since,
            self.reception.worst_loss,
            self.reception.round_trip,
            *self.reception.means(),
        )
