"""Encryption of a backup by a passphrase: a stream in chunks, so that it needs no more memory than one of them.

The key is made by scrypt (RFC 7914) from the passphrase and a random salt. Each chunk is sealed with AES-256-GCM; its
nonce is a random prefix, the chunk's number, and whether it is the last one: the construction STREAM (Hoang,
Reyhanitabar, Rogaway, Vizár, 2015). So chunks cannot be changed, left out, swapped or cut off at the end. The header is
authenticated with every chunk.
"""

import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from server.backup.rules import BackupUnreadable

MAGIC = b"fireside-backup-encrypted-1\n"
SALT_BYTES, PREFIX_BYTES, TAG_BYTES = 16, 7, 16
HEADER_BYTES = len(MAGIC) + SALT_BYTES + PREFIX_BYTES
CHUNK_BYTES = 1024 * 1024
# 64 MiB and about a quarter of a second for each guess.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**16, 8, 1


class EncryptingWriter:
    """Takes bytes, and writes them encrypted to `target`. What was not closed is not whole."""

    def __init__(self, target: BinaryIO, passphrase: str) -> None:
        self._header = MAGIC + os.urandom(SALT_BYTES + PREFIX_BYTES)
        self._cipher = _cipher(self._header, passphrase)
        self._target = target
        self._waiting = bytearray()
        self._number = 0
        target.write(self._header)

    def write(self, content: bytes) -> int:
        self._waiting += content
        # The last chunk is known only at the end.
        while len(self._waiting) > CHUNK_BYTES:
            self._seal(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]
        return len(content)

    def flush(self) -> None:
        """What is not a whole chunk waits for the rest."""

    def close(self) -> None:
        """Writes the last chunk; `target` stays open."""
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce = _nonce(self._header, self._number, last=last)
        self._target.write(self._cipher.encrypt(nonce, chunk, self._header))
        self._number += 1


class DecryptingReader(io.RawIOBase):
    """Reads what an EncryptingWriter wrote to `source`. Raises BackupUnreadable instead of giving a changed byte."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        self._header = source.read(HEADER_BYTES)
        self._cipher = _cipher(self._header, passphrase)
        self._source = source
        self._number = 0
        self._ahead = source.read(CHUNK_BYTES + TAG_BYTES)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # the type of any buffer is new in 3.12
        if not self._left and self._ahead:
            self._left = memoryview(self._open_chunk())
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def _open_chunk(self) -> bytes:
        chunk, self._ahead = self._ahead, self._source.read(CHUNK_BYTES + TAG_BYTES)
        nonce = _nonce(self._header, self._number, last=not self._ahead)
        try:
            content = self._cipher.decrypt(nonce, chunk, self._header)
        except (InvalidTag, ValueError):
            if self._number:
                raise BackupUnreadable("The backup is damaged, or its end is missing.") from None
            raise BackupUnreadable(
                "The backup cannot be decrypted: FIRESIDE_BACKUP_PASSPHRASE is another one, or the file is damaged."
            ) from None
        self._number += 1
        return content


def is_encrypted(begins: bytes) -> bool:
    """Whether the first bytes of a file are those of an encrypted backup."""
    return begins.startswith(MAGIC)


def _cipher(header: bytes, passphrase: str) -> AESGCM:
    salt = header[len(MAGIC) : len(MAGIC) + SALT_BYTES]
    return AESGCM(Scrypt(salt, 32, SCRYPT_N, SCRYPT_R, SCRYPT_P).derive(passphrase.encode()))


def _nonce(header: bytes, number: int, *, last: bool) -> bytes:
    return header[-PREFIX_BYTES:] + number.to_bytes(4) + bytes([last])
