import pytest

from server.availability.calendar.sanitize import (
    MOST_BYTES,
    MOST_DATES,
    MOST_EVENTS,
    NotACalendar,
    sanitize,
    zone_name,
)
from tests.server.availability.calendar.files import entry, file_of

FROM_OUTLOOK = b"""\xef\xbb\xbfBEGIN:VCALENDAR\r
PRODID:-//Elsewhere//EN\r
BEGIN:VTIMEZONE\r
TZID:W. Europe Standard Time\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
UID:1\r
SUMMARY:Doctor: quite\r
  private\r
ATTENDEE;CN="A; B: C";MEMBER="mailto:x":mailto:a@example.org\r
DTSTART;TZID="W. Europe Standard Time":202611\r
 24T090000\r
dtend;X-MORE=1;TZID=W. Europe Standard Time;VALUE=DATE-TIME:20261124T100000\r
BEGIN:VALARM\r
TRIGGER:-PT15M\r
DURATION:PT5M\r
END:VALARM\r
STATUS:CONFIRMED\r
END:VEVENT\r
BEGIN:VTODO\r
DTSTART:20261124T090000Z\r
END:VTODO\r
END:VCALENDAR\r
"""


def test_nothing_but_times_passes() -> None:
    assert sanitize(FROM_OUTLOOK).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTART;TZID=Europe/Berlin:20261124T090000",
        "DTEND;VALUE=DATE-TIME;TZID=Europe/Berlin:20261124T100000",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_plain_line_ends_and_several_calendars_are_read() -> None:
    one = file_of(entry("UID:1")).replace(b"\r\n", b"\n")
    assert sanitize(one + file_of(entry("UID:2"))) == sanitize(file_of(entry("UID:1"), entry("UID:2")))


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\xff\xfe\x00\x01",
        b"<!doctype html><title>Sign in</title>",
        b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        file_of(entry("UID:1"))[:-20],
        file_of(entry("UID:1")) + b"and more",
        file_of(entry("UID:1")) + b"END:VCALENDAR\r\n",
        file_of("BEGIN:VEVENT", "BEGIN:VALARM", "END:VEVENT", "END:VALARM"),
        file_of(*["BEGIN:VEVENT"] * 5000, *["END:VEVENT"] * 5000),
    ],
)
def test_what_is_not_a_whole_calendar_is_refused(file: bytes) -> None:
    with pytest.raises(NotACalendar) as refusal:
        sanitize(file)
    assert refusal.value.sentence == NotACalendar.sentence


@pytest.mark.parametrize(
    "file",
    [
        file_of("X-FILL:" + "x" * MOST_BYTES),
        file_of(*[entry("UID:1")] * (MOST_EVENTS + 1)),
        file_of(entry("RDATE:20261124T090000Z" + ",2026" * (MOST_DATES + 1))),
    ],
)
def test_too_much_is_refused_in_other_words(file: bytes) -> None:
    with pytest.raises(NotACalendar) as refusal:
        sanitize(file)
    assert refusal.value.sentence == "This calendar has more entries than we can read. Please choose one with fewer."


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("Eastern Standard Time", "America/New_York"),
        ("/softwarestudio.org/Olson_20011030_5/America/Argentina/Salta", "America/Argentina/Salta"),
        ("/citadel.org/20190914_1/Europe/London", "Europe/London"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("Customized Time Zone", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_zones_are_known_by_many_names(written: str, zone: str | None) -> None:
    assert zone_name(written) == zone
