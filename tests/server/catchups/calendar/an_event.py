"""An event of the cast, to be varied by the calendar's tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from server.catchups.calendar.event import CalendarEvent, Party
from server.catchups.rules.invitations import Status

AGREED = CalendarEvent(
    uid="5d2f@fireside",
    sequence=3,
    start=datetime(2026, 11, 24, 14, 0, tzinfo=UTC),
    minutes=45,
    status=Status.CONFIRMED,
    summary="Catch-up",
    description="",
    location="",
    url="https://fireside.example/catchups/7",
    organizer=Party("Fireside", "post@fireside.example"),
    attendee=Party("Noor", "noor@example.org"),
    stamp=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
)


def an_event(**changes: Any) -> CalendarEvent:
    return replace(AGREED, **changes)
