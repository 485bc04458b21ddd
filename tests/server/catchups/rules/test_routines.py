"""Routines: their times against another library over 50 years, in ten zones; breaks, pauses, and what they do next."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from dateutil.rrule import MONTHLY, WEEKLY, rrule
from dateutil.rrule import weekday as day_of
from hypothesis import given, settings
from hypothesis import strategies as st

from server.availability.rules import Break, DaysOff
from server.catchups.rules.drafts import Medium
from server.catchups.rules.ledger import ShownWording, Statement
from server.catchups.rules.routines import (
    AHEAD,
    LOOK_AGAIN,
    MOST_LOOKED_AT,
    NOTICE,
    WEEKS,
    Around,
    Every,
    Plan,
    Rhythm,
    Routine,
    Step,
    check_plan,
    free_starts,
    next_step,
    routine_pause_until,
)
from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Apia",
)
YEARS = timedelta(days=50 * 365)
# A Thursday, the third of its month.
FIRST = date(2026, 12, 17)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
RHYTHM = Rhythm(Every.TWO_WEEKS, FIRST, 17 * 60, "Europe/Berlin")
PLAN = Plan(RHYTHM, Medium.VIDEO, 45)
ROUTINE = Routine(3, 4, PLAN, Statement(1, 2, ShownWording("I agree.", "en")), 0, NOW, None, None, None, NOW)
CALM = Around(active=True, waits=False, again_at=None, days_off=(), taken=())
START = datetime(2026, 12, 17, 16, tzinfo=UTC)

rhythms = st.builds(
    Rhythm,
    st.sampled_from(Every),
    st.dates(date(1990, 1, 1), date(2026, 12, 31)),
    st.one_of(st.integers(0, 3 * 60), st.integers(0, 24 * 60 - 1)),
    st.sampled_from(ZONES),
)


def reference(rhythm: Rhythm) -> list[datetime]:
    """Fifty years of it, as dateutil has them."""
    begins = datetime.combine(rhythm.first, time(*divmod(rhythm.minute, 60)))
    if rhythm.every is Every.MONTH:
        nth = (rhythm.first.day - 1) // 7 + 1
        weekday = day_of(rhythm.first.weekday())(-1 if nth == 5 else nth)
        rule = rrule(MONTHLY, dtstart=begins, byweekday=weekday, until=begins + YEARS)
    else:
        rule = rrule(WEEKLY, dtstart=begins, interval=WEEKS[rhythm.every], until=begins + YEARS)
    return [instant(naive, ZoneInfo(rhythm.zone)) for naive in rule]


def instant(naive: datetime, zone: ZoneInfo) -> datetime:
    """The first instant with this local time; without one, the instant by the clocks from before the change."""
    utc = naive.replace(tzinfo=UTC)
    before, after = ((utc + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-36, 36))
    known = [utc - offset for offset in (before, after)]
    return min((at for at in known if at.astimezone(zone).replace(tzinfo=None) == naive), default=known[0])


@settings(max_examples=40)
@given(rhythms)
def test_fifty_years_of_a_rhythm_are_those_of_another_library(rhythm):
    expected = reference(rhythm)
    before = datetime(1980, 1, 1, tzinfo=UTC)
    assert list(takewhile(lambda start: start <= expected[-1], rhythm.starts(before))) == expected


@settings(max_examples=40)
@given(rhythms, st.integers(0, 50 * 365 * 24 * 60), st.integers(0, 60), st.integers(0, 300), st.sampled_from(ZONES))
def test_from_any_time_on_breaks_and_a_pause_leave_out_what_they_cover(rhythm, passed, length, pause, away):
    """Beside the same times of the other library, from which each that is not to be offered is taken by itself."""
    expected = reference(rhythm)
    now = min(expected[0] + timedelta(minutes=passed), expected[-1])
    paused = now + timedelta(days=pause)
    begins = (now + timedelta(days=20)).date()
    days = {begins + timedelta(days=number) for number in range(length + 1)}
    routine = replace(ROUTINE, plan=replace(PLAN, rhythm=rhythm), mentee_paused_until=paused)
    off = DaysOff(away, (Break(begins, max(days)),))
    zone = ZoneInfo(away)
    # As many as are looked at: more would not be offered anyway.
    left = [start for start in expected if start > max(now + NOTICE, paused)][:MOST_LOOKED_AT]
    last = [start + timedelta(minutes=44) for start in left]
    wanted = [
        start
        for start, end in zip(left, last, strict=True)
        if not {start.astimezone(zone).date(), end.astimezone(zone).date()} & days
    ]
    found = [start for start in free_starts(routine, (off,), (), now) if start <= expected[-1]]
    assert found == wanted


def test_a_local_time_that_is_left_out_is_an_hour_later_and_one_that_comes_twice_is_the_first():
    spring = Rhythm(Every.WEEK, date(2027, 3, 28), 2 * 60 + 30, "Europe/Berlin")
    autumn = Rhythm(Every.WEEK, date(2027, 10, 31), 2 * 60 + 30, "Europe/Berlin")
    assert next(spring.starts(NOW)) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert next(autumn.starts(NOW)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "first", "second"),
    [
        (Every.WEEK, FIRST, date(2026, 12, 24)),
        (Every.TWO_WEEKS, FIRST, date(2026, 12, 31)),
        (Every.THREE_WEEKS, FIRST, date(2027, 1, 7)),
        (Every.FOUR_WEEKS, FIRST, date(2027, 1, 14)),
        (Every.MONTH, FIRST, date(2027, 1, 21)),
        # A fifth Thursday is the last, which January has on its fourth.
        (Every.MONTH, date(2026, 12, 31), date(2027, 1, 28)),
    ],
)
def test_five_o_clock_stays_five_o_clock(every, first, second):
    starts = Rhythm(every, first, 17 * 60, "Europe/Berlin").starts(NOW)
    assert [next(starts).astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None) for _ in range(2)] == [
        datetime.combine(day, time(17)) for day in (first, second)
    ]


def test_the_words_of_each_rhythm_are_in_each_language():
    assert RHYTHM.words(LANGUAGES["en"]) == "every second Thursday at 17:00"
    assert replace(RHYTHM, every=Every.MONTH).words(LANGUAGES["en"]) == "on the third Thursday of each month at 17:00"
    assert RHYTHM.words(LANGUAGES["de"]) == "jeden zweiten Donnerstag um 17:00"
    days = [date(2026, 12, day) for day in (3, 10, 17, 24, 31)]
    for code, language in LANGUAGES.items():
        words = {replace(RHYTHM, every=every).words(language) for every in Every if every is not Every.MONTH}
        words |= {replace(RHYTHM, every=Every.MONTH, first=day).words(language) for day in days}
        assert len(words) == 9
        weekday = Locale.parse(code).days["format"]["wide"][3]
        assert all(weekday in each for each in words)


def test_a_time_is_offered_a_week_ahead_and_not_before():
    assert next_step(ROUTINE, CALM, NOW) == Step(None, START - AHEAD)
    due = START - AHEAD
    assert next_step(ROUTINE, CALM, due) == Step(START, due + LOOK_AGAIN)
    offered = replace(ROUTINE, handled_until=START)
    assert next_step(offered, CALM, due) == Step(None, START + timedelta(days=14) - AHEAD)


@pytest.mark.parametrize(
    "around",
    [
        replace(CALM, active=False),
        replace(CALM, waits=True),
        replace(CALM, again_at=START),
    ],
)
def test_nothing_is_offered_while_the_mentorship_rests_an_offer_waits_or_the_mentee_asked_for_time(around):
    due = START - AHEAD
    assert next_step(ROUTINE, around, due) == Step(None, due + LOOK_AGAIN)


def test_a_time_that_there_is_less_than_a_day_left_to_answer_is_not_offered_any_more():
    late = START - NOTICE
    assert next_step(ROUTINE, CALM, late - timedelta(minutes=1)).start == START
    assert next_step(ROUTINE, CALM, late) == Step(None, START + timedelta(days=14) - AHEAD)


@pytest.mark.parametrize(
    "around",
    [
        replace(CALM, days_off=(DaysOff("Europe/London", (Break(FIRST, FIRST),)),)),
        replace(CALM, days_off=(DaysOff("Europe/London", (), frozenset({FIRST})),)),
        replace(CALM, taken=((START + timedelta(minutes=44), START + timedelta(hours=2)),)),
    ],
)
def test_a_time_in_a_break_or_on_another_catch_up_is_left_out(around):
    assert next_step(ROUTINE, around, START - AHEAD) == Step(None, START + timedelta(days=14) - AHEAD)


def test_a_routine_of_which_a_long_break_leaves_nothing_is_looked_at_again_later():
    away = DaysOff("UTC", (Break(FIRST, FIRST + timedelta(days=5000)),))
    assert next_step(ROUTINE, replace(CALM, days_off=(away,)), NOW) == Step(None, NOW + AHEAD)


def test_the_longer_pause_of_the_two_counts():
    later = START + timedelta(days=1)
    paused = replace(ROUTINE, mentor_paused_until=START - timedelta(days=1), mentee_paused_until=later)
    assert paused.paused_until(NOW) == later
    assert next_step(paused, CALM, NOW) == Step(None, START + timedelta(days=14) - AHEAD)
    assert paused.paused_until(later) is None


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (replace(PLAN, minutes=50), "minutes"),
        (replace(PLAN, rhythm=replace(RHYTHM, first=date(2028, 1, 1))), "first"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_field(plan, field):
    with pytest.raises(InvalidInput) as refused:
        check_plan(plan, NOW)
    assert refused.value.field == field


def test_a_routine_pauses_for_the_weeks_on_offer():
    began = replace(PLAN, rhythm=replace(RHYTHM, first=date(2020, 1, 2)))
    assert [check_plan(plan, NOW) for plan in (PLAN, began)] == [PLAN, began]
    assert routine_pause_until(4, NOW) == NOW + timedelta(weeks=4)
    with pytest.raises(InvalidInput):
        routine_pause_until(3, NOW)
