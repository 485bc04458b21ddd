"""The file of a backup: a tar archive, compressed by gzip, and encrypted if there is a passphrase.

Its first entry is the manifest, which names the others with their digests.
"""

import gzip
import hashlib
import io
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from server.backup.encryption import DecryptingReader, EncryptingWriter, is_encrypted
from server.backup.rules import MANIFEST, BackupProblem, BackupUnreadable, Manifest, decode_manifest, encode_manifest

DAMAGED = (EOFError, gzip.BadGzipFile, tarfile.TarError, zlib.error, KeyError, UnicodeError)
LARGEST_MANIFEST = 1024 * 1024
PIECE_BYTES = 1024 * 1024


def digest_of(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def write_archive(target: BinaryIO, manifest: Manifest, files: Mapping[str, Path], passphrase: str) -> None:
    """Writes it from the beginning of `target`, which stays open. `files` are the entries that the manifest names."""
    sealed = EncryptingWriter(target, passphrase) if passphrase else None
    with (
        # The casts: gzip and tarfile only write to them.
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=cast(BinaryIO, sealed or target), mtime=0) as zipped,
        tarfile.open(mode="w|", fileobj=cast(BinaryIO, zipped)) as tar,
    ):
        text = encode_manifest(manifest)
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mode, about.mtime = len(text), 0o600, int(manifest.made_at.timestamp())
        tar.addfile(about, io.BytesIO(text))
        for name, file in files.items():
            about = tarfile.TarInfo(name)
            about.size, about.mode, about.mtime = file.stat().st_size, 0o600, int(manifest.made_at.timestamp())
            with file.open("rb") as source:
                tar.addfile(about, source)
    if sealed:
        sealed.close()


def read_archive(
    file: Path, passphrase: str, folder: Path | None = None, accept: Callable[[Manifest], None] = lambda manifest: None
) -> Manifest:
    """Reads all of it and compares the digests; with a folder, its entries are written there, under their names.

    `accept` is called with the manifest before anything else is read, and may raise. Raises BackupUnreadable, OSError,
    or BackupProblem where there is no file.
    """
    if not file.is_file():
        raise BackupProblem(f"There is no file {file}.")
    try:
        with _opened(file, passphrase) as zipped:
            with tarfile.open(mode="r|", fileobj=zipped) as tar:
                manifest = _read_manifest(tar)
                accept(manifest)
                found = {entry.name: _take(tar, entry, manifest, folder) for entry in iter(tar.next, None)}
            # Behind the archive's end is only the end of the stream, which must be there.
            while zipped.read(PIECE_BYTES):
                pass
    except DAMAGED as error:
        raise BackupUnreadable(f"The backup {file} is damaged, or no backup: {error}.") from None
    if found != manifest.digests:
        raise BackupUnreadable(f"The backup {file} is damaged: its contents are not those that were written.")
    return manifest


@contextmanager
def _opened(file: Path, passphrase: str) -> Iterator[gzip.GzipFile]:
    with file.open("rb") as source:
        encrypted = is_encrypted(source.peek(100))
        if encrypted and not passphrase:
            raise BackupUnreadable(
                f"The backup {file} is encrypted. Give its passphrase in FIRESIDE_BACKUP_PASSPHRASE."
            )
        content = io.BufferedReader(DecryptingReader(source, passphrase), PIECE_BYTES) if encrypted else source
        with gzip.GzipFile(fileobj=content) as zipped:
            yield zipped


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    entry = tar.next()
    if entry is None or entry.name != MANIFEST or entry.size > LARGEST_MANIFEST:
        raise BackupUnreadable("This file is no backup that Fireside has made: it does not begin with a manifest.")
    content = tar.extractfile(entry)
    return decode_manifest(content.read() if content else b"")


def _take(tar: tarfile.TarFile, entry: tarfile.TarInfo, manifest: Manifest, folder: Path | None) -> str:
    """The digest of the entry, which is written to the folder. Only names that the manifest has are ever written."""
    content = tar.extractfile(entry) if entry.isreg() and entry.name in manifest.digests else None
    if content is None or "/" in entry.name:
        raise BackupUnreadable(f"The backup holds {entry.name!r}, which does not belong there.")
    digest = hashlib.sha256()
    if folder is None:
        while piece := content.read(PIECE_BYTES):
            digest.update(piece)
        return digest.hexdigest()
    with (folder / entry.name).open("xb") as target:
        shutil.copyfileobj(content, target, PIECE_BYTES)
    return digest_of(folder / entry.name)
