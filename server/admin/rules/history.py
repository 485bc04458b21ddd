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

# Up to here counts are exact, and rows can be sorted by name.
COUNTED = 10_000


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
# Of these the time has come, or nobody waits for it any more. One that was moved counts by the booking after it.
OVER = (HistoryState.HELD, HistoryState.MISSED, HistoryState.CANCELLED)


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
    No `states` are all. `name` is the beginning of any word of either's name.
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
    """How many rows there are of each state, whatever states are shown; COUNTED + 1 stands for more than COUNTED."""

    of: Mapping[HistoryState, int]

    @property
    def held(self) -> int:
        return self.of[HistoryState.HELD]

    @property
    def over(self) -> int | None:
        """How many calls were to have taken place by now; None for more than COUNTED."""
        return self._sum(OVER)

    def of_states(self, states: tuple[HistoryState, ...]) -> int | None:
        """How many rows have one of these states; None for more than COUNTED."""
        return self._sum(states)

    def _sum(self, states: tuple[HistoryState, ...]) -> int | None:
        total = sum(self.of[state] for state in states)
        return total if total <= COUNTED else None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
