"""Times to choose by a tap: they suit both as far as each shows theirs, and tell no more of the other's hours."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from server.availability.rules import Break, DaysOff, Hours, Share, WeeklyHours
from server.catchups.rules.common_times import (
    ALWAYS,
    FEW,
    Basis,
    CommonTime,
    CommonTimes,
    Timetable,
    common_times,
    shown_by,
    weeks_of,
)
from server.catchups.rules.drafts import LENGTHS

NOW = datetime(2026, 11, 23, tzinfo=UTC)
STOCKHOLM, NEW_YORK = "Europe/Stockholm", "America/New_York"
WEEK = timedelta(days=7)
LATER = NOW + 2 * WEEK


def table(*hours, zone="UTC", taken=(), breaks=()):
    return Timetable(Hours(tuple(WeeklyHours(*each) for each in hours), ()), tuple(taken), DaysOff(zone, tuple(breaks)))


# Mondays from nine to twelve, and from ten to half past one.
NINE, TEN = table((0, 540, 720)), table((0, 600, 810))


def clocks(found, minutes=60):
    return [f"{time.start:%H:%M}" for time in found.times if time.longest >= minutes and time.start < NOW + WEEK]


def test_what_suits_both_is_shown_where_the_other_shows_all():
    found = common_times(NINE, TEN, Share.ALL, NOW, LATER)
    assert (found.basis, clocks(found)) == (Basis.BOTH, ["10:00", "10:30", "11:00"])
    assert clocks(found, 30) == ["10:00", "10:30", "11:00", "11:30"]


def test_where_the_other_shows_nothing_their_hours_have_no_part_in_it():
    found = common_times(NINE, TEN, Share.NOTHING, NOW, LATER)
    assert (found.basis, clocks(found)) == (Basis.OWN, ["09:00", "09:30", "10:00", "10:30", "11:00"])
    assert found == common_times(NINE, None, Share.NOTHING, NOW, LATER)


def test_who_has_no_hours_sees_what_the_other_shows():
    found = common_times(table(), TEN, Share.FEW, NOW, LATER)
    assert (found.basis, clocks(found)) == (Basis.OTHER, ["10:00", "11:00", "12:00"])
    busy = table(taken=[(NOW + timedelta(hours=11), NOW + timedelta(hours=12))])
    assert clocks(common_times(busy, TEN, Share.FEW, NOW, LATER)) == ["10:00", "12:00"]


def test_where_neither_has_hours_any_time_of_the_day_can_be_chosen_but_not_the_others_night():
    found = common_times(table(zone=STOCKHOLM), None, Share.NOTHING, NOW, NOW + timedelta(days=1), NEW_YORK)
    assert found.basis is Basis.USUAL
    assert [f"{each.start.astimezone(ZoneInfo(STOCKHOLM)):%H:%M}" for each in found.times] == [
        f"{hour}:00" for hour in range(13, 20)
    ]


def test_days_off_of_either_are_left_out():
    away = [Break(date(2026, 11, 23), date(2026, 11, 23))]
    mine, theirs = table((0, 540, 720), breaks=away), table((0, 600, 810), breaks=away)
    assert clocks(common_times(mine, TEN, Share.ALL, NOW, LATER)) == []
    assert clocks(common_times(NINE, theirs, Share.FEW, NOW, LATER)) == []


def test_a_week_begins_where_weeks_begin_and_shows_each_day():
    found = CommonTimes(Basis.OWN, (CommonTime(NOW + timedelta(days=8, hours=23, minutes=30), 60),), NOW, LATER)
    weeks = weeks_of(found, STOCKHOLM, NEW_YORK, 0)
    assert [(week.first, week.last, week.empty) for week in weeks] == [
        (date(2026, 11, 23), date(2026, 11, 29), True),
        (date(2026, 11, 30), date(2026, 12, 6), False),
        (date(2026, 12, 7), date(2026, 12, 7), True),
    ]
    [shown] = dict(weeks[1].days)[date(2026, 12, 2)]
    assert (shown.typed, shown.other_day) == ("2026-12-02T00:30", date(2026, 12, 1))
    assert weeks_of(found, STOCKHOLM, NEW_YORK, 6)[1].first == date(2026, 11, 29)


def test_the_second_of_two_same_times_is_left_out_when_the_clocks_go_back():
    begins = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    both = tuple(CommonTime(begins + timedelta(hours=hour, minutes=30), 30) for hour in (0, 1, 2))
    [week] = weeks_of(CommonTimes(Basis.OWN, both, begins, begins + timedelta(hours=6)), STOCKHOLM, STOCKHOLM, 0)
    assert [time.typed[-5:] for time in week.days[0][1]] == ["02:30", "03:30"]


ZONES = st.sampled_from([STOCKHOLM, NEW_YORK, "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
SPANS = st.tuples(st.integers(0, 6), st.integers(0, 1430), st.integers(10, 900)).map(
    lambda span: (span[0], span[1], min(1440, span[1] + span[2]))
)
# Around the change of the clocks in autumn and in spring.
BEGINS = st.sampled_from([datetime(2026, 10, 20, 5, tzinfo=UTC), datetime(2027, 3, 10, 17, tzinfo=UTC), NOW])


@st.composite
def tables(draw, since):
    taken = [
        (since + timedelta(minutes=begin), since + timedelta(minutes=begin + length))
        for begin, length in draw(st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 600)), max_size=3))
    ]
    by_day = {each[0]: each for each in draw(st.lists(SPANS, max_size=4))}
    return table(*by_day.values(), zone=draw(ZONES), taken=taken)


@st.composite
def pairs(draw):
    since = draw(BEGINS)
    return draw(tables(since)), draw(tables(since)), draw(st.sampled_from(Share)), since, since + timedelta(days=7)


def suits(person, start, minutes):
    """Minute by minute, by the clock on the wall."""
    zone = ZoneInfo(person.days_off.zone)
    for passed in range(minutes):
        at = start + timedelta(minutes=passed)
        local = at.astimezone(zone)
        minute = local.hour * 60 + local.minute
        hours = [each for each in person.hours.weekly if each.weekday == local.weekday()]
        if not any(each.begins <= minute < each.ends for each in hours):
            return False
        if any(begins <= at < ends for begins, ends in person.taken):
            return False
    return True


@given(pairs())
@settings(max_examples=150, deadline=None)
def test_every_time_suits_those_whose_hours_are_known_for_as_long_as_it_says(asked):
    mine, theirs, share, since, until = asked
    found = common_times(mine, theirs, share, since, until)
    if found.basis is Basis.USUAL:
        return
    counted = {Basis.BOTH: (mine, theirs), Basis.OTHER: (theirs,), Basis.OWN: (mine,)}[found.basis]
    for each in found.times:
        assert since <= each.start < until
        assert each.longest in LENGTHS
        assert all(suits(person, each.start, each.longest) for person in counted)


@given(pairs(), st.lists(tables(NOW), max_size=3))
@settings(max_examples=100, deadline=None)
def test_who_probes_with_any_hours_learns_no_more_than_what_is_shown(asked, probes):
    """Each prober sees, of the other's times, some of those that are shown to anybody: a few of each day, or none."""
    _, theirs, _, since, until = asked
    few = set(shown_by(theirs, Share.FEW, since, until))
    zone = ZoneInfo(theirs.days_off.zone)
    by_day = [list(of_day) for _, of_day in groupby(sorted(few), lambda at: at.astimezone(zone).date())]
    assert all(len(of_day) <= FEW for of_day in by_day)
    always = Timetable(ALWAYS, (), DaysOff("UTC", ()))
    for mine in (*probes, always, table()):
        nothing = common_times(mine, theirs, Share.NOTHING, since, until)
        assert nothing == common_times(mine, None, Share.NOTHING, since, until)
        if theirs.known:
            assert {each.start for each in common_times(mine, theirs, Share.FEW, since, until).times} <= few
