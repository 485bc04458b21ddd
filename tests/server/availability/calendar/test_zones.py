"""Zones by a file's own VTIMEZONE, held against the zones that everyone knows."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.availability.calendar.zones import DescribedZone, Property, described_zone

SINCE, UNTIL = date(2026, 1, 10), date(2026, 12, 20)


def observance(kind: str, before: str, after: str, *rest: Property, start: str = "19700101T000000") -> list[Property]:
    return [("BEGIN", kind), ("DTSTART", start), ("TZOFFSETFROM", before), ("TZOFFSETTO", after), *rest]


def yearly(rule: str) -> Property:
    return "RRULE", f"FREQ=YEARLY;{rule}"


STOCKHOLM = [
    *observance("DAYLIGHT", "+0100", "+0200", yearly("BYMONTH=3;BYDAY=-1SU"), start="19810329T020000"),
    *observance("STANDARD", "+0200", "+0100", yearly("BYDAY=-1SU;BYMONTH=10"), start="19961027T030000"),
]
# As Dublin's law has it: summer is the standard, and winter goes back.
DUBLIN = [
    *observance("STANDARD", "+0000", "+0100", yearly("BYMONTH=3;BYDAY=-1SU"), start="19810329T010000"),
    *observance("DAYLIGHT", "+0100", "+0000", yearly("BYDAY=-1SU;BYMONTH=10"), start="19961027T020000"),
]
SINGLE_DATES = [
    *observance("DAYLIGHT", "+0100", "+0200", start="20260329T020000"),
    *observance("STANDARD", "+0200", "+0100", ("RDATE", "20251026T030000,20261025T030000"), start="20241027T030000"),
    *observance("DAYLIGHT", "+0100", "+0200", start="20250330T020000"),
]
SYDNEY = [
    *observance("STANDARD", "+1100", "+1000", yearly("BYMONTH=4;BYDAY=1SU"), start="20080406T030000"),
    *observance("DAYLIGHT", "+1000", "+1100", yearly("BYMONTH=10;BYDAY=1SU"), start="20081005T020000"),
]
KOLKATA = observance("STANDARD", "+0530", "+0530")
ENDED = [
    *observance(
        "DAYLIGHT", "+0300", "+0400", yearly("BYMONTH=3;BYDAY=-1SU;UNTIL=20100327T230000Z"), start="19930328T020000"
    ),
    *observance("STANDARD", "+0400", "+0300", start="20141026T020000"),
]


@pytest.mark.parametrize(
    ("properties", "real"),
    [
        (STOCKHOLM, "Europe/Stockholm"),
        (DUBLIN, "Europe/Dublin"),
        (SINGLE_DATES, "Europe/Stockholm"),
        (SYDNEY, "Australia/Sydney"),
        (KOLKATA, "Asia/Kolkata"),
        (ENDED, "Europe/Moscow"),
    ],
)
def test_it_is_the_zone_that_it_describes_at_every_quarter_of_the_year(properties: list[Property], real: str) -> None:
    """Both ways, also where clocks skip an hour or show one twice."""
    zone, known = described_zone(properties, SINCE, UNTIL), ZoneInfo(real)
    assert zone is not None
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while at < datetime(2027, 1, 1, tzinfo=UTC):
        local = at.astimezone(known)
        assert at.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0)
        assert at.astimezone(zone).fold == local.fold
        assert local.replace(tzinfo=zone).astimezone(UTC) == at
        at += timedelta(minutes=15)
    skipped = datetime(2026, 3, 29, 2, 30)  # noqa: DTZ001 (by the clocks of each)
    assert skipped.replace(tzinfo=zone).utcoffset() == skipped.replace(tzinfo=known).utcoffset()


@pytest.mark.parametrize(
    "properties",
    [
        [],
        [("TZID", "x")],
        [("BEGIN", "STANDARD"), ("DTSTART", "19700101T000000")],
        observance("STANDARD", "+0100", "+9900"),
        observance("STANDARD", "+0100", "somewhat"),
        observance("STANDARD", "+0100", "+0100", start="19700101"),
        observance("STANDARD", "+0900", "+0900", start="00010101T000000"),
        observance("STANDARD", "+0100", "+0100", ("RRULE", "FREQ=SECONDLY")),
        observance("STANDARD", "+0100", "+0100", ("RRULE", "FREQ")),
        observance("STANDARD", "+0100", "+0100", yearly("BYMONTH=1;BYHOUR=1,2,3")),
        observance("STANDARD", "+0100", "+0100", yearly("INTERVAL=2")),
        observance("STANDARD", "+0100", "+0100", yearly("BYDAY=" + "MO," * 200 + "MO")),
    ],
)
def test_what_cannot_be_followed_describes_nothing(properties: list[Property]) -> None:
    assert described_zone(properties, SINCE, UNTIL) is None


def test_a_day_that_never_comes_is_not_searched_for() -> None:
    never = observance("STANDARD", "+0100", "+0100", yearly("BYMONTH=2;BYMONTHDAY=30"))
    assert isinstance(described_zone(never * 20, SINCE, UNTIL), DescribedZone)
