"""One client of a loop: a controlling ICE agent, a DTLS client, SRTP. Datagrams and time go in, datagrams come out."""

import os
from base64 import b64encode
from contextlib import suppress

from aioice import stun
from OpenSSL import SSL

from signaling.packet import LONGEST, Packet
from signaling.probe.offer import OPUS, ProbeAnswer, write_offer
from signaling.relay.transport.aiortc_parts import Certificate, digest
from signaling.relay.transport.dtls import MTU, DtlsFailed, export_keys, read_flight
from signaling.relay.transport.srtp import Srtp

CHECK_INTERVAL = 0.2
# Afterwards, so that the relay's consent to send does not expire (RFC 7675 section 5.1).
CONSENT_INTERVAL = 5.0
PAYLOAD = 1000
_HOST_PRIORITY = 126 << 24 | 65535 << 8 | 255


class ProbePeer:
    """Once it is `connected`, `packet` returns the next packet to send; `received` counts those that arrived. It offers
    to receive from as many others as there are `slots`."""

    def __init__(self, slots: int = 1) -> None:
        certificate = Certificate()
        self._ufrag, password = b64encode(os.urandom(6)).decode(), b64encode(os.urandom(18)).decode()
        self._ssrc = int.from_bytes(os.urandom(4), "big") or 1
        self.offer = write_offer(self._ufrag, password, certificate.fingerprint(), self._ssrc, slots)
        self.sent = self.received = 0
        self.round_trip: float | None = None
        self._answer: ProbeAnswer | None = None
        self._checks: dict[bytes, float] = {}
        self._next_check = 0.0
        self._srtp: Srtp | None = None
        self._ssl = SSL.Connection(certificate.context())
        self._ssl.set_connect_state()
        self._ssl.set_ciphertext_mtu(MTU)

    @property
    def connected(self) -> bool:
        """Whether media can flow."""
        return self._srtp is not None

    def start(self, answer: ProbeAnswer) -> None:
        """Start with the relay's answer."""
        self._answer = answer

    def outgoing(self, now: float) -> list[bytes]:
        """What to send now; to be called every few milliseconds."""
        if self._answer is None:
            return []
        if self.round_trip is None:
            return self._check(self._answer, now)
        if not self.connected:
            self._handshake()
        return [*self._check(self._answer, now), *read_flight(self._ssl)]

    def receive(self, datagram: bytes, now: float) -> None:
        """Take one datagram of the relay; what is not understood is ignored."""
        if not datagram or len(datagram) > LONGEST:
            return
        if datagram[0] < 4:
            self._receive_response(datagram, now)
        elif datagram[0] < 64 and not self.connected:
            self._ssl.bio_write(datagram)
            self._handshake()
        elif self._srtp is not None and datagram[1] & 0x7F == OPUS:
            # SRTP refuses a packet that was received before, so each counts once.
            self.received += self._srtp.unprotect(Packet(datagram))

    def packet(self) -> bytes:
        """The next packet, encrypted: 1,000 random bytes in place of sound. Only when connected."""
        assert self._srtp is not None  # noqa: S101  # the caller's part of the contract
        self.sent += 1
        header = bytes([0x80, OPUS]) + self.sent.to_bytes(2, "big") + (960 * self.sent).to_bytes(4, "big")
        packet = Packet(header + self._ssrc.to_bytes(4, "big") + os.urandom(PAYLOAD))
        self._srtp.protect(packet)
        return bytes(packet)

    def _check(self, answer: ProbeAnswer, now: float) -> list[bytes]:
        if now < self._next_check:
            return []
        self._next_check = now + (CHECK_INTERVAL if self.round_trip is None else CONSENT_INTERVAL)
        attributes = {
            "USERNAME": f"{answer.ufrag}:{self._ufrag}",
            "PRIORITY": _HOST_PRIORITY,
            "ICE-CONTROLLING": 1,
            "USE-CANDIDATE": None,
        }
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=attributes)
        request.add_message_integrity(answer.password.encode())
        self._checks[request.transaction_id] = now
        return [bytes(request)]

    def _receive_response(self, datagram: bytes, now: float) -> None:
        try:
            message = stun.parse_message(datagram)
            sent_at = self._checks[message.transaction_id]
        except Exception:
            # aioice raises struct.error, ValueError and KeyError for malformed attributes, and may raise more.
            return
        if message.message_class is stun.Class.RESPONSE and self.round_trip is None:
            self.round_trip = now - sent_at

    def _handshake(self) -> None:
        try:
            self._ssl.DTLSv1_handle_timeout()
            self._ssl.do_handshake()
        except SSL.Error:
            return
        if self._is_the_relay():
            with suppress(DtlsFailed):
                profile, ours, theirs = export_keys(self._ssl)
                self._srtp = Srtp(profile, theirs, ours)

    def _is_the_relay(self) -> bool:
        certificate = self._ssl.get_peer_certificate(as_cryptography=True)
        if certificate is None or self._answer is None:
            return False
        algorithm, value = self._answer.fingerprint
        return digest(certificate, algorithm) == value
