"""What is left of a DTLS 1.2 association once both sides have finished: the encrypted alerts that close it.

OpenSSL keeps some 100 kB for each association, half of what a call needed. All that a browser still sends by DTLS is
close_notify (RFC 5246 section 7.2.1), and all that the relay sends is the same. So the keys of the records are derived
from the master secret as OpenSSL did (RFC 5246 sections 5 and 6.3), and OpenSSL's part is freed.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from OpenSSL import SSL

HEADER = 13
ALERT = 21
_VERSION = b"\xfe\xfd"
_CLOSE_NOTIFY, _FATAL = 0, 2
_TAG = 16
# Epoch 1, and a number that OpenSSL did not use: it begins at 0, and sent a few records.
_OUR_NUMBER = (1 << 48 | 1 << 40).to_bytes(8, "big")


@dataclass(frozen=True, slots=True)
class RecordCipher:
    """An AEAD of DTLS records: sizes in bytes of its key, of the part of the nonce that is derived, and of the part
    that each record carries (RFC 5288 section 3; RFC 7905 section 2)."""

    make: Callable[[bytes], Any]
    key: int
    salt: int
    carried: int

    def nonce(self, salt: bytes, number: bytes) -> bytes:
        """The nonce of a record; `number`: the carried part, or the 8 bytes of its epoch and number."""
        if self.carried:
            return salt + number
        return bytes(a ^ b for a, b in zip(salt, number.rjust(self.salt, b"\0"), strict=True))


CIPHERS = {
    "ECDHE-ECDSA-AES128-GCM-SHA256": RecordCipher(AESGCM, 16, 4, 8),
    "ECDHE-ECDSA-CHACHA20-POLY1305": RecordCipher(ChaCha20Poly1305, 32, 12, 0),
}


class DtlsAlerts:
    """The alerts of one association on the server's side."""

    __slots__ = ("_cipher", "_reading", "_writing")

    def __init__(self, cipher: RecordCipher, block: bytes) -> None:
        self._cipher = cipher
        key, salt = cipher.key, cipher.salt
        self._reading = block[:key], block[2 * key : 2 * key + salt]
        self._writing = block[key : 2 * key], block[2 * key + salt : 2 * (key + salt)]

    @classmethod
    def of(cls, connection: SSL.Connection) -> "DtlsAlerts | None":
        """Those of a connection whose handshake is complete; None where its cipher is not one of CIPHERS."""
        cipher = CIPHERS.get(connection.get_cipher_name() or "")
        master, server, client = connection.master_key(), connection.server_random(), connection.client_random()
        if cipher is None or master is None or server is None or client is None:
            return None
        return cls(cipher, _expand(master, b"key expansion" + server + client, 2 * (cipher.key + cipher.salt)))

    def closes(self, datagram: bytes) -> bool:
        """Whether an authentic alert in this datagram ends the association."""
        return any(self._ends(header, fragment) for header, fragment in _records(datagram))

    def close_notify(self) -> bytes:
        """The record that ends the association; always the same one."""
        key, salt = self._writing
        cipher, content = self._cipher, bytes([1, _CLOSE_NOTIFY])
        head = bytes([ALERT]) + _VERSION
        about = _OUR_NUMBER + head + len(content).to_bytes(2, "big")
        sealed = cipher.make(key).encrypt(cipher.nonce(salt, _OUR_NUMBER), content, about)
        sealed = (_OUR_NUMBER if cipher.carried else b"") + sealed
        return bytes(head + _OUR_NUMBER + len(sealed).to_bytes(2, "big") + sealed)

    def _ends(self, header: bytes, fragment: bytes) -> bool:
        key, salt = self._reading
        cipher, number = self._cipher, header[3:11]
        size = len(fragment) - cipher.carried - _TAG
        if header[0] != ALERT or number[:2] != b"\0\1" or size != 2:
            return False
        nonce = cipher.nonce(salt, fragment[: cipher.carried] or number)
        about = number + header[:3] + size.to_bytes(2, "big")
        try:
            level, what = cipher.make(key).decrypt(nonce, fragment[cipher.carried :], about)
        except InvalidTag:
            return False
        return bool(level == _FATAL or what == _CLOSE_NOTIFY)


def _records(datagram: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Header and fragment of each whole record (RFC 6347 section 4.1)."""
    at = 0
    while len(datagram) - at >= HEADER:
        end = at + HEADER + int.from_bytes(datagram[at + 11 : at + 13], "big")
        if end > len(datagram):
            return
        yield datagram[at : at + HEADER], datagram[at + HEADER : end]
        at = end


def _expand(secret: bytes, seed: bytes, size: int) -> bytes:
    """The pseudo-random function of TLS 1.2 with SHA-256, which both ciphers use (RFC 5246 section 5)."""
    found, each = b"", seed
    while len(found) < size:
        each = hmac.digest(secret, each, "sha256")
        found += hmac.digest(secret, each + seed, "sha256")
    return found[:size]
