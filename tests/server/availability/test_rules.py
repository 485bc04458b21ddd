from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.availability.rules import DayHours, WeeklyHours, check_hours, free_times, spread
from server.errors import InvalidInput

STOCKHOLM = "Europe/Stockholm"
MONDAY = date(2026, 11, 23)
EVERY_DAY = tuple(range(7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def midnights(day: date, zone: str) -> tuple[datetime, datetime]:
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC), (local + timedelta(days=1)).astimezone(UTC)


def starts_on(day: date, zone: str, begins: int, ends: int, minutes: int = 30) -> list[str]:
    """The starts of that day as its clocks show them and in UTC."""
    hours = [WeeklyHours(weekday, begins, ends) for weekday in EVERY_DAY]
    times = free_times(hours, [], [], zone, minutes, *midnights(day, zone))
    return [f"{each.astimezone(ZoneInfo(zone)):%H:%M} {each:%H:%M}Z" for each in times]


def test_times_within_the_weekly_hours_are_free() -> None:
    hours = [WeeklyHours(0, 9 * 60, 10 * 60 + 30), WeeklyHours(2, 14 * 60, 15 * 60)]
    week = at("2026-11-23T00:00"), at("2026-11-30T00:00")
    assert free_times(hours, [], [], STOCKHOLM, 60, *week) == (
        at("2026-11-23T08:00"),
        at("2026-11-23T08:30"),
        at("2026-11-25T13:00"),
    )


def test_what_is_busy_is_not_offered_and_one_call_may_follow_another() -> None:
    hours = [WeeklyHours(0, 9 * 60, 12 * 60)]
    busy = [
        (at("2026-11-23T09:45"), at("2026-11-23T10:00")),
        (at("2026-11-23T09:00"), at("2026-11-23T09:50")),
        (at("2026-11-23T08:10"), at("2026-11-23T08:10")),
    ]
    assert free_times(hours, [], busy, STOCKHOLM, 30, *midnights(MONDAY, STOCKHOLM)) == (
        at("2026-11-23T08:00"),
        at("2026-11-23T08:30"),
        at("2026-11-23T10:00"),
        at("2026-11-23T10:30"),
    )


def test_a_single_day_differs_from_its_weekday() -> None:
    hours = [WeeklyHours(0, 9 * 60, 10 * 60), WeeklyHours(1, 9 * 60, 10 * 60)]
    days = [DayHours(MONDAY), DayHours(date(2026, 11, 24), 600, 630), DayHours(date(2026, 11, 24), 1000, 1030)]
    week = at("2026-11-23T00:00"), at("2026-11-30T00:00")
    assert free_times(hours, days, [], "UTC", 30, *week) == (at("2026-11-24T10:00"), at("2026-11-24T16:40"))


def test_hours_that_touch_are_one_and_a_day_ends_at_midnight() -> None:
    hours = [WeeklyHours(0, 22 * 60, 23 * 60), WeeklyHours(0, 23 * 60, 24 * 60), WeeklyHours(1, 0, 60)]
    week = at("2026-11-23T00:00"), at("2026-11-30T00:00")
    assert free_times(hours, [], [], "UTC", 60, *week) == (
        at("2026-11-23T22:00"),
        at("2026-11-23T22:30"),
        at("2026-11-23T23:00"),
        at("2026-11-24T00:00"),
    )


def test_notice_window_step_and_limit_bound_what_is_offered() -> None:
    hours = [WeeklyHours(0, 9 * 60, 17 * 60)]
    times = free_times(
        hours,
        [],
        [],
        "UTC",
        30,
        since=at("2026-11-23T09:10"),
        until=at("2026-11-23T12:20"),
        step=timedelta(minutes=15),
        notice=timedelta(hours=2),
    )
    assert times == (at("2026-11-23T11:15"), at("2026-11-23T11:30"), at("2026-11-23T11:45"))
    assert free_times(hours, [], [], "UTC", 30, at("2026-11-23T00:00"), at("2026-12-23T00:00"), limit=2) == (
        at("2026-11-23T09:00"),
        at("2026-11-23T09:30"),
    )
    assert free_times(hours, [], [], "UTC", 30, at("2026-12-23T00:00"), at("2026-11-23T00:00")) == ()


@pytest.mark.parametrize(
    ("day", "zone", "begins", "ends", "minutes", "shown"),
    [
        # Nine o'clock stays nine o'clock on both sides of a change.
        (date(2026, 3, 28), STOCKHOLM, 540, 570, 30, ["09:00 08:00Z"]),
        (date(2026, 3, 30), STOCKHOLM, 540, 570, 30, ["09:00 07:00Z"]),
        # Spring: 02:00 to 03:00 does not exist there, and a call over it is an hour shorter on the clocks.
        (date(2026, 3, 29), STOCKHOLM, 90, 210, 30, ["01:30 00:30Z", "03:00 01:00Z"]),
        (date(2026, 3, 29), STOCKHOLM, 60, 180, 90, []),
        (date(2026, 3, 29), STOCKHOLM, 60, 240, 90, ["01:00 00:00Z", "01:30 00:30Z"]),
        # Autumn: 02:00 to 03:00 comes twice; it is offered the first time only.
        (
            date(2026, 10, 25), STOCKHOLM, 60, 210, 30,
            ["01:00 23:00Z", "01:30 23:30Z", "02:00 00:00Z", "02:30 00:30Z", "03:00 02:00Z"],
        ),
        # A call that begins within hours and would be thrown out of them when the clocks go back.
        (date(2026, 10, 25), STOCKHOLM, 150, 240, 60, ["03:00 02:00Z"]),
        (date(2026, 10, 25), STOCKHOLM, 120, 180, 90, ["02:00 00:00Z", "02:30 00:30Z"]),
        (date(2026, 3, 8), "America/New_York", 90, 210, 30, ["01:30 06:30Z", "03:00 07:00Z"]),
        (date(2026, 11, 1), "America/New_York", 60, 150, 30, ["01:00 05:00Z", "01:30 05:30Z", "02:00 07:00Z"]),
        (date(2026, 3, 29), "Asia/Kolkata", 120, 180, 30, ["02:00 20:30Z", "02:30 21:00Z"]),
        # Half an hour at Lord Howe: 02:00 to 02:30 is skipped in spring, 01:30 to 02:00 comes twice in autumn.
        (date(2026, 10, 4), "Australia/Lord_Howe", 90, 180, 30, ["01:30 15:00Z", "02:30 15:30Z"]),
        (date(2026, 4, 5), "Australia/Lord_Howe", 90, 150, 30, ["01:30 14:30Z", "02:00 15:30Z"]),
        # Apia crossed the date line: the 30th of December 2011 never was.
        (date(2011, 12, 29), "Pacific/Apia", 540, 570, 30, ["09:00 19:00Z"]),
        (date(2011, 12, 30), "Pacific/Apia", 540, 570, 30, []),
        (date(2011, 12, 31), "Pacific/Apia", 540, 570, 30, ["09:00 19:00Z"]),
        (date(2026, 11, 23), "Pacific/Apia", 540, 570, 30, ["09:00 20:00Z"]),
    ],
)  # fmt: skip
def test_hours_are_local_when_the_clocks_change(
    day: date, zone: str, begins: int, ends: int, minutes: int, shown: list[str]
) -> None:
    assert starts_on(day, zone, begins, ends, minutes) == shown


@pytest.mark.parametrize(
    ("hours", "days", "field", "sentence"),
    [
        (
            [WeeklyHours(0, 600, 540)],
            [],
            "hours",
            "The end of your time must be after its beginning. Please swap the two.",
        ),
        (
            [WeeklyHours(0, 600, 600)],
            [],
            "hours",
            "The end of your time must be after its beginning. Please swap the two.",
        ),
        ([WeeklyHours(0, -1, 60)], [], "hours", "Please enter times from 00:00 to 24:00."),
        ([WeeklyHours(0, 600, 1441)], [], "hours", "Please enter times from 00:00 to 24:00."),
        ([WeeklyHours(7, 540, 600)], [], "hours", "Please choose a day of the week."),
        (
            [WeeklyHours(0, 540, 600), WeeklyHours(0, 590, 650)],
            [],
            "hours",
            "Two of your times on one day overlap. Please merge them or move one.",
        ),
        (
            [],
            [DayHours(MONDAY, 540, 600), DayHours(MONDAY, 540, 600)],
            "days",
            "Two of your times on one day overlap. Please merge them or move one.",
        ),
        (
            [],
            [DayHours(MONDAY, 600, 540)],
            "days",
            "The end of your time must be after its beginning. Please swap the two.",
        ),
        ([], [DayHours(MONDAY, 600)], "days", "Please enter both when your time begins and when it ends."),
        (
            [],
            [DayHours(MONDAY), DayHours(MONDAY, 540, 600)],
            "days",
            "One day is listed twice, once with times and once without. Please remove one of the two.",
        ),
    ],
)
def test_what_cannot_be_meant_is_named(
    hours: list[WeeklyHours], days: list[DayHours], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_hours(hours, days)
    assert (refusal.value.field, refusal.value.sentence) == (field, sentence)


def test_hours_that_can_be_meant_pass() -> None:
    hours = [WeeklyHours(0, 540, 600), WeeklyHours(0, 600, 660), WeeklyHours(1, 0, 1440)]
    check_hours(hours, [DayHours(MONDAY), DayHours(date(2026, 11, 24), 540, 600)])


def test_suggestions_lie_on_different_days_and_at_different_hours() -> None:
    days = ("2026-11-23", "2026-11-24", "2026-11-26", "2026-11-27", "2026-11-30")
    times = [at(f"{day}T{hour}:00") for day in days for hour in ("09", "11", "15")]
    assert spread(times, "UTC") == (at("2026-11-23T09:00"), at("2026-11-26T11:00"), at("2026-11-30T15:00"))
    assert spread(times[:6], "UTC") == (at("2026-11-23T09:00"), at("2026-11-23T15:00"), at("2026-11-24T15:00"))
    assert spread(times, "UTC", count=1) == (at("2026-11-23T09:00"),)
    assert spread(times[:2], "UTC") == tuple(times[:2])
    assert spread([], "UTC") == ()


def test_days_are_those_of_the_zone() -> None:
    times = [at("2026-11-23T23:30"), at("2026-11-24T00:30")]
    assert spread(times, STOCKHOLM, count=1) == (times[0],)
    late = [at("2026-11-23T10:00"), at("2026-11-23T23:30"), at("2026-11-24T10:00")]
    assert spread(late, STOCKHOLM, count=2) == (late[0], late[2])


ZONES = st.sampled_from([STOCKHOLM, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
# Around every change of those zones in these years, and Apia's leap over the date line.
MOMENTS = st.integers(0, 345 * 24 * 60).map(lambda minutes: at("2011-12-20T00:00") + timedelta(minutes=minutes))
SPANS = st.tuples(st.integers(0, 1439), st.integers(1, 600)).map(lambda span: (span[0], min(1440, sum(span))))


@st.composite
def questions(draw: st.DrawFn) -> dict[str, object]:
    since = draw(MOMENTS)
    moments = st.timedeltas(timedelta(0), timedelta(days=6)).map(lambda passed: since + passed)
    return {
        "hours": [WeeklyHours(weekday, *draw(SPANS)) for weekday in draw(st.lists(st.integers(0, 6), unique=True))],
        "days": [DayHours(since.date() + timedelta(days=1), *draw(st.one_of(st.just(()), SPANS)))],
        "busy": [tuple(sorted((draw(moments), draw(moments)))) for _ in range(draw(st.integers(0, 4)))],
        "zone": draw(ZONES),
        "minutes": draw(st.sampled_from([15, 30, 45, 60, 90])),
        "since": since,
        "until": since + draw(st.timedeltas(timedelta(0), timedelta(days=6))),
        "step": timedelta(minutes=draw(st.sampled_from([15, 30, 60]))),
        "notice": draw(st.timedeltas(timedelta(0), timedelta(days=2))),
        "limit": draw(st.sampled_from([5, 500])),
    }


@given(questions())
@settings(max_examples=400, deadline=None)
def test_every_free_time_is_in_hours_and_free(asked: dict) -> None:
    times = free_times(**asked)
    zone, length = ZoneInfo(asked["zone"]), timedelta(minutes=asked["minutes"])
    assert list(times) == sorted(set(times))
    assert len(times) <= asked["limit"]
    special = {each.day: each for each in asked["days"]}
    for start in times:
        assert asked["since"] + asked["notice"] <= start <= start + length <= asked["until"]
        assert [
            busy for busy in asked["busy"] if busy[0] < busy[1] and busy[0] < start + length and busy[1] > start
        ] == []
        minutes = [(start + timedelta(minutes=passed)).astimezone(zone) for passed in range(asked["minutes"])]
        day = minutes[0].date()
        spans = [special[day]] if day in special else [each for each in asked["hours"] if each.weekday == day.weekday()]
        assert {minute.date() for minute in minutes} == {day}
        assert any(
            all(span.begins <= minute.hour * 60 + minute.minute < span.ends for minute in minutes)
            for span in spans
            if span.begins is not None
        )


@given(st.lists(MOMENTS, unique=True), st.integers(1, 6), ZONES)
@settings(deadline=None)
def test_suggestions_are_some_of_the_times_in_order(times: list[datetime], count: int, zone: str) -> None:
    chosen = spread(times, zone, count)
    days = {each.astimezone(ZoneInfo(zone)).date() for each in times}
    assert len(chosen) == min(count, len(times))
    assert set(chosen) <= set(times)
    assert all(earlier < later for earlier, later in pairwise(chosen))
    if len(days) >= count:
        assert len({each.astimezone(ZoneInfo(zone)).date() for each in chosen}) == count
