"""Rate limits: one token bucket for each limit and for each person or address that it counts."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from server.errors import TooManyTries
from signaling.rate_limit import TokenBucket

# How a person or an address stands in the database: see `counted_person` and `counted_address`.
Counted = NewType("Counted", str)


def counted_person(person_id: int, *about: int) -> Counted:
    """A person by id, for each thing `about` which they are counted by its id."""
    return Counted(":".join(map(str, (person_id, *about))))


def counted_address(key: bytes, address: str) -> Counted:
    """An IP or email address as its HMAC-SHA-256 (hex): who reads the database alone cannot find out which it is."""
    return Counted(hmac.digest(key, address.encode(), hashlib.sha256).hex())


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `tries` at once. Used tries come back one by one, all of them within `per`."""

    name: str
    tries: int
    per: timedelta

    @property
    def each(self) -> timedelta:
        """How long one try takes to come back."""
        return self.per / self.tries


WRONG_LINKS = RateLimit("wrong_links", 20, timedelta(hours=1))
WRONG_FEEDS = RateLimit("wrong_feeds", 20, timedelta(hours=1))
LOST_LINKS_FROM = RateLimit("lost_links_from", 60, timedelta(hours=1))
LOST_LINKS_TO = RateLimit("lost_links_to", 3, timedelta(hours=1))
# Forms that ask to take part in a scheme: from one network, and to one address.
SIGN_UPS_FROM = RateLimit("sign_ups_from", 20, timedelta(hours=1))
SIGN_UPS_TO = RateLimit("sign_ups_to", 3, timedelta(hours=1))
CALENDARS_GIVEN = RateLimit("calendars_given", 20, timedelta(hours=1))
# What one person may make another get emails by: offers and the like in a mentorship, answers taken back in a catch-up,
# and emails about coming late to a booking.
PROPOSALS = RateLimit("proposals", 12, timedelta(hours=1))
UNDOINGS = RateLimit("undoings", 5, timedelta(hours=1))
LATE_EMAILS = RateLimit("late_emails", 3, timedelta(hours=1))
# What one person sends by email: into a mentorship, where more of it waits at the mail server, and what they are told
# of answers that were not taken.
REPLIES = RateLimit("replies", 30, timedelta(hours=1))
REPLY_ANSWERS = RateLimit("reply_answers", 5, timedelta(hours=1))
ALL = (
    WRONG_LINKS,
    WRONG_FEEDS,
    LOST_LINKS_FROM,
    LOST_LINKS_TO,
    SIGN_UPS_FROM,
    SIGN_UPS_TO,
    CALENDARS_GIVEN,
    PROPOSALS,
    UNDOINGS,
    LATE_EMAILS,
    REPLIES,
    REPLY_ANSWERS,
)
LONGEST = max(limit.per for limit in ALL)


@dataclass(frozen=True, slots=True)
class BucketState:
    """How many `tokens` a bucket had at a time."""

    tokens: float
    at: datetime


def full_bucket(limit: RateLimit, now: datetime) -> BucketState:
    return BucketState(float(limit.tries), now)


def take_token(state: BucketState, limit: RateLimit, now: datetime) -> BucketState:
    """The state after one more try. Raises TooManyTries."""
    # Requests that wait for each other may bring their times in any order.
    now = max(now, state.at)
    bucket = TokenBucket(limit.tries, limit.tries / limit.per.total_seconds(), 0.0)
    bucket.tokens = state.tokens
    if not bucket.take((now - state.at).total_seconds()):
        raise TooManyTries(now + limit.each * (1 - bucket.tokens))
    return BucketState(bucket.tokens, now)
