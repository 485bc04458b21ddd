"""A webhook: where it is, whether it works, and when what failed is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urlsplit

from server.errors import DomainError, InvalidInput
from server.i18n.texts import N_

MOST_HOOKS = 10
LONGEST_URL = 2000
# So many characters of an answer are kept.
ANSWER_LIMIT = 300
# Eleven more tries over three days.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=20),
    timedelta(hours=24),
)
# From then on a hook that takes nothing is switched off.
FAILS_AT_MOST = timedelta(days=3)
KEPT = timedelta(days=30)


class StoppedBy(StrEnum):
    """Who or what switched a hook off: an admin, the receiver that answered 410, or that it took nothing for days."""

    ADMIN = "admin"
    GONE = "gone"
    FAILURES = "failures"


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook as stored. `failing_since` is when the first of the tries failed that have failed since it last worked."""

    id: int
    url: str
    salt: str
    made_at: datetime
    delivered_at: datetime | None
    failing_since: datetime | None
    stopped_at: datetime | None
    stopped_by: StoppedBy | None

    @property
    def host(self) -> str:
        """Where it is, without what may be secret in its address."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What came of a try: the status, None when there was none, and how the answer began, or why there was none."""

    status: int | None
    answer: str

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == HTTPStatus.GONE


class TooManyHooks(DomainError):
    sentence = N_("There are ten webhooks already. Remove one first.")


NOT_AN_ADDRESS = N_("Please enter an address that begins with https://.")


def check_url(typed: str) -> str:
    """The address without spaces around it. Raises InvalidInput. Where it leads is checked when it is called."""
    url = typed.strip()
    try:
        parts = urlsplit(url)
        plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
        if not plain or parts.scheme not in ("https", "http") or not parts.hostname or parts.port == 0:
            raise InvalidInput("url", NOT_AN_ADDRESS)
        if parts.username is not None or parts.password is not None:
            raise InvalidInput("url", N_("Please leave out the user and the password: the signature says who we are."))
    except ValueError as error:
        raise InvalidInput("url", NOT_AN_ADDRESS) from error
    return url


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When it is tried again after so many tries have failed; None when it is given up."""
    return now + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def stopped_by(answer: HookAnswer, failing_since: datetime, now: datetime) -> StoppedBy | None:
    """What switches the hook off after a try that failed, if anything does."""
    if answer.is_gone:
        return StoppedBy.GONE
    return StoppedBy.FAILURES if now - failing_since >= FAILS_AT_MOST else None
