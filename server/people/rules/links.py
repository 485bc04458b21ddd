"""Personal links: 256 random bits for one person and one purpose. Only their SHA-256 is stored."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SECRET_BYTES = 32
VISIT_LASTS = timedelta(days=30)
# How exactly it is kept when a visit was used last.
SEEN_WITHIN = timedelta(minutes=10)


class Purpose(StrEnum):
    HOME = "home"
    CATCHUP = "catchup"
    ADMIN = "admin"
    FEED = "feed"


# The links that open pages; the others are for calendar programs.
PAGES = frozenset({Purpose.HOME, Purpose.CATCHUP, Purpose.ADMIN})
# Of these a secret opens one visit, once. The link then stays without its secret, and keeps that visit open.
ONE_TIME = frozenset({Purpose.ADMIN})
# How long one may wait in an email until it is used.
ONE_TIME_EMAIL_LASTS = timedelta(minutes=30)
LASTS = {
    Purpose.HOME: timedelta(days=90),
    Purpose.CATCHUP: timedelta(days=400),
    Purpose.ADMIN: timedelta(days=7),
    Purpose.FEED: timedelta(days=3650),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link as stored. `path` is the page that it leads to."""

    id: int
    person_id: int
    purpose: Purpose
    catchup_id: int | None
    path: str
    expires_at: datetime
    opened_at: datetime | None
    revoked_at: datetime | None

    def opens(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


def new_secret(random: Callable[[int], bytes]) -> str:
    """256 bits in URL-safe base64 without padding: 43 characters."""
    return base64.urlsafe_b64encode(random(SECRET_BYTES)).rstrip(b"=").decode()


def secret_hash(secret: str) -> str:
    """SHA-256 (hex) of a secret, as the database stores it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """The secret form field of a visit; the visit's token cannot be computed from it."""
    return hashlib.sha256(b"csrf:" + token.encode()).hexdigest()
