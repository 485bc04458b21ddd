"""How often somebody may try: each try takes from an allowance, which comes back evenly with time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.errors import TooManyTries


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many `tries` at once; used up, they come back one by one, all of them within `per`."""

    name: str
    tries: int
    per: timedelta

    @property
    def each(self) -> timedelta:
        """How long one try takes to come back."""
        return self.per / self.tries


WRONG_LINKS = Allowance("wrong_links", 20, timedelta(hours=1))
WRONG_FEEDS = Allowance("wrong_feeds", 20, timedelta(hours=1))
LOST_LINKS_FROM = Allowance("lost_links_from", 10, timedelta(hours=1))
LOST_LINKS_TO = Allowance("lost_links_to", 3, timedelta(hours=1))
CALENDARS_GIVEN = Allowance("calendars_given", 20, timedelta(hours=1))
ALL = (WRONG_LINKS, WRONG_FEEDS, LOST_LINKS_FROM, LOST_LINKS_TO, CALENDARS_GIVEN)
LONGEST = max(allowance.per for allowance in ALL)


@dataclass(frozen=True, slots=True)
class Tries:
    """What was `left` of an allowance at a time."""

    left: float
    at: datetime


def take(tries: Tries, allowance: Allowance, now: datetime) -> Tries:
    """What is left after one more. Raises TooManyTries."""
    back = _come_back(tries, allowance, now)
    if back.left < 1:
        raise TooManyTries(back.at + allowance.each * (1 - back.left))
    return Tries(back.left - 1, back.at)


def give_back(tries: Tries, allowance: Allowance) -> Tries:
    """What is left when the try just taken is not to count."""
    return Tries(min(float(allowance.tries), tries.left + 1), tries.at)


def _come_back(tries: Tries, allowance: Allowance, now: datetime) -> Tries:
    """What is left now. Requests that wait for each other may come with times in any order."""
    at = max(now, tries.at)
    return Tries(min(float(allowance.tries), tries.left + (at - tries.at) / allowance.each), at)
