"""A routine: the rhythm in which a mentor and a mentee meet. It prepares offers; each is still the mentee's choice.

A rhythm is kept in local time, so five o'clock stays five o'clock when the clocks change. One rule settles the two odd
hours, as RFC 5545 (3.3.5) does: a local time that comes twice is the first of the two, and one that is left out is the
instant that it would be had the clocks not changed yet, so the call begins an hour later on the clock.
"""

from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import count, islice
from zoneinfo import ZoneInfo

from babel.dates import get_day_names

from server.availability.rules import DaysOff, Interval
from server.catchups.rules.drafts import FURTHEST, LENGTHS, PAUSE_WEEKS, Draft, Medium
from server.catchups.rules.ledger import ChoiceKind, Statement, wording
from server.errors import InvalidInput
from server.i18n import dates
from server.i18n.catalog import Language, language_of
from server.i18n.local_time import day_in
from server.i18n.texts import N_

# How long before a time it is offered, and how much of that must be left: the mentee should have a day to answer.
AHEAD = timedelta(days=7)
NOTICE = timedelta(days=1)
LOOK_AGAIN = timedelta(hours=1)
# How many times of a rhythm are looked at in search of one that is free: two years of weeks.
MOST_LOOKED_AT = 104
LAST = 5
# How many of its times can be accepted together.
MOST_TOGETHER = 4


class Every(StrEnum):
    """How often. A month has it on the same weekday of the month as the first day: the third Thursday, or the last."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    THREE_WEEKS = "three_weeks"
    FOUR_WEEKS = "four_weeks"
    MONTH = "month"


WEEKS: Mapping[Every, int] = {Every.WEEK: 1, Every.TWO_WEEKS: 2, Every.THREE_WEEKS: 3, Every.FOUR_WEEKS: 4}
WORDS: Mapping[Every, str] = {
    Every.WEEK: N_("every %(weekday)s at %(clock)s"),
    Every.TWO_WEEKS: N_("every second %(weekday)s at %(clock)s"),
    Every.THREE_WEEKS: N_("every third %(weekday)s at %(clock)s"),
    Every.FOUR_WEEKS: N_("every fourth %(weekday)s at %(clock)s"),
}
# By which weekday of the month it is.
WORDS_OF_MONTH: Mapping[int, str] = {
    1: N_("on the first %(weekday)s of each month at %(clock)s"),
    2: N_("on the second %(weekday)s of each month at %(clock)s"),
    3: N_("on the third %(weekday)s of each month at %(clock)s"),
    4: N_("on the fourth %(weekday)s of each month at %(clock)s"),
    LAST: N_("on the last %(weekday)s of each month at %(clock)s"),
}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """From the day `first` on, `minute` minutes after midnight on the clocks of `zone`."""

    every: Every
    first: date
    minute: int
    zone: str

    def starts(self, after: datetime) -> Iterator[datetime]:
        """Its times later than `after`, in UTC, the earliest first, without end."""
        # Clocks differ by less than two days from UTC: none is missed.
        since = after.astimezone(UTC).date() - timedelta(days=2)
        return (start for start in map(self._instant, self._days(since)) if start > after)

    def words(self, language: Language) -> str:
        """every second Thursday at 17:00"""
        weekday = get_day_names("wide", context="format", locale=language.locale)[self.first.weekday()]
        clock = dates.time_of_day(self._clock, language)
        words = WORDS_OF_MONTH[_place(self.first)] if self.every is Every.MONTH else WORDS[self.every]
        return language.say(words, weekday=weekday, clock=clock)

    def _days(self, since: date) -> Iterator[date]:
        if self.every is Every.MONTH:
            months = count(max(_month(self.first), _month(since)))
            return (day for day in map(self._in_month, months) if day >= self.first)
        step = timedelta(weeks=WEEKS[self.every])
        passed = max(0, (since - self.first) // step)
        return (self.first + number * step for number in count(passed))

    def _in_month(self, month: int) -> date:
        begins = date(month // 12, month % 12 + 1, 1)
        day = (self.first.weekday() - begins.weekday()) % 7 + 1 + 7 * (_place(self.first) - 1)
        if day > monthrange(begins.year, begins.month)[1]:
            day -= 7
        return begins.replace(day=day)

    @property
    def _clock(self) -> time:
        return time(*divmod(self.minute, 60))

    def _instant(self, day: date) -> datetime:
        return datetime.combine(day, self._clock, ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a mentor sets: when, how, and for how many minutes."""

    rhythm: Rhythm
    medium: Medium
    minutes: int

    def draft(self, start: datetime) -> Draft:
        """The offer of one of its times."""
        return Draft("", frozenset({self.medium}), (start,), self.minutes)


