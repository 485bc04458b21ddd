from datetime import date

import pytest

from server.availability.calendar.sanitize import (
    LONGEST_LINE,
    MOST_DATES,
    MOST_EVENTS,
    NotACalendar,
    Sanitized,
    Sanitizer,
    zone_name,
)
from tests.server.availability.calendar.files import entry, file_of

SINCE, UNTIL = date(2026, 11, 20), date(2027, 1, 20)
AT = "DTSTART:20261124T090000Z"
BOTH = file_of(entry("UID:1", AT), entry("UID:2", AT))

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
    assert sanitized(FROM_OUTLOOK).text.split("\r\n") == [
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
    one = file_of(entry("UID:1", AT)).replace(b"\r\n", b"\n")
    assert sanitized(one + file_of(entry("UID:2", AT))).text == sanitized(BOTH).text


def sanitized(file: bytes, piece: int = 4096) -> Sanitized:
    sanitizer = Sanitizer("", SINCE, UNTIL)
    for at in range(0, len(file), piece):
        sanitizer.take(file[at : at + piece])
    return sanitizer.finish()


@pytest.mark.parametrize("piece", [1, 7, 64, 100_000])
def test_it_does_not_matter_where_the_file_is_cut(piece: int) -> None:
    for file in (FROM_OUTLOOK, BOTH, FROM_OUTLOOK.replace(b"\r\n", b"\n"), FROM_OUTLOOK.replace(b"\r\n", b"\r")):
        assert sanitized(file, piece) == sanitized(file)


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (("DTSTART:20261112T090000Z", "DTEND:20261117T090000Z"), False),
        (("DTSTART:20261112T090000Z", "DTEND:20261119T090000Z"), True),
        (("DTSTART:20261112T090000Z", "DURATION:P8D"), True),
        (("DTSTART:20270123T090000Z",), False),
        (("DTSTART:20150101T090000Z", "RRULE:FREQ=DAILY"), True),
        (("DTSTART:20150101T090000Z", "RRULE:FREQ=DAILY;UNTIL=20201231T000000Z"), False),
        (("DTSTART:20150101T090000Z", "RRULE:FREQ=DAILY;UNTIL=20261119T000000Z"), True),
        (("DTSTART:20300101T090000Z", "RRULE:FREQ=DAILY"), False),
        (("DTSTART:20150101T090000Z", "RDATE:20261124T090000Z"), True),
        (("DTSTART:20150101T090000Z", "RECURRENCE-ID:20150102T090000Z"), False),
        (("DTSTART:20150101T090000Z", "RECURRENCE-ID:20261124T090000Z"), True),
        (("DTSTART:20261124T090000Z", "RECURRENCE-ID:20150102T090000Z"), True),
        (("DTSTART:20150101T090000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20150102T090000Z"), True),
        (("DTSTART:99991231T090000Z", "DTEND:00010101T090000Z"), True),
    ],
)
def test_only_what_may_be_in_these_days_is_kept(lines: tuple[str, ...], kept: bool) -> None:
    found = sanitized(file_of(entry("UID:1", *lines)))
    assert (("BEGIN:VEVENT" in found.text), found.parts, found.skipped) == (kept, 1, 0)


def test_a_long_line_is_not_collected() -> None:
    """A description of megabytes, in one line or folded, and a UID of any length."""
    long = ["DESCRIPTION:" + "x" * 3_000_000, "ATTACH:x", *[" " + "y" * 75] * 20_000, "UID:" + "z" * 70_000]
    sanitizer = Sanitizer("", SINCE, UNTIL)
    file = file_of(entry(*long, AT))
    for at in range(0, len(file), 65536):
        sanitizer.take(file[at : at + 65536])
        assert len(sanitizer._rest) <= LONGEST_LINE
        assert sanitizer._logical is None or len(sanitizer._logical) <= LONGEST_LINE + 65536
    assert len(sanitizer.finish().text) < 200


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\xff\xfe\x00\x01",
        b"<!doctype html><title>Sign in</title>",
        b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
        file_of(entry("UID:1", AT))[:-20],
        file_of(entry("UID:1", AT)) + b"and more",
        file_of(entry("UID:1", AT)) + b"END:VCALENDAR\r\n",
        file_of(*["BEGIN:VALARM"] * 5000, *["END:VALARM"] * 5000),
    ],
)
def test_what_is_not_a_whole_calendar_is_refused(file: bytes) -> None:
    with pytest.raises(NotACalendar) as refusal:
        sanitized(file)
    assert refusal.value.sentence == NotACalendar.sentence


@pytest.mark.parametrize(
    "file",
    [
        file_of(*[entry("UID:1", AT)] * (MOST_EVENTS + 1)),
        file_of(*[entry("RDATE:20261124T090000Z" + ",2026" * 9000, AT)] * (MOST_DATES // 9000 + 1)),
        file_of("BEGIN:VFREEBUSY", *["FREEBUSY:20261124T090000Z/PT1H"] * (MOST_DATES + 1), "END:VFREEBUSY"),
    ],
)
def test_too_much_is_refused_in_other_words(file: bytes) -> None:
    with pytest.raises(NotACalendar) as refusal:
        sanitized(file)
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
