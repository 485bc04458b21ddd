"""The period that is counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.api.rules.resources import CountsFilter, clamped
from server.errors import InvalidInput

USUAL = timedelta(days=30)
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class CountedPeriod:
    """From `since` until before `until`, both aware UTC."""

    since: datetime
    until: datetime


def counted_period(asked: CountsFilter, now: datetime) -> CountedPeriod:
    """The last 30 days unless something else is asked for. Raises InvalidInput when it is longer than LONGEST."""
    if asked.since is None:
        until = clamped(asked.until or now)
        return CountedPeriod(until - USUAL, until)
    since = clamped(asked.since)
    until = clamped(asked.until) if asked.until else max(since, min(since + LONGEST, now))
    if until - since > LONGEST:
        raise InvalidInput("to", "The period may have 366 days at most.")
    return CountedPeriod(since, until)
