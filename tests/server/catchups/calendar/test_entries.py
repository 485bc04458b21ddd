"""A catch-up in somebody's calendar: discreet, unless they want to see more there."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from server.catchups.calendar.entries import event_of, title_of
from server.catchups.calendar.event import CalendarEvent, Method, Party, Status
from server.catchups.rules import invitations
from server.catchups.rules.drafts import Medium
from server.catchups.rules.invitations import Invitation
from server.people.rules.people import Person

START, STAMP = datetime(2026, 11, 24, 14, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)
MAYA = Person(1, "Maya Lindqvist", "Europe/Stockholm", "en", "")
SAM = Person(2, "Sam Okafor", "Europe/London", "en", "")
INVITATION = Invitation(invitations.Status.CONFIRMED, 3, START, 30, Medium.VIDEO)

SAID = """\
Open your catch-up:
https://fireside.example/catchups/4

An answer that you give in your calendar reaches nobody. To ask for another time or to withdraw, open this address. \
It is only for you."""


def event(invitation: Invitation = INVITATION, reader: Person = SAM, **changes: Any) -> CalendarEvent:
    return event_of(
        invitation,
        uid="5d2f@fireside",
        reader=reader,
        email="sam@example.org",
        other=MAYA,
        note="I moved house.",
        address="https://fireside.example/catchups/4",
        sender="Fireside <post@fireside.example>",
        stamp=STAMP,
        **changes,
    )


def test_it_names_nobody_else_and_nothing() -> None:
    assert event() == CalendarEvent(
        uid="5d2f@fireside",
        sequence=3,
        start=START,
        minutes=30,
        status=Status.CONFIRMED,
        summary="Catch-up",
        description=SAID,
        location="https://fireside.example/catchups/4",
        url="https://fireside.example/catchups/4",
        organizer=Party("Fireside", "post@fireside.example"),
        attendee=Party("Sam Okafor", "sam@example.org"),
        stamp=STAMP,
    )


def test_who_wants_to_see_more_does() -> None:
    open_sam = replace(SAM, discreet=False)
    shown = event(reader=open_sam)
    assert (shown.summary, shown.description, shown.location) == (
        "Catch-up with Maya Lindqvist",
        f"Video\n\nI moved house.\n\n{SAID}",
        "https://fireside.example/catchups/4",
    )
    assert event(replace(INVITATION, medium=Medium.PHONE), open_sam).description.startswith("Phone\n\n")
    assert title_of(replace(open_sam, language="de"), MAYA) == "Gespräch mit Maya Lindqvist"


@pytest.mark.parametrize(
    ("status", "method"),
    [("CONFIRMED", Method.REQUEST), ("CANCELLED", Method.CANCEL)],
)
def test_what_is_called_off_is_cancelled(status: str, method: Method) -> None:
    told = event(replace(INVITATION, status=invitations.Status(status)))
    assert (told.status, told.method) == (Status(status), method)
