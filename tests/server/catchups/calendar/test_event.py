import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from server.catchups.calendar.event import ALARMS, CalendarEvent, Party, Status, invitation, one_line, plain_text
from tests.calendar_reader import CalendarReader, Held
from tests.server.catchups.calendar.an_event import AGREED, an_event


def lines(file: bytes) -> list[str]:
    """The file's lines, unfolded, with nothing but CR LF between them."""
    return re.sub(r"\r\n[ \t]", "", file.decode()).split("\r\n")


def test_an_invitation_says_what_was_agreed_and_no_more() -> None:
    assert lines(invitation(AGREED, "Europe/Stockholm")) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fireside//Catch-ups//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        *lines(invitation(AGREED, "Europe/Stockholm"))[5:26],
        "BEGIN:VEVENT",
        "SUMMARY:Catch-up",
        "DTSTART;TZID=Europe/Stockholm:20261124T150000",
        "DTEND;TZID=Europe/Stockholm:20261124T154500",
        "DTSTAMP:20261120T090000Z",
        "UID:5d2f@fireside",
        "SEQUENCE:3",
        "ATTENDEE;CN=Noor;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:noor@example.org",
        "CLASS:PRIVATE",
        "LAST-MODIFIED:20261120T090000Z",
        "ORGANIZER;CN=Fireside:mailto:post@fireside.example",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "URL:https://fireside.example/catchups/7",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Catch-up",
        "TRIGGER:-P1D",
        "END:VALARM",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Catch-up",
        "TRIGGER:-PT15M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC"])
def test_in_utc_no_zone_is_described(zone: str) -> None:
    file = lines(invitation(AGREED, zone))
    assert [line for line in file if "DTSTART" in line or "DTEND" in line or "TZ" in line] == [
        "DTSTART:20261124T140000Z",
        "DTEND:20261124T144500Z",
    ]


@pytest.mark.parametrize(
    ("start", "zone", "begins", "ends"),
    [
        ("2026-03-28T08:00", "Europe/Stockholm", "TZID=Europe/Stockholm:20260328T090000", "20260328T094500"),
        ("2026-03-29T00:30", "Europe/Stockholm", "TZID=Europe/Stockholm:20260329T013000", "20260329T031500"),
        ("2026-10-24T23:45", "Europe/Stockholm", "TZID=Europe/Stockholm:20261025T014500", "20261025T023000"),
        ("2026-10-25T00:30", "Europe/Stockholm", "20261025T003000Z", "20261025T011500Z"),
        ("2026-10-25T01:30", "Europe/Stockholm", "20261025T013000Z", "20261025T021500Z"),
        ("2026-10-25T02:00", "Europe/Stockholm", "TZID=Europe/Stockholm:20261025T030000", "20261025T034500"),
        ("2026-11-01T05:30", "America/New_York", "20261101T053000Z", "20261101T061500Z"),
        ("2026-11-23T18:40", "Asia/Kolkata", "TZID=Asia/Kolkata:20261124T001000", "20261124T005500"),
        ("2026-04-04T15:10", "Australia/Lord_Howe", "20260404T151000Z", "20260404T155500Z"),
        ("2026-12-31T11:30", "Pacific/Apia", "TZID=Pacific/Apia:20270101T003000", "20270101T011500"),
    ],
)
def test_times_are_right_when_the_clocks_change(start: str, zone: str, begins: str, ends: str) -> None:
    """A time that the clocks show twice would be read as the first; the second is told in UTC."""
    event = an_event(start=datetime.fromisoformat(start).replace(tzinfo=UTC))
    file = lines(invitation(event, zone))
    told = [line for line in file if line.startswith(("DTSTART;TZ", "DTEND;TZ")) or line[-1:] == "Z"]
    assert [line.split(":", 1)[1] for line in told if line.startswith("DTEND")] == [ends]
    assert [re.split("[;:]", line, maxsplit=1)[1] for line in told if line.startswith("DTSTART")] == [begins]
    reader = CalendarReader()
    reader.take(invitation(event, zone))
    assert reader.events[event.uid].start == event.start
    assert reader.events[event.uid].end == event.end


@pytest.mark.parametrize(
    ("status", "partstat", "transparent", "alarms"),
    [
        (Status.TENTATIVE, "NEEDS-ACTION", "OPAQUE", 0),
        (Status.CONFIRMED, "ACCEPTED", "OPAQUE", 2),
        (Status.CANCELLED, "NEEDS-ACTION", "TRANSPARENT", 0),
    ],
)
def test_only_what_was_agreed_is_accepted_and_rings(
    status: Status, partstat: str, transparent: str, alarms: int
) -> None:
    (entry,) = Calendar.from_ical(invitation(an_event(status=status), "Europe/Stockholm")).events
    assert entry["STATUS"] == status
    assert entry["ATTENDEE"].params["PARTSTAT"] == partstat
    assert entry["ATTENDEE"].params["RSVP"] == "FALSE"
    assert entry["TRANSP"] == transparent
    assert [alarm["TRIGGER"].dt for alarm in entry.walk("VALARM")] == [-before for before in ALARMS][:alarms]


