from datetime import date

import pytest
from icalendar import Calendar
from icalendar import Event as Entry

from server.availability.calendar.recurrence import TRIED, WORK, bound_recurrence
from tests.server.availability.calendar.files import entry, file_of

SINCE, UNTIL = date(2026, 11, 1), date(2026, 12, 31)


def read(*lines: str) -> Entry:
    (event,) = Calendar.from_ical(file_of(entry("UID:1", *lines))).events
    return event


@pytest.mark.parametrize(
    ("start", "rule", "moved"),
    [
        ("DTSTART:20160104T090000Z", "FREQ=DAILY", "20250930T090000Z"),
        ("DTSTART:20160104T090000Z", "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,WE", "20250922T090000Z"),
        ("DTSTART;TZID=Europe/Stockholm:20160131T090000", "FREQ=MONTHLY;BYMONTHDAY=31", "20240131T090000"),
        ("DTSTART;VALUE=DATE:19520229", "FREQ=YEARLY", "20240229"),
        ("DTSTART:20160104T090000Z", "FREQ=WEEKLY;COUNT=900", "20160104T090000Z"),
        ("DTSTART:18000104T090000Z", "FREQ=YEARLY", "18000104T090000Z"),
        ("DTSTART:20261104T090000Z", "FREQ=DAILY", "20261104T090000Z"),
    ],
)
def test_an_entry_begins_near_by_whole_rounds_of_its_rule(start: str, rule: str, moved: str) -> None:
    event = read(start, f"RRULE:{rule}")
    bound_recurrence(event, SINCE, UNTIL)
    assert event["DTSTART"].to_ical().decode() == moved
    assert "RRULE" in event


def test_its_end_comes_along() -> None:
    event = read("DTSTART;TZID=Europe/Stockholm:20160704T230000", "DTEND;TZID=Europe/Stockholm:20160705T010000",
                 "RRULE:FREQ=DAILY")  # fmt: skip
    bound_recurrence(event, SINCE, UNTIL)
    assert event["DTSTART"].to_ical() == b"20250930T230000"
    assert event["DTEND"].to_ical() == b"20251001T010000"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=HOURLY;INTERVAL=5",
        "FREQ=HOURLY;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5",
        "FREQ=YEARLY;BYYEARDAY=" + ",".join(map(str, range(1, 367))),
    ],
)
def test_what_cannot_be_followed_keeps_its_first_time(rule: str) -> None:
    event = read("DTSTART:20261104T090000Z", "DURATION:PT1H", f"RRULE:{rule}")
    bound_recurrence(event, SINCE, UNTIL)
    assert "RRULE" not in event
    assert event["DTSTART"].to_ical() == b"20261104T090000Z"


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20261104T090000Z", "DTEND:20270104T090000Z", "RRULE:FREQ=DAILY"),
        ("DTSTART:00010104T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=999999999"),
        ("DTSTART:20261104T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"),
        ("DTSTART:20261104T090000Z", "DURATION:PT1H", "RRULE:FREQ=NEVER"),
    ],
)
def test_neither_does_what_is_too_long_too_old_or_broken(lines: tuple[str, ...]) -> None:
    event = read(*lines)
    bound_recurrence(event, SINCE, UNTIL)
    assert "RRULE" not in event


@pytest.mark.parametrize(
    ("rule", "work"),
    [
        ("FREQ=WEEKLY;UNTIL=20161231T000000Z", 0),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=10", 10 * 7 * WORK["WEEKLY"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", TRIED * WORK["DAILY"]),
    ],
)
def test_work_is_added_up(rule: str, work: int) -> None:
    assert bound_recurrence(read("DTSTART:20160104T090000Z", "DURATION:PT1H", f"RRULE:{rule}"), SINCE, UNTIL) == work


def test_an_exception_has_no_rule_of_its_own_and_stays_near() -> None:
    event = read("DTSTART:20261104T090000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:99990101T090000Z", "RRULE:FREQ=DAILY")
    assert bound_recurrence(event, SINCE, UNTIL) == 0
    assert "RRULE" not in event
    assert event["RECURRENCE-ID"].params == {}
