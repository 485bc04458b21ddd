"""The transport of one browser's media: an address that its ICE agent has proven, DTLS, and SRTP with DTLS's keys."""

from collections import Counter

from OpenSSL import SSL

from signaling.packet import LONGEST, Address, Packet
from signaling.relay.transport.dtls import Dtls, Fingerprint
from signaling.relay.transport.ice import IceAgent
from signaling.relay.transport.srtp import LENGTH, Srtp, protect

SILENCE_SECONDS = 2.5

Datagram = tuple[Packet, Address]


class SecureTransport:
    """`last_received` is when something authentic arrived last, `disconnected` whether that is too long ago,
    `connected_at` when DTLS was complete. `outgoing` and `counters` are the relay's, shared by all its peers."""

    __slots__ = (
        "_bytes_out",
        "_counters",
        "_dtls_source",
        "_outgoing",
        "_packets_out",
        "agent",
        "connected_at",
        "disconnected",
        "dtls",
        "dtls_due",
        "last_received",
        "srtp",
    )

    def __init__(
        self,
        agent: IceAgent,
        context: SSL.Context,
        fingerprints: tuple[Fingerprint, ...],
        outgoing: list[Datagram],
        counters: Counter[str],
        now: float,
    ) -> None:
        self.agent = agent
        self.dtls = Dtls(context, fingerprints)
        self.dtls_due: float | None = None
        self.srtp: Srtp | None = None
        self.last_received = now
        self.disconnected = False
        self.connected_at: float | None = None
        # Where DTLS came from last.
        self._dtls_source: Address | None = None
        self._outgoing = outgoing
        self._counters = counters
        self._packets_out = self._bytes_out = 0

    # DTLS

    def receive_dtls(self, datagram: bytes, source: Address, now: float) -> bool:
        """Take a DTLS datagram from a proven address; True when it completed the handshake. Raises DtlsFailed.

        It is answered where it came from: only that way is known to lead to the browser and back. The one that is
        selected until the browser nominates another is the first that a check came by, whose answer may have been lost;
        so would be the flight, which OpenSSL does not send again within a second.
        """
        self._dtls_source = source
        self.dtls.receive(datagram)
        self.flush_dtls(now, source)
        if self.srtp is not None or not self.dtls.complete:
            return False
        self.srtp = Srtp(*self.dtls.keys())
        self.last_received = self.connected_at = now
        return True

    def flush_dtls(self, now: float, to: Address | None = None) -> None:
        """Send what OpenSSL has to send, to the selected address unless another is given, and note when it must be
        called again."""
        if address := to or self.agent.selected:
            self._outgoing += [(Packet(datagram), address) for datagram in self.dtls.outgoing()]
        left = self.dtls.timeout()
        self.dtls_due = None if left is None else now + left

    # Datagrams out

    def send_rtp(self, packet: Packet) -> None:
        """Encrypt in place and send."""
        address = self.agent.selected
        if self.srtp is None or address is None:
            return
        LENGTH[0] = packet.length
        if protect(self.srtp.outbound, packet.pointer, LENGTH):
            self._drop("srtp not sent")
            return
        packet.length = size = LENGTH[0]
        self._packets_out += 1
        self._bytes_out += size
        self._outgoing.append((packet, address))

    def send_rtcp(self, compound: bytes | bytearray) -> None:
        """Encrypt and send."""
        if self.srtp is None or self.agent.selected is None or len(compound) > LONGEST:
            return
        packet = Packet(compound)
        if not self.srtp.protect_rtcp(packet):
            self._drop("srtcp not sent")
            return
        self._packets_out += 1
        self._bytes_out += packet.length
        self._outgoing.append((packet, self.agent.selected))

    def _drop(self, reason: str) -> None:
        self._counters[reason] += 1

    # Time

    def due(self) -> list[float]:
        """When something is due: consent, silence, DTLS."""
        due = [self.agent.expires()]
        if self.srtp is not None and not self.disconnected:
            due.append(self.last_received + SILENCE_SECONDS)
        if self.dtls_due is not None:
            due.append(self.dtls_due)
        return due

    def note_silence(self, now: float) -> bool:
        """Whether the peer has just become disconnected, by its silence."""
        if self.srtp is None or self.disconnected or now < self.last_received + SILENCE_SECONDS:
            return False
        self.disconnected = True
        return True

    def expire_dtls(self, now: float) -> None:
        """Retransmit the DTLS flight if that is due. Raises DtlsFailed."""
        if self.dtls_due is not None and now >= self.dtls_due:
            self.dtls.expire()
            self.flush_dtls(now, self._dtls_source if self._dtls_source in self.agent.proven else None)
