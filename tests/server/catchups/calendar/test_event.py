import re
from dataclasses import replace
from datetime import timedelta

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
    assert lines(invitation(AGREED)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Fireside//Catch-ups//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "SUMMARY:Catch-up",
        "DTSTART:20261124T140000Z",
        "DTEND:20261124T144500Z",
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


@pytest.mark.parametrize(
    ("status", "partstat", "transparent", "alarms"),
    [
        (Status.CONFIRMED, "ACCEPTED", "OPAQUE", 2),
        (Status.CANCELLED, "NEEDS-ACTION", "TRANSPARENT", 0),
    ],
)
def test_only_what_was_agreed_is_accepted_and_rings(
    status: Status, partstat: str, transparent: str, alarms: int
) -> None:
    (entry,) = Calendar.from_ical(invitation(an_event(status=status))).events
    assert entry["STATUS"] == status
    assert entry["ATTENDEE"].params["PARTSTAT"] == partstat
    assert entry["ATTENDEE"].params["RSVP"] == "FALSE"
    assert entry["TRANSP"] == transparent
    assert [alarm["TRIGGER"].dt for alarm in entry.walk("VALARM")] == [-before for before in ALARMS][:alarms]


def test_one_event_is_agreed_called_off_agreed_again_and_moved() -> None:
    """As an independent calendar takes them; an email that comes late changes nothing."""
    reader, later = CalendarReader(), AGREED.start + timedelta(days=1)
    agreed = invitation(an_event(sequence=1))
    undone = invitation(an_event(sequence=2, status=Status.CANCELLED))
    again = invitation(an_event(sequence=3))
    moved = invitation(an_event(sequence=5, start=later))
    called_off = invitation(an_event(sequence=6, status=Status.CANCELLED))
    reader.take(agreed)
    reader.take(agreed)
    assert reader.events == {AGREED.uid: Held(1, AGREED.start, AGREED.end, "CONFIRMED", "Catch-up", 2)}
    reader.take(undone)
    assert reader.events == {}
    reader.take(again)
    reader.take(agreed)
    assert reader.events == {AGREED.uid: Held(3, AGREED.start, AGREED.end, "CONFIRMED", "Catch-up", 2)}
    reader.take(moved)
    assert reader.events == {AGREED.uid: Held(5, later, later + timedelta(minutes=45), "CONFIRMED", "Catch-up", 2)}
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
    file = invitation(event)
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
    file = invitation(an_event(url="https://fireside.example/" + url))
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
    calendar = {"BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "ACTION", "TRIGGER"}
    assert names <= {*INTENDED, "DESCRIPTION", "LOCATION", *calendar}


def test_marks_of_direction_and_signs_are_kept() -> None:
    assert plain_text("a\r\nb\u200f 🔥\0") == "a\nb\u200f 🔥"
    assert plain_text("C:\\New") == "C:\u29f5New"
    assert one_line(" a\r\n\tb\u2028c ") == "a b c"


def test_the_reader_refuses_what_is_no_invitation() -> None:
    file = invitation(replace(AGREED)).replace(b"METHOD:REQUEST", b"METHOD:PUBLISH")
    with pytest.raises(ValueError, match="not an invitation"):
        CalendarReader().take(file)
    assert isinstance(AGREED, CalendarEvent)
