"""The passive side of one DTLS association over OpenSSL's memory buffers (RFC 5764, RFC 6347).

OpenSSL keeps its retransmission clock inside; `timeout` is how long it wants to wait, `expire` lets it retransmit.
"""

from collections.abc import Iterable

from OpenSSL import SSL

from signaling.relay.transport.aiortc_parts import DIGESTS, PROFILES, SrtpProfile, digest
from signaling.relay.transport.dtls_alerts import DtlsAlerts

MTU = 1200
_RECORD_HEADER = 13
# The first byte of a record, and the epoch of one that is not encrypted (RFC 6347 section 4.1).
_ALERT, _PLAINTEXT = b"\x15", b"\0\0"
# OpenSSL's clock and the caller's may differ by a millisecond: never ask to be called again at once.
_SHORTEST_WAIT = 0.01

Fingerprint = tuple[str, str]


class DtlsFailed(Exception):
    """The association is over: the handshake failed, the certificate is another one, or the other side closed it."""


class Dtls:
    """One association. `fingerprints` are the (algorithm, value) pairs of the offer."""

    __slots__ = ("_alerts", "_closing", "_fingerprints", "_ssl", "complete")

    def __init__(self, context: SSL.Context, fingerprints: Iterable[Fingerprint]) -> None:
        self._fingerprints = tuple(fingerprints)
        # None once it was freed; then `_alerts` is there.
        self._ssl: SSL.Connection | None = SSL.Connection(context)
        self._ssl.set_accept_state()
        self._ssl.set_ciphertext_mtu(MTU)
        self._alerts: DtlsAlerts | None = None
        self._closing: list[bytes] = []
        self.complete = False

    def receive(self, datagram: bytes | bytearray) -> None:
        """Take one datagram of the peer. Raises DtlsFailed."""
        if not self.complete and datagram[:1] == _ALERT and datagram[3:5] == _PLAINTEXT:
            # It may be forged; a browser that really gave up sends nothing more.
            return
        if self._ssl is None:
            if self._alerts is not None and self._alerts.closes(bytes(datagram)):
                raise DtlsFailed("closed")
            return
        self._ssl.bio_write(bytes(datagram))
        if not self.complete:
            self._handshake(self._ssl)
        if self.complete:
            _read(self._ssl)

    def keys(self) -> tuple[SrtpProfile, bytes, bytes]:
        """When `complete` and before `release`: the SRTP profile, and master key and salt of the client and of the
        server."""
        if self._ssl is None:
            raise DtlsFailed("the keys were given away")
        return export_keys(self._ssl)

    def release(self) -> None:
        """Free OpenSSL's part, except for a cipher that no browser prefers. Only when the peer has certainly finished
        the handshake: it may otherwise need our last flight again."""
        if self._ssl is not None and self.complete:
            self._alerts = DtlsAlerts.of(self._ssl)
            if self._alerts is not None:
                self._ssl = None

    def timeout(self) -> float | None:
        """Seconds until `expire` must be called, or None if it need not be."""
        left = None if self._ssl is None else self._ssl.DTLSv1_get_timeout()
        return None if left is None else max(float(left), _SHORTEST_WAIT)

    def expire(self) -> None:
        """Send the last flight again if OpenSSL's clock says so. Raises DtlsFailed after too many attempts."""
        if self._ssl is None:
            return
        try:
            self._ssl.DTLSv1_handle_timeout()
        except SSL.Error as error:
            raise DtlsFailed("handshake timed out") from error

    def close(self) -> None:
        """Queue a close_notify if the handshake is complete."""
        if self._alerts is not None:
            self._closing = [self._alerts.close_notify()]
        elif self._ssl is not None and self.complete:
            try:
                self._ssl.shutdown()
            except SSL.Error:
                return

    def outgoing(self) -> list[bytes]:
        """Datagrams of whole records, each at most MTU bytes."""
        if self._ssl is not None:
            return read_flight(self._ssl)
        closing, self._closing = self._closing, []
        return closing

    def _handshake(self, connection: SSL.Connection) -> None:
        try:
            connection.do_handshake()
        except SSL.WantReadError:
            return
        except SSL.Error as error:
            raise DtlsFailed("handshake failed") from error
        self._check_certificate(connection)
        self.complete = True

    def _check_certificate(self, connection: SSL.Connection) -> None:
        certificate = connection.get_peer_certificate(as_cryptography=True)
        known = [(algorithm, value) for algorithm, value in self._fingerprints if algorithm in DIGESTS]
        if certificate is None or not known:
            raise DtlsFailed("no certificate to compare")
        if any(digest(certificate, algorithm) != value for algorithm, value in known):
            raise DtlsFailed("another certificate than the offer named")


def _read(connection: SSL.Connection) -> None:
    try:
        while connection.recv(2048):
            pass
    except SSL.WantReadError:
        return
    except SSL.Error as error:
        raise DtlsFailed("closed") from error


def export_keys(connection: SSL.Connection) -> tuple[SrtpProfile, bytes, bytes]:
    """The SRTP profile of a finished handshake, and the master keys and salts with which client and server write.

    Raises DtlsFailed when no profile was agreed.
    """
    profile = PROFILES.get(connection.get_selected_srtp_profile())
    if profile is None:
        raise DtlsFailed("no SRTP profile agreed")
    material = connection.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (profile.key + profile.salt))
    return profile, profile.master(material, server=False), profile.master(material, server=True)


def read_flight(connection: SSL.Connection) -> list[bytes]:
    """What OpenSSL has to send, as datagrams of whole records, each at most MTU bytes."""
    try:
        return split_records(connection.bio_read(65536))
    except SSL.Error:
        return []


def split_records(flight: bytes) -> list[bytes]:
    """Split what OpenSSL has to send into datagrams of at most MTU bytes, at record boundaries."""
    datagrams: list[bytes] = []
    start = at = 0
    while at < len(flight):
        end = at + _RECORD_HEADER + int.from_bytes(flight[at + 11 : at + 13], "big")
        if end - start > MTU and at > start:
            datagrams.append(flight[start:at])
            start = at
        at = end
    datagrams.append(flight[start:])
    return datagrams
