"""Times as people write them, in their zone and language."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.i18n.catalog import ENGLISH, LANGUAGES
from server.i18n.dates import ago, clock, day, moment, short_day, zone_name

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def in_each(say):
    return [say(language) for language in LANGUAGES.values()]


def test_a_moment_in_each_language():
    time = datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert in_each(lambda language: moment(time, "Europe/London", language, NOW)) == [
        "Tuesday 24 November, 15:00",
        "Dienstag, 24. November, 15:00",
        "الثلاثاء، 24 نوفمبر، 3:00\N{NO-BREAK SPACE}م",
    ]


@pytest.mark.parametrize(
    ("time", "zone", "expected"),
    [
        (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "Europe/Stockholm", "Wednesday 25 November, 00:30"),
        (datetime(2026, 11, 24, 15, tzinfo=UTC), "Asia/Kolkata", "Tuesday 24 November, 20:30"),
        (datetime(2026, 11, 24, 15, tzinfo=UTC), "Asia/Kathmandu", "Tuesday 24 November, 20:45"),
        (datetime(2026, 11, 24, 15, tzinfo=UTC), "Pacific/Kiritimati", "Wednesday 25 November, 05:00"),
        (datetime(2026, 11, 24, 3, tzinfo=UTC), "America/St_Johns", "Monday 23 November, 23:30"),
    ],
)
def test_a_moment_in_each_zone(time, zone, expected):
    assert moment(time, zone, ENGLISH, NOW) == expected


def test_the_year_is_said_only_of_a_day_far_off():
    later, earlier = datetime(2027, 7, 1, 15, tzinfo=UTC), datetime(2026, 2, 3, 15, tzinfo=UTC)
    assert in_each(lambda language: day(later, "Europe/London", language, NOW)) == [
        "Thursday 1 July 2027",
        "Donnerstag, 1. Juli 2027",
        "الخميس، 1 يوليو 2027",
    ]
    assert day(earlier, "Europe/London", ENGLISH, NOW) == "Tuesday 3 February 2026"
    assert day(datetime(2027, 5, 20, 15, tzinfo=UTC), "Europe/London", ENGLISH, NOW) == "Thursday 20 May"


@pytest.mark.parametrize(
    ("time", "zone", "expected"),
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "Europe/London", "00:59"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "Europe/London", "02:00"),
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "Europe/Berlin", "02:30"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "Europe/Berlin", "02:30"),
        (datetime(2027, 4, 3, 14, 59, tzinfo=UTC), "Australia/Lord_Howe", "01:59"),
        (datetime(2027, 4, 3, 15, 0, tzinfo=UTC), "Australia/Lord_Howe", "01:30"),
    ],
)
def test_the_days_on_which_the_clocks_change(time, zone, expected):
    assert clock(time, zone, ENGLISH) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/New_York", ["New York time", "Ortszeit New York", "توقيت نيويورك"]),
        ("Europe/Vienna", ["Vienna time", "Ortszeit Wien", "توقيت فيينا"]),
        ("Asia/Kolkata", ["Kolkata time", "Ortszeit Kalkutta", "توقيت كالكتا"]),
        ("Etc/GMT+3", ["GMT+3 time", "Ortszeit GMT+3", "توقيت GMT+3"]),
        ("UTC", ["UTC", "UTC", "UTC"]),
    ],
)
def test_zones_by_their_cities(zone, expected):
    assert in_each(lambda language: zone_name(zone, language)) == expected


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(minutes=5), ["5 minutes ago", "vor 5 Minuten", "قبل 5 دقائق"]),
        (timedelta(hours=2), ["2 hours ago", "vor 2 Stunden", "قبل ساعتين"]),
        (timedelta(seconds=3), ["1 minute ago", "vor 1 Minute", "قبل دقيقة واحدة"]),
    ],
)
def test_what_was_is_so_long_ago(passed, expected):
    assert in_each(lambda language: ago(NOW - passed, language, NOW)) == expected


def test_a_short_day():
    assert in_each(lambda language: short_day(date(2026, 11, 24), language)) == ["24 Nov", "24. Nov.", "24 نوفمبر"]
