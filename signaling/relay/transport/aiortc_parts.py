"""The one module that uses aiortc's internals: its DTLS certificates and contexts, and its SRTP profiles.

`aiortc/__init__.py` imports every codec, and its DTLS module imports a class of PyAV. Both would load FFmpeg into a
process that must never decode. The DTLS module is therefore loaded under a bare package, with a stand-in for `av`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from cryptography import x509
from OpenSSL import SSL


@contextmanager
def _bare_package() -> Iterator[None]:
    spec = find_spec("aiortc")
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError("aiortc is not installed")
    bare, stand_in = ModuleType("aiortc"), ModuleType("av")
    bare.__path__ = list(spec.submodule_search_locations)
    stand_in.__dict__["AudioFrame"] = type("AudioFrame", (), {})
    kept = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ("aiortc", "av")}
    for name in kept:
        del sys.modules[name]
    sys.modules.update({"aiortc": bare, "av": stand_in})
    try:
        yield
    finally:
        # A later `import aiortc` in this process must get the real package.
        for name in [name for name in sys.modules if name.split(".")[0] in ("aiortc", "av")]:
            del sys.modules[name]
        sys.modules.update(kept)


def _load() -> Any:
    with _bare_package():
        return import_module("aiortc.rtcdtlstransport")


_dtls = _load()


@dataclass(frozen=True, slots=True)
class SrtpProfile:
    """One SRTP protection profile (RFC 5764, RFC 7714): its number for libsrtp, sizes in bytes."""

    libsrtp: int
    key: int
    salt: int

    def master(self, material: bytes, server: bool) -> bytes:
        """Master key and salt of the client's or the server's writing direction (RFC 5764 section 4.2)."""
        side = int(server)
        salts = 2 * self.key + side * self.salt
        return material[side * self.key : (side + 1) * self.key] + material[salts : salts + self.salt]


PROFILES = {
    each.openssl_profile: SrtpProfile(each.libsrtp_profile, each.key_length, each.salt_length)
    for each in _dtls.SRTP_PROFILES
}
DTLS_1_2 = 0xFEFD
DIGESTS = frozenset(_dtls.X509_DIGEST_ALGORITHMS)


def digest(certificate: x509.Certificate, algorithm: str) -> str:
    """Fingerprint of a certificate in the form of SDP. `algorithm` is one of DIGESTS."""
    return str(_dtls.certificate_digest(certificate, algorithm))


class Certificate:
    """A new self-signed certificate with the DTLS context that presents it."""

    def __init__(self) -> None:
        self._certificate = _dtls.RTCCertificate.generateCertificate()

    def fingerprint(self) -> str:
        """The value of `a=fingerprint`: algorithm and digest."""
        found = {each.algorithm: each.value for each in self._certificate.getFingerprints()}
        return f"sha-256 {found['sha-256']}"

    def context(self) -> SSL.Context:
        """A DTLS context that requests the other side's certificate and offers every SRTP profile."""
        context: SSL.Context = self._certificate._create_ssl_context(srtp_profiles=_dtls.SRTP_PROFILES)
        # The relay splits flights at record boundaries, and the records of DTLS 1.3 have another form.
        context.set_max_proto_version(DTLS_1_2)
        # No session is ever resumed; OpenSSL would keep 20,480 of them with the browsers' certificates.
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_options(SSL.OP_NO_TICKET)
        return context
