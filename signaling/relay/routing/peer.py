"""One browser's WebRTC connection: the tracks it sends and the downlinks it receives on, over its transport."""

from collections import Counter
from collections.abc import Callable
from struct import Struct

from OpenSSL import SSL

from signaling.packet import Address, Packet
from signaling.relay.events import Figures
from signaling.relay.rate_limit import RETRANSMISSION_RATE, PacketRateLimit
from signaling.relay.routing.rtcp_translator import RtcpTranslator
from signaling.relay.routing.track import Downlink, RoutedPeer, SlotDownlinks, Stream, Track, read_numbers
from signaling.relay.routing.unsignaled_streams import UnsignaledStreams
from signaling.relay.rtcp.packets import nack
from signaling.relay.rtcp.transport_feedback import INTERVAL, TransportFeedback
from signaling.relay.rtp.headers import HeaderLayout
from signaling.relay.rtp.packet_cache import PacketCache
from signaling.relay.sdp.offer import SessionDescription
from signaling.relay.statistics import PeerStatistics, SpeakingTime
from signaling.relay.transport.ice import IceAgent
from signaling.relay.transport.secure_transport import Datagram, SecureTransport
from signaling.relay.transport.srtp import LENGTH, unprotect

MAX_REPORTERS = 64
_WORD = Struct("!I")


