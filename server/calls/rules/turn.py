"""TURN servers for browsers that reach the relay neither by UDP nor by TCP, with coturn's time-limited credentials.

The scheme is draft-uberti-behave-turn-rest: coturn's `use-auth-secret` and `static-auth-secret` settings.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# Longer than any call, because a TURN server checks the credential every few minutes.
LASTS = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Turn:
    """The configured servers and the secret shared with them, which never leaves this server."""

    urls: tuple[str, ...]
    secret: str = field(repr=False)

    def credential(self, person: str, now: datetime) -> tuple[str, str]:
        """User name and password, valid for LASTS. `person` must not contain a colon."""
        username = f"{int((now + LASTS).timestamp())}:{person}"
        digest = hmac.digest(self.secret.encode(), username.encode(), hashlib.sha1)
        return username, base64.b64encode(digest).decode()
