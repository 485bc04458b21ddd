"""Encryption of what the two keep of a catch-up, with a key of the server's secret, which is not in the database."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.room.rules.edits import UnreadableContent
from server.secret import ServerSecret

PURPOSE = "content of catch-ups"
NONCE_BYTES = 12


class Sealer:
    """AES-256-GCM with a random nonce of 96 bits (NIST SP 800-38D, 8.2.2).

    What is sealed can be read only in its place: `place` names where it is kept, such as item:7:a1.
    """

    def __init__(self, secret: ServerSecret) -> None:
        self._cipher = AESGCM(secret.key(PURPOSE))

    def seal(self, content: bytes, place: str) -> bytes:
        """The nonce, the ciphertext and the tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, place.encode())

    def move(self, sealed: bytes, place: str, to: str) -> bytes:
        """The same for another place; as it was when it cannot be read."""
        try:
            return self.seal(self.open(sealed, place), to)
        except UnreadableContent:
            return sealed

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed in this place. Raises UnreadableContent."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as error:
            raise UnreadableContent from error
