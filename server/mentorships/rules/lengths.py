"""A planned length: how many catch-ups, and how often. Each of the two says it alone; both see it once both have.

While they differ, the smaller holds: the fewer catch-ups, and the rarer rhythm. So nobody has promised more than they
said, and either can change what they said at any time. A length is never a duty: either may end at any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.catchups.rules.routines import Every
from server.errors import InvalidInput
from server.i18n.texts import N_

LEAST, MOST = 3, 60
USUAL = 10
# How long it is from one catch-up to the next, the shortest first. A month is counted as its average.
APART: Mapping[Every, timedelta] = {
    Every.WEEK: timedelta(days=7),
    Every.TWO_WEEKS: timedelta(days=14),
    Every.THREE_WEEKS: timedelta(days=21),
    Every.FOUR_WEEKS: timedelta(days=28),
    Every.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class PlannedLength:
    """So many `catchups`, one `every` so often."""

    catchups: int
    every: Every


def checked_length(catchups: str, every: str) -> PlannedLength:
    """What was typed and chosen. Raises InvalidInput."""
    typed = catchups.strip()
    if not typed.isdecimal() or len(typed) > 3 or not LEAST <= int(typed) <= MOST:
        raise InvalidInput("catchups", N_("Please enter a number from %(least)s to %(most)s."), least=LEAST, most=MOST)
    try:
        return PlannedLength(int(typed), Every(every))
    except ValueError as error:
        raise InvalidInput("every", N_("Please choose one from the list.")) from error


def standing_length(one: PlannedLength | None, other: PlannedLength | None) -> PlannedLength | None:
    """The length that holds; None until both have said theirs."""
    if one is None or other is None:
        return None
    return PlannedLength(min(one.catchups, other.catchups), max(one.every, other.every, key=APART.__getitem__))


def last_planned(length: PlannedLength, held: int, newest: datetime, now: datetime) -> datetime:
    """About when the last one will be, if the rhythm is kept: `newest` is the last that was held, or will be, which is
    counted in `held`; or when the counting began."""
    left = max(length.catchups - held, 0)
    first = max(newest + APART[length.every], now) if left else newest
    return first + APART[length.every] * max(left - 1, 0)