@dataclass(frozen=True, slots=True)
class Routine:
    """The routine of a mentorship, set by its mentor (`by`, with the wording that they were shown).

    `handled_until` is the newest of its times that was offered. `due_at` is when the next is to be looked at, None
    once it has ended. Each of the two may pause it for themselves.
    """

    id: int
    mentorship_id: int
    plan: Plan
    by: Statement
    revision: int
    set_at: datetime
    mentor_paused_until: datetime | None
    mentee_paused_until: datetime | None
    handled_until: datetime | None
    due_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.due_at is None

    def paused_until(self, now: datetime) -> datetime | None:
        """Until when it rests because one of the two paused it; None when neither did."""
        both = (self.mentor_paused_until, self.mentee_paused_until)
        return max((until for until in both if until is not None and until > now), default=None)

    def after(self, now: datetime) -> datetime:
        """Its times that are still to be offered are later than this."""
        known = (now + NOTICE, self.handled_until, self.paused_until(now))
        return max(each for each in known if each is not None)

    def uid(self, start: datetime) -> str:
        """Names the catch-up of one of its times: each is offered once."""
        return f"{self.uids}{int(start.timestamp())}@fireside"

    @property
    def uids(self) -> str:
        """What the names of its catch-ups begin with."""
        return f"routine-{self.id}-{self.revision}-"


@dataclass(frozen=True, slots=True)
class Around:
    """What is around a routine: whether the mentorship is `active`, whether an offer of the two still `waits`, from
    when the mentee would like to be asked `again_at`, both people's days off, when either is booked, and which of its
    times were `offered` already."""

    active: bool
    waits: bool
    again_at: datetime | None
    days_off: Collection[DaysOff]
    taken: Collection[Interval]
    offered: Collection[datetime] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What a routine does now: offers `start` (None: nothing), and looks again at `due_at`."""

    start: datetime | None
    due_at: datetime


def next_step(routine: Routine, around: Around, now: datetime) -> Step:
    """What the routine does when it is due. What does not suit is left out for good once a later time is offered."""
    asked_too_early = around.again_at is not None and now < around.again_at
    if asked_too_early or around.waits or not around.active:
        return Step(None, now + LOOK_AGAIN)
    start = next(free_starts(routine, around.days_off, around.taken, now, around.offered), None)
    if start is None:
        return Step(None, now + AHEAD)
    if start - AHEAD > now:
        return Step(None, start - AHEAD)
    return Step(start, now + LOOK_AGAIN)


def free_starts(
    routine: Routine,
    days_off: Collection[DaysOff],
    taken: Collection[Interval],
    now: datetime,
    offered: Collection[datetime] = (),
) -> Iterator[datetime]:
    """The routine's times to be offered next, in UTC: without those in a break of either, when either is booked, or
    that were `offered` already."""
    length = timedelta(minutes=routine.plan.minutes)
    for start in islice(routine.plan.rhythm.starts(routine.after(now)), MOST_LOOKED_AT):
        end = start + length
        off = any(each.covers(start, end) for each in days_off)
        if start not in offered and not off and not any(begins < end and start < ends for begins, ends in taken):
            yield start


def may_be_taken_early(routine: Routine) -> bool:
    """Whether the mentor has agreed that its next times can be accepted before they are offered by themselves: earlier
    wordings did not say so."""
    shown = routine.by.shown
    return shown.text == wording(ChoiceKind.SET_ROUTINE, language_of(shown.language)).text


def check_plan(plan: Plan, now: datetime) -> Plan:
    """Raises InvalidInput with the field to correct: first or minutes. A first day that has passed says the rhythm."""
    if plan.minutes not in LENGTHS:
        raise InvalidInput("minutes", N_("Please choose a length of 15, 30, 45, 60 or 90 minutes."))
    today = day_in(plan.rhythm.zone, now)
    if plan.rhythm.first > today + FURTHEST:
        raise InvalidInput("first", N_("The first day is more than a year ahead. Please choose a nearer one."))
    return plan


def routine_pause_until(weeks: int, now: datetime) -> datetime:
    """When a pause ends. Raises InvalidInput for a number of weeks that is not on offer."""
    if weeks not in PAUSE_WEEKS:
        raise InvalidInput("weeks", N_("Please choose how long the routine pauses."))
    return now + timedelta(weeks=weeks)


def _place(day: date) -> int:
    """Which of the weekdays in its month the day is; a fifth counts as the last."""
    return (day.day - 1) // 7 + 1


def _month(day: date) -> int:
    """The month's number since the year 0."""
    return day.year * 12 + day.month - 1
