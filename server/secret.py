"""The server's secret, kept outside the database: what is stored there cannot be computed or forged without it."""

import hashlib
import hmac
import secrets
from pathlib import Path

from signaling.whole_file import make_whole

BYTES = 32
NAME = "secret"


class ServerSecret:
    """Gives one key for each purpose. Neither the secret nor any other key can be computed from a key."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()

    def key(self, purpose: str) -> bytes:
        """32 bytes: one block of HKDF-Expand with SHA-256 (RFC 5869 section 2.3)."""
        return hmac.digest(self._text, purpose.encode() + b"\x01", hashlib.sha256)


def read_secret(given: str, folder: Path) -> ServerSecret:
    """The secret that the settings give, else the one in the folder's file `secret`, which is made when missing.

    Raises OSError when the file cannot be read or made.
    """
    return ServerSecret(secret_text(given, folder))


def secret_text(given: str, folder: Path) -> str:
    """The secret itself, for a backup. Raises OSError."""
    return given or _file_secret(folder / NAME)


def find_secret(given: str, folder: Path) -> str | None:
    """The secret that there is, None when there is none; none is made. Raises OSError."""
    return secret_text(given, folder) if given or (folder / NAME).exists() else None


def keep_secret(text: str, folder: Path) -> None:
    """Makes the file with this secret, whole, unless there is one. Raises OSError."""
    _make(folder / NAME, text)


def _file_secret(file: Path) -> str:
    if not file.exists():
        _make(file, secrets.token_urlsafe(BYTES))
    text = file.read_text().strip()
    if not text:
        raise OSError(f"{file} is empty. Restore it from a backup, or delete it to have a new secret made.")
    return text


def _make(file: Path, text: str) -> None:
    make_whole(file, f"{text}\n".encode())
