"""A small calendar that takes invitations as people's calendars do (RFC 5546): by UID, and only if not older."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Held:
    """What the calendar shows of one event."""

    sequence: int
    start: datetime
    end: datetime
    status: str
    summary: str
    alarms: int


@dataclass
class CalendarReader:
    """Nothing of the server's own code runs here: bytes in, the events that stand in `events` by UID."""

    events: dict[str, Held] = field(default_factory=dict)
    cancelled: dict[str, int] = field(default_factory=dict)
    ignored: int = 0

    def take(self, invitation: bytes) -> None:
        """Applies a REQUEST or a CANCEL. Raises ValueError for anything else."""
        calendar = Calendar.from_ical(invitation)
        if calendar["METHOD"] not in ("REQUEST", "CANCEL"):
            raise ValueError(f"not an invitation: {calendar['METHOD']}")
        (entry,) = calendar.events
        if entry.errors:
            raise ValueError(f"broken properties: {entry.errors}")
        uid, held = str(entry["UID"]), _held(entry)
        newest = self.events[uid].sequence if uid in self.events else self.cancelled.get(uid, -1) + 1
        if held.sequence < newest:
            self.ignored += 1
        elif calendar["METHOD"] == "REQUEST":
            self.events[uid] = held
        else:
            self.events.pop(uid, None)
            self.cancelled[uid] = held.sequence

    def take_mail(self, message: EmailMessage) -> None:
        """Applies each calendar part of a mail, once."""
        parts = {
            part.get_payload(decode=True)
            for part in message.walk()
            if part.get_content_type() in ("text/calendar", "application/ics")
        }
        for part in sorted(parts):
            self.take(part)


def _held(entry: Event) -> Held:
    return Held(
        sequence=int(entry["SEQUENCE"]),
        start=entry["DTSTART"].dt.astimezone(UTC),
        end=entry["DTEND"].dt.astimezone(UTC),
        status=str(entry["STATUS"]),
        summary=str(entry["SUMMARY"]),
        alarms=len(entry.walk("VALARM")),
    )
