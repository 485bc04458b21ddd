"""A private calendar to subscribe to: a person's catch-ups in one file, which their calendar fetches regularly."""

from collections.abc import Sequence
from datetime import timedelta

from server.catchups.calendar.event import CalendarEvent, calendar_of, entry_of, one_line

REFRESH = timedelta(hours=1)


def feed(events: Sequence[CalendarEvent], zone: str, name: str) -> bytes:
    """The file: these events, under the name that the calendar gets. `zone` is the one to show them in.

    Its owner needs no invitation, so the events have no attendees.
    """
    calendar = calendar_of("PUBLISH")
    calendar.add("X-WR-CALNAME", one_line(name))
    calendar.add("X-WR-TIMEZONE", zone)
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT1H")
    for event in events:
        calendar.add_component(entry_of(event))
    return bytes(calendar.to_ical())
