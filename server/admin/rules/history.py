"""The session history: which rows it can show, how they are chosen and sorted, and what their counts say.

A row is a booking, or a catch-up that has not become one, by its newest offer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.offers import OfferState

# Up to here rows can be sorted by name, and the overview's counts are exact.
COUNTED = 10_000
# Up to here the counts beside a page of rows are exact, unless all are asked for.
COUNTED_AT_ONCE = 1_000


class HistoryState(StrEnum):
    """What became of a row: the state of its booking, or of its offer. In the order in which they are listed."""

    HELD = BookingState.HELD.value
    MISSED = BookingState.MISSED.value
    CANCELLED = BookingState.CANCELLED.value
    RESCHEDULED = BookingState.RESCHEDULED.value
    CONFIRMED = BookingState.CONFIRMED.value
    OPEN = OfferState.OPEN.value
    DECLINED = OfferState.DECLINED.value
    EXPIRED = OfferState.EXPIRED.value
    WITHDRAWN = OfferState.WITHDRAWN.value

    @property
    def booked(self) -> bool:
        """Whether it is the state of a booking."""
        return self in BOOKED


BOOKED = frozenset(HistoryState(state.value) for state in BookingState)
# What was answered: a yes has become a booking.
ANSWERED = (*(state for state in HistoryState if state in BOOKED), HistoryState.DECLINED)
# Of these the time has come, or nobody waits for it any more. One that was moved counts by the booking after it.
OVER = (HistoryState.HELD, HistoryState.MISSED, HistoryState.CANCELLED)


class AnswerTime(StrEnum):
    """How long an answer to an offer took; each up to where the next begins."""

    HOUR = "hour"
    DAY = "day"
    DAYS = "days"
    WEEK = "week"
    LONGER = "longer"

    @property
    def seconds(self) -> tuple[int, int | None]:
        """From so many seconds on, and below so many; None for no end."""
        return SECONDS[self]


HOUR = 3600
SECONDS: Mapping[AnswerTime, tuple[int, int | None]] = {
    AnswerTime.HOUR: (0, HOUR),
    AnswerTime.DAY: (HOUR, 24 * HOUR),
    AnswerTime.DAYS: (24 * HOUR, 72 * HOUR),
    AnswerTime.WEEK: (72 * HOUR, 168 * HOUR),
    AnswerTime.LONGER: (168 * HOUR, None),
}
SLOT_HOURS = 3
# Of a longer period the hours of the week are not told apart.
MOST_WEEKS = 60


@dataclass(frozen=True, slots=True)
class WeekSlot:
    """Some hours of each week: the weekday, Monday is 0, and the hour from which on they are SLOT_HOURS hours."""

    weekday: int
    hour: int


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    MENTOR = "mentor"
    MENTEE = "mentee"

    @property
    def by_name(self) -> bool:
        return self in (Sort.MENTOR, Sort.MENTEE)


@dataclass(frozen=True, slots=True)
class RowKey:
    """Which row: the id of the booking, or of the offer that is none."""

    booked: bool
    id: int


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which rows to show.

    The time of a row is its booking's start, or when its offer was made. `first` and `last` are whole days in `zone`.
    No `states` are all. `name` is the beginning of any word of either's name. `poor`: only calls with a poor
    connection; `slot`: only at some hours of the week; `answered`: only what was answered after such a time.
    """

    zone: str
    first: date | None = None
    last: date | None = None
    states: frozenset[HistoryState] = frozenset()
    medium: Medium | None = None
    person_id: int | None = None
    mentorship_id: int | None = None
    name: str = ""
    sort: Sort = Sort.NEWEST
    poor: bool = False
    slot: WeekSlot | None = None
    answered: AnswerTime | None = None

    @property
    def slot_times(self) -> tuple[tuple[datetime, datetime], ...] | None:
        """When the hours of the slot begin and end, week by week; None without a slot, or for no period, or too long a
        one."""
        if self.slot is None or not self.first or not self.last or (self.last - self.first).days > 7 * MOST_WEEKS:
            return None
        day = self.first + timedelta(days=(self.slot.weekday - self.first.weekday()) % 7)
        found = []
        while day <= self.last:
            begins = _midnight(day, self.zone).replace(hour=self.slot.hour)
            ends_at = self.slot.hour + SLOT_HOURS
            ends = begins.replace(hour=ends_at) if ends_at < 24 else _midnight(day + timedelta(days=1), self.zone)
            found.append((begins, ends))
            day += timedelta(days=7)
        return tuple(found)

    @property
    def begins(self) -> datetime | None:
        return _midnight(self.first, self.zone) if self.first else None

    @property
    def ends(self) -> datetime | None:
        return _midnight(self.last + timedelta(days=1), self.zone) if self.last else None

    @property
    def wanted_states(self) -> tuple[HistoryState, ...]:
        return tuple(state for state in HistoryState if state in self.states or not self.states)


@dataclass(frozen=True, slots=True)
class HistoryCounts:
    """How many rows there are of each state, whatever states are shown. `most` + 1 stands for more than `most`; None:
    all were counted."""

    of: Mapping[HistoryState, int]
    most: int | None = None

    @property
    def held(self) -> int:
        return self.of[HistoryState.HELD]

    @property
    def over(self) -> int | None:
        """How many calls were to have taken place by now; None for more than `most`."""
        return self.of_states(OVER)

    def is_more(self, count: int) -> bool:
        """Whether this many are more than were counted."""
        return self.most is not None and count > self.most

    def of_states(self, states: tuple[HistoryState, ...]) -> int | None:
        """How many rows have one of these states; None for more than `most`."""
        total = sum(self.of[state] for state in states)
        return None if self.is_more(total) else total


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
