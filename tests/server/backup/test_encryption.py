"""A stream that is encrypted by a passphrase: read back whole, or not at all."""

import io

import pytest

from server.backup.encryption import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, DecryptingReader, EncryptingWriter
from server.backup.rules import BackupUnreadable

PASSPHRASE = "correct horse battery"  # noqa: S105 it is the test's own
SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES


def encrypted(content: bytes) -> bytes:
    target = io.BytesIO()
    writer = EncryptingWriter(target, PASSPHRASE)
    for begin in range(0, len(content), 300_000):
        writer.write(content[begin : begin + 300_000])
    writer.close()
    return target.getvalue()


def decrypted(sealed: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return io.BufferedReader(DecryptingReader(io.BytesIO(sealed), passphrase)).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
def test_what_was_written_is_read(size):
    content = bytes(i % 251 for i in range(1000)) * (size // 1000 + 1)
    sealed = encrypted(content[:size])
    assert decrypted(sealed) == content[:size]
    assert content[:32] not in sealed


def test_a_changed_swapped_or_missing_byte_is_noticed():
    sealed = encrypted(b"a" * (2 * CHUNK_BYTES + 5))
    header, first, second, third = (
        sealed[:HEADER_BYTES],
        sealed[HEADER_BYTES : HEADER_BYTES + SEALED_CHUNK],
        sealed[HEADER_BYTES + SEALED_CHUNK : HEADER_BYTES + 2 * SEALED_CHUNK],
        sealed[HEADER_BYTES + 2 * SEALED_CHUNK :],
    )
    changed = bytearray(sealed)
    changed[HEADER_BYTES + SEALED_CHUNK + 7] ^= 1
    for broken in (
        bytes(changed),
        sealed[:-1],
        header + first + second,
        header + first,
        header,
        header + second + first + third,
        header + first + third,
        sealed + third,
    ):
        if broken == header:
            assert decrypted(broken) == b"", "nothing was read, and the archive in it has no beginning"
            continue
        with pytest.raises(BackupUnreadable):
            decrypted(broken)


def test_another_passphrase_opens_nothing():
    with pytest.raises(BackupUnreadable, match="FIRESIDE_BACKUP_PASSPHRASE"):
        decrypted(encrypted(b"words"), "another passphrase")
