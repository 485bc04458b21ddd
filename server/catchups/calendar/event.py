"""One catch-up as an entry of somebody's calendar, and the invitation that puts it there (RFC 5545, RFC 5546).

Times are in UTC, so no calendar has to know a zone or be told of one: programs disagree about descriptions of zones
(the first STANDARD counts, or the last, or there may be only one). Each shows the event in its owner's own time.

An entry has exactly the properties that are meant, whatever people wrote: their text cannot add control characters or
line ends.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from icalendar import Alarm, Calendar, vCalAddress, vText
from icalendar import Event as Entry

from server.catchups.rules.invitations import Status

PRODUCT = "-//Fireside//Catch-ups//EN"
ALARMS = (timedelta(days=1), timedelta(minutes=15))
LONGEST_LINE = 1000
LONGEST_TEXT = 8000

# Calendars disagree about what a backslash does to the character behind it, so those that people write become a
# look-alike.
BACKSLASH = "\u29f5"


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


# What the invited person has answered, by the status of the event. They answer on their page, not by calendar.
ANSWERED = {Status.TENTATIVE: "NEEDS-ACTION", Status.CONFIRMED: "ACCEPTED", Status.CANCELLED: "NEEDS-ACTION"}


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in an event. `name` may be empty."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """What one calendar is to show. `start` and `stamp` (when this was decided) are aware UTC.

    All versions of an event have one `uid`; the highest `sequence` counts. Empty texts are left out.
    """

    uid: str
    sequence: int
    start: datetime
    minutes: int
    status: Status
    summary: str
    description: str
    location: str
    url: str
    organizer: Party
    attendee: Party
    stamp: datetime

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    @property
    def method(self) -> Method:
        """What an invitation asks the calendar to do."""
        return Method.CANCEL if self.status is Status.CANCELLED else Method.REQUEST


def invitation(event: CalendarEvent) -> bytes:
    """The file to send."""
    calendar = calendar_of(event.method)
    calendar.add_component(_invited(entry_of(event), event))
    return bytes(calendar.to_ical())


def calendar_of(method: str) -> Calendar:
    """A calendar without entries."""
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    return calendar


def entry_of(event: CalendarEvent) -> Entry:
    """The event without its attendees."""
    entry = Entry()
    entry.add("UID", one_line(event.uid))
    entry.add("SEQUENCE", event.sequence)
    entry.add("DTSTAMP", event.stamp.astimezone(UTC))
    entry.add("LAST-MODIFIED", event.stamp.astimezone(UTC))
    entry.add("DTSTART", event.start.astimezone(UTC))
    entry.add("DTEND", event.end.astimezone(UTC))
    entry.add("SUMMARY", one_line(event.summary))
    entry.add("STATUS", event.status)
    entry.add("TRANSP", "TRANSPARENT" if event.status is Status.CANCELLED else "OPAQUE")
    entry.add("CLASS", "PRIVATE")
    entry.add("ORGANIZER", _address(event.organizer))
    _add_texts(entry, event)
    if event.status is Status.CONFIRMED:
        for before in ALARMS:
            entry.add_component(_alarm(before, one_line(event.summary)))
    return entry


def one_line(text: str) -> str:
    """The text in one line, without control characters."""
    return " ".join(plain_text(text).split())[:LONGEST_LINE]


def plain_text(text: str) -> str:
    """The text with plain line ends and without other control characters; marks of direction are kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    signs = lines.replace("\t", " ").replace("\\", BACKSLASH)
    kept = (c for c in signs if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept)[:LONGEST_TEXT]


def _add_texts(entry: Entry, event: CalendarEvent) -> None:
    if event.description:
        entry.add("DESCRIPTION", plain_text(event.description))
    if event.location:
        entry.add("LOCATION", one_line(event.location))
    if event.url:
        entry.add("URL", quote(one_line(event.url), safe="%:/?#[]@!$&'()*+,;=~"))


def _invited(entry: Entry, event: CalendarEvent) -> Entry:
    attendee = _address(event.attendee)
    attendee.params["CUTYPE"] = vText("INDIVIDUAL")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText(ANSWERED[event.status])
    attendee.params["RSVP"] = vText("FALSE")
    entry.add("ATTENDEE", attendee, encode=False)
    return entry


def _address(party: Party) -> vCalAddress:
    address = vCalAddress("mailto:" + quote(one_line(party.email), safe="@+"))
    name = one_line(party.name).replace('"', "'")
    if name:
        address.params["CN"] = vText(name)
    return address


def _alarm(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", summary)
    alarm.add("TRIGGER", -before)
    return alarm
