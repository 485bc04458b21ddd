"""What one browser's media runs over: the address its ICE agent has proven, DTLS, and SRTP with the keys of that."""

from collections import Counter

from OpenSSL import SSL

from signaling.packet import LONGEST, Address, Packet
from signaling.relay.transport.dtls import Dtls, Fingerprint
from signaling.relay.transport.ice import Agent
from signaling.relay.transport.srtp import LENGTH, Srtp, protect

QUIET_SECONDS = 2.5

Datagram = tuple[Packet, Address]


class SecureTransport:
    """`heard` is when something authentic came last, `quiet` whether that is too long ago, `since` when DTLS was done.
    `outgoing` and `counters` are the relay's own, shared by all its peers."""

    __slots__ = (
        "_bytes_out",
        "_counters",
        "_outgoing",
        "_packets_out",
        "agent",
        "dtls",
        "dtls_due",
        "heard",
        "quiet",
        "since",
        "srtp",
    )

    def __init__(
        self,
        agent: Agent,
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
        self.heard = now
        self.quiet = False
        self.since: float | None = None
        self._outgoing = outgoing
        self._counters = counters
        self._packets_out = self._bytes_out = 0

    # DTLS

    def receive_dtls(self, datagram: bytes, now: float) -> bool:
        """Take DTLS from a proven address; True when this completed the handshake. Raises DtlsFailed."""
        self.dtls.feed(datagram)
        self.flush_dtls(now)
        if self.srtp is not None or not self.dtls.complete:
            return False
        self.srtp = Srtp(*self.dtls.keys())
        self.heard = self.since = now
        return True

    def flush_dtls(self, now: float) -> None:
        """Send what OpenSSL wrote and note when it wants to be called again."""
        for datagram in self.dtls.outgoing():
            self.send(datagram)
        left = self.dtls.timeout()
        self.dtls_due = None if left is None else now + left

    # Datagrams out

    def send(self, datagram: bytes) -> None:
        """Send as it is, to the address in use."""
        if self.agent.selected is not None:
            self._outgoing.append((Packet(datagram), self.agent.selected))

    def send_rtp(self, packet: Packet) -> None:
        """Encrypt in place and send."""
        address = self.agent.selected
        if self.srtp is None or address is None:
            return
        LENGTH[0] = packet.length
        if protect(self.srtp.writing, packet.pointer, LENGTH):
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
        """When something must be looked at: consent, silence, DTLS."""
        due = [self.agent.expires()]
        if self.srtp is not None and not self.quiet:
            due.append(self.heard + QUIET_SECONDS)
        if self.dtls_due is not None:
            due.append(self.dtls_due)
        return due

    def fall_quiet(self, now: float) -> bool:
        """Note the silence that is due; whether it has just become one."""
        if self.srtp is None or self.quiet or now < self.heard + QUIET_SECONDS:
            return False
        self.quiet = True
        return True

    def expire_dtls(self, now: float) -> None:
        """Send again what OpenSSL's clock says, if that is due. Raises DtlsFailed."""
        if self.dtls_due is not None and now >= self.dtls_due:
            self.dtls.expire()
            self.flush_dtls(now)
