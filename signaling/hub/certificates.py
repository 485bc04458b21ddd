"""Certificates by which machines know one another: each makes its own, and trusts exactly those that it is told.

There is no authority: who may write the list of machines is trusted. TLS 1.3, both sides show a certificate.
"""

import hashlib
import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from signaling.whole_file import make_whole

# Machines' clocks may differ, and a machine is trusted by its certificate itself.
FROM, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)


class MachineIdentity:
    """The certificate of this machine and its key, kept in a file that only its owner can read."""

    def __init__(self, file: Path) -> None:
        """Makes the file when it is missing. Raises OSError."""
        if not file.exists():
            _make(file)
        self.file = file
        text = file.read_text()
        self.certificate = text[text.index("-----BEGIN CERTIFICATE-----") :]

    @property
    def name(self) -> str:
        """The machine's, among those that serve together."""
        return fingerprint(self.certificate)[:32]

    def server_context(self) -> ssl.SSLContext:
        """For those who connect here; `trust` lets them in."""
        return self._context(ssl.PROTOCOL_TLS_SERVER)

    def client_context(self, certificate: str) -> ssl.SSLContext:
        """For a connection to the machine with this certificate (PEM). Raises ssl.SSLError for what is none."""
        context = self._context(ssl.PROTOCOL_TLS_CLIENT)
        trust(context, certificate)
        return context

    def _context(self, protocol: int) -> ssl.SSLContext:
        context = ssl.SSLContext(protocol)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        # The certificate itself is known; a name in it would say nothing more.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(self.file)
        return context


def trust(context: ssl.SSLContext, certificate: str) -> None:
    """Let who has the key of this certificate (PEM) in. Raises ssl.SSLError for what is none."""
    context.load_verify_locations(cadata=certificate)


def fingerprint(certificate: str | bytes) -> str:
    """SHA-256 of a certificate in PEM or DER, in hexadecimal. Raises ValueError for what is none."""
    content = ssl.PEM_cert_to_DER_cert(certificate) if isinstance(certificate, str) else certificate
    return hashlib.sha256(content).hexdigest()


def _make(file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    # A name of its own: among certificates with the same one, only the first would be found.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"fireside {serial:x}")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, FROM, UNTIL)
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    make_whole(file, private + certificate)