def test_one_event_is_offered_agreed_moved_and_called_off() -> None:
    """As an independent calendar takes them; an email that comes late changes nothing."""
    reader, later = CalendarReader(), AGREED.start + timedelta(days=1)
    offered = invitation(an_event(sequence=0, status=Status.TENTATIVE), "Europe/Stockholm")
    agreed = invitation(an_event(sequence=1), "Europe/Stockholm")
    moved = invitation(an_event(sequence=3, start=later), "Asia/Kolkata")
    called_off = invitation(an_event(sequence=4, status=Status.CANCELLED), "Europe/Stockholm")
    reader.take(offered)
    assert reader.events == {AGREED.uid: Held(0, AGREED.start, AGREED.end, "TENTATIVE", "Catch-up", 0)}
    reader.take(agreed)
    reader.take(agreed)
    reader.take(offered)
    assert reader.events == {AGREED.uid: Held(1, AGREED.start, AGREED.end, "CONFIRMED", "Catch-up", 2)}
    reader.take(moved)
    assert reader.events == {AGREED.uid: Held(3, later, later + timedelta(minutes=45), "CONFIRMED", "Catch-up", 2)}
    reader.take(called_off)
    reader.take(moved)
    assert reader.events == {}
    assert reader.ignored == 2


INTENDED = [
    *("ATTENDEE", "CLASS", "DTEND", "DTSTAMP", "DTSTART", "LAST-MODIFIED", "ORGANIZER"),
    *("SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "UID", "URL"),
]

HOSTILE = [
    "x\r\nATTENDEE:mailto:evil@example.org\r\n",
    "x\nEND:VEVENT\nBEGIN:VEVENT",
    "x\rSTATUS:CANCELLED",
    "\0\x01\x0b\x0c\x1b\x85\u2028STATUS:CANCELLED\u2029",
    '"quoted"; with, colons: and ^n carets ^^',
    "\\n \\, \\\\ \\N",
    "\u202eright to left\u202c \u200f\u061c مرحبا",
    "🔥" * 60,
    "=cmd|'/c calc'!A1",
    "\ud800 lone",
    " " * 80 + "\t" + "x" * 200,
]


@given(st.lists(st.one_of(st.text(), st.sampled_from(HOSTILE)), min_size=7, max_size=7))
@example(HOSTILE[:7])
@example(HOSTILE[-7:])
@settings(deadline=None, max_examples=150)
def test_no_text_adds_or_changes_a_property(texts: list[str]) -> None:
    """W6: whatever people wrote, the file has exactly the intended properties, and the texts read back."""
    uid, summary, description, location, name, other, email = texts
    event = an_event(
        uid="u" + uid,
        summary="s" + summary,
        description="d" + description,
        location="l" + location,
        organizer=Party("n" + name, "post@fireside.example"),
        attendee=Party("o" + other, f"{email}@example.org"),
    )
    file = invitation(event, "Europe/Stockholm")
    check_form(file)
    (entry,) = Calendar.from_ical(file).events
    assert entry.errors == []
    assert sorted(entry) == sorted([*INTENDED, "DESCRIPTION", "LOCATION"])
    assert entry["UID"] == one_line(event.uid)
    assert entry["SUMMARY"] == one_line(event.summary)
    assert entry["DESCRIPTION"] == plain_text(event.description)
    assert entry["LOCATION"] == one_line(event.location)
    assert entry["ORGANIZER"].params["CN"] == one_line(event.organizer.name).replace('"', "'")
    assert entry["ATTENDEE"].params["CN"] == one_line(event.attendee.name).replace('"', "'")
    assert sorted(entry["ATTENDEE"].params) == ["CN", "CUTYPE", "PARTSTAT", "ROLE", "RSVP"]
    assert [part.name for part in entry.subcomponents] == ["VALARM", "VALARM"]


@pytest.mark.parametrize("url", [*HOSTILE, "https://fireside.example/a?b=c&d=%20#e"])
def test_no_address_adds_a_property(url: str) -> None:
    file = invitation(an_event(url="https://fireside.example/" + url), "UTC")
    check_form(file)
    (entry,) = Calendar.from_ical(file).events
    assert sorted(entry) == INTENDED


def check_form(file: bytes) -> None:
    """Lines of at most 75 octets ending in CR LF, no other control character, and only names that we write."""
    for line in file.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    rest = file.replace(b"\r\n", b"").decode()
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", rest)
    names = {re.split("[;:]", line, maxsplit=1)[0] for line in lines(file) if line}
    zone = {"TZID", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO"}
    calendar = {"BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "ACTION", "TRIGGER"}
    assert names <= {*INTENDED, "DESCRIPTION", "LOCATION", *zone, *calendar}


def test_marks_of_direction_and_signs_are_kept() -> None:
    assert plain_text("a\r\nb\u200f 🔥\0") == "a\nb\u200f 🔥"
    assert plain_text("C:\\New") == "C:\u29f5New"
    assert one_line(" a\r\n\tb\u2028c ") == "a b c"


def test_the_reader_refuses_what_is_no_invitation() -> None:
    file = invitation(replace(AGREED), "UTC").replace(b"METHOD:REQUEST", b"METHOD:PUBLISH")
    with pytest.raises(ValueError, match="not an invitation"):
        CalendarReader().take(file)
    assert isinstance(AGREED, CalendarEvent)
