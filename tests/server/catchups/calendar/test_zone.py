from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from server.catchups.calendar.zone import describe_zone


def read_back(zone: str, first: int, last: int) -> tzical:
    described = describe_zone(zone, first, last).to_ical().decode()
    return tzical(StringIO(f"BEGIN:VCALENDAR\r\n{described}END:VCALENDAR\r\n")).get(zone)


def test_a_zone_is_told_with_its_changes() -> None:
    assert describe_zone("Europe/Stockholm", 2026, 2026).to_ical().decode().split() == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Stockholm",
        "BEGIN:STANDARD",
        "DTSTART:20251231T010000",
        "TZNAME:CET",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T020000",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20261025T030000",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Europe/Stockholm", 2026, 2026),
        ("Europe/Dublin", 2026, 2026),
        ("America/New_York", 2026, 2026),
        ("Asia/Kolkata", 2026, 2026),
        ("Asia/Kathmandu", 2026, 2026),
        ("Australia/Lord_Howe", 2026, 2027),
        ("Africa/Casablanca", 2026, 2027),
        ("Pacific/Apia", 2011, 2012),
        ("Pacific/Chatham", 2026, 2026),
    ],
)
def test_another_reader_finds_the_same_time_at_every_quarter(zone: str, first: int, last: int) -> None:
    """Each local time that exists, the first of two where it comes twice, is the same moment to dateutil's reader."""
    told, real = read_back(zone, first, last), ZoneInfo(zone)
    at, wrong, seen = datetime(first, 1, 1, tzinfo=UTC), [], 0
    while at < datetime(last + 1, 1, 1, tzinfo=UTC):
        local = at.astimezone(real)
        if not local.fold:
            seen += 1
            if local.replace(tzinfo=told).astimezone(UTC) != at:
                wrong.append(at)
        at += timedelta(minutes=15)
    assert wrong == []
    assert seen > 35_000
