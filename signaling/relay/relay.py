"""The relay core: encoded media between browsers, pure and synchronous (RFC 7667 section 3.2).

Datagrams and time go in, datagrams and events come out; there is no socket, no clock and no task inside. `now` is
monotonic seconds. After each call the caller takes `outgoing` and `events` and asks for the `deadline`.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from signaling.deadlines import Deadlines
from signaling.packet import LONGEST, Address, Packet
from signaling.relay import timers
from signaling.relay.events import Figures, PeerConnected, PeerLost, PeerReconnected, RelayEvent
from signaling.relay.routing import keyframes, seating
from signaling.relay.routing.admission import admit
from signaling.relay.routing.peer import Peer
from signaling.relay.routing.peer_table import PeerTable
from signaling.relay.routing.track import Track
from signaling.relay.sdp.answer import Candidate as Candidate
from signaling.relay.sdp.answer import TransportDescription
from signaling.relay.sdp.offer import parse_offer
from signaling.relay.transport import demux, stun
from signaling.relay.transport.aiortc_parts import Certificate
from signaling.relay.transport.dtls import DtlsFailed
from signaling.relay.transport.ice import IceAgent
from signaling.relay.transport.secure_transport import Datagram

log = logging.getLogger(__name__)

# After such a silence of a peer, packets of pictures have been lost in both directions.
INTERRUPTED_SECONDS = 0.25


class Relay:
    """All peers of one relay process. `counters` has, by reason, how many datagrams were dropped."""

    def __init__(self, candidates: Sequence[Candidate], random: Callable[[int], bytes] = os.urandom) -> None:
        certificate = Certificate()
        self.counters: Counter[str] = Counter()
        self._candidates = tuple(candidates)
        self._random = random
        self._context = certificate.context()
        self._fingerprint = certificate.fingerprint()
        self._peers: dict[str, Peer] = {}
        self._table = PeerTable()
        self._last_figures: dict[str, Figures] = {}
        self._outgoing: list[Datagram] = []
        self._events: list[RelayEvent] = []
        self._deadlines: Deadlines[str] = Deadlines()
        self._now = 0.0

    def announce(self, candidates: Sequence[Candidate]) -> None:
        """Announce these in every answer from now on."""
        self._candidates = tuple(candidates)

    # Peers and seats

    def open_peer(self, peer: str, offer: str, *, slots: int, may_speak: bool, may_show: bool, now: float) -> str:
        """Open a peer for a browser's offer; returns the answer. Raises events.BadOffer and then changes nothing."""
        parsed = parse_offer(offer, slots)
        if peer in self._peers:
            raise ValueError(f"peer {peer} is open")
        self._now = now
        agent = IceAgent(self._random, now)
        wake = partial(self._deadlines.bring_forward, peer)
        opened = Peer(peer, parsed, agent, self._context, self._outgoing, self.counters, wake, now)
        transport = TransportDescription(agent.ufrag, agent.password, self._fingerprint, self._candidates)
        answer = admit(opened, parsed, transport, (may_speak, may_show, may_show), self._random)
        self._peers[peer] = opened
        self._table.add(opened)
        wake(agent.expires())
        return answer

    def close_peer(self, peer: str) -> None:
        """Send close_notify and forget the peer, its figures too. A peer that is not open is no error."""
        closing = self._peers.get(peer)
        if closing is not None:
            closing.dtls.close()
            closing.flush_dtls(self._now)
            self._forget(closing)
        self._last_figures.pop(peer, None)

    def figures(self, peer: str) -> Figures:
        """Figures of an open peer, or the last ones of a lost peer until it is closed."""
        return self._peers[peer].figures() if peer in self._peers else self._last_figures.get(peer, Figures())

    def _lose(self, peer: Peer, why: str) -> None:
        self._last_figures[peer.name] = peer.figures()
        self._forget(peer)
        self._events.append(PeerLost(peer.name, why))

    def _forget(self, peer: Peer) -> None:
        seating.remove_peer(peer)
        del self._peers[peer.name]
        self._deadlines.set(peer.name, None)
        self._table.remove(peer)
        peer.release()

    def seat(self, receiver: str, slot: int, sender: str | None) -> None:
        """Forward the sender's tracks to this slot from now on, starting with keyframes; None empties it.
        A peer that is already gone is no error."""
        to, source = self._peers.get(receiver), self._peers.get(sender or "")
        if to is None or to.slot_senders[slot] is source:
            return
        seating.seat(to, slot, source)
        if source is not None and to.srtp is not None:
            for track in source.tracks:
                self._request_keyframe(track, self._now)

    def set_pictures(self, peer: str, wanted: bool) -> None:
        """Forward cameras and screens to this peer, or its sound alone. A peer that is already gone is no error."""
        to = self._peers.get(peer)
        if to is not None and to.wants_pictures != wanted:
            seating.set_pictures(to, wanted)
            keyframes.request_all(to, self._request_keyframe, self._now)

    # Datagrams

    def receive(self, packet: Packet, source: Address, now: float) -> None:
        """Take one datagram; its buffer may be altered and sent on. Never raises, whatever the datagram is."""
        self._now = now
        peer = self._table.by_address.get(source)
        data = packet.data
        if peer is None or not demux.IS_MEDIA[data[0]] or packet.length < demux.SHORTEST_MEDIA:
            self._receive_other(peer, packet, source, now)
            return
        if packet.length > LONGEST:
            self.counters["too long"] += 1
            return
        try:
            if demux.IS_RTCP[data[1]]:
                peer.receive_rtcp(packet, source, self._request_keyframe, now)
            else:
                peer.receive_rtp(packet, source, now)
            if peer.disconnected and peer.last_received == now:
                self._reconnect(peer)
        except Exception:
            self._fail(peer)

    def lose_address(self, address: Address) -> None:
        """A connection is closed, and its address with it: the next one from there must prove the address again."""
        if (peer := self._table.by_address.pop(address, None)) is not None:
            peer.agent.forget(address)

    def _receive_other(self, peer: Peer | None, packet: Packet, source: Address, now: float) -> None:
        kind = demux.KIND[packet.data[0]] if packet.length else demux.UNKNOWN
        if kind == demux.STUN:
            try:
                self._receive_check(bytes(packet), source, now)
            except Exception:
                self._log_fault("a check")
        elif peer is None:
            self.counters["address not proven"] += 1
        elif kind == demux.DTLS:
            try:
                self._receive_dtls(peer, bytes(packet), source, now)
            except Exception:
                self._fail(peer)
        else:
            self.counters["not ours" if kind == demux.UNKNOWN else "rtp malformed"] += 1

    def _receive_check(self, datagram: bytes, source: Address, now: float) -> None:
        request = stun.parse_request(datagram)
        ufrag = "" if request is None else request.attributes["USERNAME"].partition(":")[0]
        peer = self._table.by_ufrag.get(ufrag)
        if request is None or peer is None:
            self.counters["stun malformed" if request is None else "stun of unknown user"] += 1
            return
        answer = peer.agent.receive_check(request, source, now)
        if answer is None:
            self.counters["stun not authentic"] += 1
            return
        self._outgoing.append((Packet(answer), source))
        if source in peer.agent.proven:
            self._table.claim(peer, source)
            if now - peer.last_received > INTERRUPTED_SECONDS:
                keyframes.request_all(peer, self._request_keyframe, self._now)
            peer.last_received = now
            if peer.disconnected:
                self._reconnect(peer)

    def _receive_dtls(self, peer: Peer, datagram: bytes, source: Address, now: float) -> None:
        try:
            connected = peer.receive_dtls(datagram, source, now)
        except DtlsFailed as failure:
            peer.flush_dtls(now)
            self._lose(peer, "closed" if peer.srtp is not None else f"dtls failed: {failure}")
            return
        self._deadlines.bring_forward(peer.name, min(timers.deadline(peer), now + timers.RELEASE_SECONDS))
        if connected:
            self._events.append(PeerConnected(peer.name))
            seating.update_routes({peer})
            keyframes.request_all(peer, self._request_keyframe, self._now)

    def _reconnect(self, peer: Peer) -> None:
        peer.disconnected = False
        self._events.append(PeerReconnected(peer.name))
        keyframes.request_all(peer, self._request_keyframe, self._now)
        self._deadlines.bring_forward(peer.name, timers.deadline(peer))

    def _fail(self, peer: Peer) -> None:
        self._log_fault(f"peer {peer.name}, which is closed")
        if peer.name in self._peers:
            self._lose(peer, "internal error")

    def _log_fault(self, where: str) -> None:
        log.exception("internal error in %s", where)
        self.counters["internal error"] += 1

    def outgoing(self) -> list[Datagram]:
        """Datagrams to send now, oldest first. Each is returned once, and is valid until the next one is received."""
        out, self._outgoing[:] = self._outgoing[:], []
        return out

    def events(self) -> list[RelayEvent]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    # Keyframes and time

    def _request_keyframe(self, track: Track, now: float) -> None:
        if (due := keyframes.request(track, now)) is not None:
            self._deadlines.bring_forward(track.sender.name, due)

    def deadline(self) -> float | None:
        """When `tick` must be called next, or None while there is no peer."""
        return self._deadlines.due

    def tick(self, now: float) -> None:
        """Do what is due: consent, silence, DTLS retransmission, delayed keyframe requests, missing packets."""
        self._now = now
        for name in self._deadlines.take_due(now):
            if name in self._peers:
                self._tick_peer(self._peers[name], now)

    def _tick_peer(self, peer: Peer, now: float) -> None:
        try:
            for event in timers.run(peer, now):
                if isinstance(event, PeerLost):
                    self._lose(peer, event.why)
                else:
                    self._events.append(event)
            if peer.name in self._peers:
                self._deadlines.bring_forward(peer.name, timers.deadline(peer))
        except Exception:
            self._fail(peer)