class Peer(SecureTransport):
    """`wake` takes a time at which the peer must be ticked."""

    # There are hundreds of peers: slots keep what a packet needs close together in memory.
    __slots__ = (
        "_bytes_in",
        "_packets_in",
        "_rate_limit",
        "_reporters",
        "_retransmission_limit",
        "_retransmissions",
        "_speaking_time",
        "_wake",
        "downlinks",
        "name",
        "own_ssrc",
        "receiver_estimates",
        "slot_senders",
        "slots",
        "statistics",
        "streams",
        "tracks",
        "transport_feedback",
        "unsignaled",
    )

    def __init__(
        self,
        name: str,
        offer: SessionDescription,
        agent: IceAgent,
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
        self.downlinks: dict[int, Downlink] = {}
        self.slots: list[SlotDownlinks] = []
        self.slot_senders: list[RoutedPeer | None] = []
        self.receiver_estimates: dict[RoutedPeer, tuple[int, float]] = {}
        self.own_ssrc = 0
        # None while the only receiver itself reports on this peer's packets.
        self.transport_feedback: TransportFeedback | None = TransportFeedback()
        self.statistics = PeerStatistics()
        self._wake = wake
        self.unsignaled = UnsignaledStreams()
        self._reporters: set[int] = set()
        self._speaking_time = SpeakingTime()
        self._rate_limit = PacketRateLimit(now)
        self._retransmission_limit = PacketRateLimit(now, RETRANSMISSION_RATE)
        self._packets_in = self._bytes_in = self._retransmissions = 0

    def release_dtls(self) -> None:
        """Free what only the handshake needs, once the browser sent something authentic: it has finished, too."""
        if self._packets_in:
            self.dtls.release()

    # Datagrams in

    def receive_rtp(self, packet: Packet, source: Address, now: float) -> None:
        """Take an SRTP packet and forward it to each receiver of its track."""
        if self._packets_in >= self._rate_limit.ceiling and not self._rate_limit.raise_ceiling(now):
            self._drop("too many packets")
            return
        data = packet.data
        numbers = read_numbers(data, 2)
        stream = self.streams.get(numbers[2])
        size = packet.length
        if stream is None:
            stream = self._receive_unsignaled(packet, numbers[2], now)
            if stream is None:
                return
        else:
            LENGTH[0] = size
            if self.srtp is None or unprotect(self.srtp.inbound, packet.pointer, LENGTH):
                self._drop("rtp before dtls" if self.srtp is None else "srtp refused")
                return
            packet.length = LENGTH[0]
        self.last_received = now
        self._packets_in += 1
        self._bytes_in += size
        if source != self.agent.selected:
            self.agent.follow_media(source)
        layout = stream.layout
        try:
            if layout.read_structure(data) != layout.structure or layout.start > packet.length:
                layout = stream.find_layout(packet)
        except ValueError:
            self._drop("rtp malformed")
            return
        if stream.level_at:
            self._speaking_time.add(data[stream.level_at] & 0x7F, numbers[1])
            if stream.track is self.tracks[0]:
                self.statistics.add_packet(numbers[0])
        at = stream.twcc_at
        if at and self.transport_feedback is not None:
            self._add_arrival(self.transport_feedback, data[at] << 8 | data[at + 1], now)
        cache = stream.track.packet_cache
        if cache is not None:
            if stream.rtx:
                self._add_retransmission(stream.track, cache, packet, layout)
            elif not cache.add(numbers[0], packet, now):
                self.request_missing(stream.track, now)
        left = len(stream.downlinks)
        for downlink in stream.downlinks:
            left -= 1
            receiver = downlink.receiver
            if receiver.srtp is None:
                continue
            # Each receiver but the last gets a copy; the last one gets the buffer in which the packet arrived.
            own = packet.copy() if left else packet
            if downlink.rewrite(own, layout, numbers, now):
                receiver.send_rtp(own)
            else:
                self._counters["rtp not taken"] += 1

    def _receive_unsignaled(self, packet: Packet, ssrc: int, now: float) -> Stream | None:
        """Decrypt a packet whose SSRC the offer did not announce; returns its stream if it names its track."""
        if self.srtp is None:
            self._drop("rtp before dtls")
        elif self.unsignaled.refuses(ssrc):
            self._drop("rtp of unknown ssrc")
        elif not self.srtp.unprotect(packet):
            self._drop("srtp refused")
        else:
            self.last_received = now
            stream = self.unsignaled.identify(self, packet, ssrc)
            if stream is not None:
                return stream
            self._drop("rtp of unknown ssrc")
        return None

    def _add_retransmission(self, track: Track, cache: PacketCache, packet: Packet, layout: HeaderLayout) -> None:
        if track.ssrc is not None:
            cache.add_retransmission(packet, layout, track.media.codec, track.ssrc)

    def request_missing(self, track: Track, now: float) -> None:
        """Ask this sender for the missing packets for which a request is due."""
        if track.packet_cache is None:
            return
        losses = track.packet_cache.losses
        numbers = losses.take_due(now, self.statistics.round_trip)
        if numbers and track.ssrc is not None:
            self.send_rtcp(nack(self.own_ssrc, track.ssrc, numbers))
        if losses.due is not None:
            self._wake(losses.due)

    def _add_arrival(self, feedback: TransportFeedback, number: int, now: float) -> None:
        idle = feedback.due is None
        feedback.add(number, now)
        if idle:
            self._wake(now + INTERVAL)

    def send_transport_feedback(self) -> None:
        """Send the transport-wide feedback that has accumulated."""
        ssrc = next((track.ssrc for track in self.tracks if track.ssrc is not None), None)
        feedback = self.transport_feedback
        report = feedback.report(self.own_ssrc, ssrc or 0) if feedback is not None else b""
        if report:
            self.send_rtcp(report)

    def receive_rtcp(
        self, packet: Packet, source: Address, request_keyframe: Callable[[Track, float], None], now: float
    ) -> None:
        """Take an SRTCP packet and forward it, translated."""
        reporter, size = _WORD.unpack_from(packet.data, 4)[0], packet.length
        if self.srtp is None:
            self._drop("rtp before dtls")
        elif self._packets_in >= self._rate_limit.ceiling and not self._rate_limit.raise_ceiling(now):
            self._drop("too many packets")
        elif reporter not in self._reporters and len(self._reporters) >= MAX_REPORTERS:
            self._drop("rtcp of unknown ssrc")
        elif not self.srtp.unprotect_rtcp(packet):
            self._drop("srtcp refused")
        else:
            self._reporters.add(reporter)
            self.last_received = now
            self._packets_in += 1
            self._bytes_in += size
            if source != self.agent.selected:
                self.agent.follow_media(source)
            RtcpTranslator(self, request_keyframe, now).run(packet.data[: packet.length])

    def may_retransmit(self, now: float) -> bool:
        """Whether one more packet may be sent again to this peer."""
        limit = self._retransmission_limit
        if self._retransmissions >= limit.ceiling and not limit.raise_ceiling(now):
            return False
        self._retransmissions += 1
        return True

    def release(self) -> None:
        """Break the reference cycles of a peer that was closed. Its memory, and SRTP's and OpenSSL's with it, is then
        free at once, without Python's garbage collector."""
        for downlink in self.downlinks.values():
            downlink.original = downlink.rtx = None
        self.srtp, self.tracks = None, ()
        for collection in (self.streams, self.downlinks, self.slots, self.slot_senders, self.receiver_estimates):
            collection.clear()

    # Figures

    def figures(self) -> Figures:
        """What was sent and received so far."""
        return Figures(
            self._packets_in,
            self._bytes_in,
            self._packets_out,
            self._bytes_out,
            self._speaking_time.seconds(),
            self.connected_at,
            self.statistics.worst_loss,
            self.statistics.round_trip,
            *self.statistics.means(),
        )
