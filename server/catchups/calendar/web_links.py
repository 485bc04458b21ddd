"""Links that open a web calendar with a catch-up filled in, for people who cannot open a file where they read mail."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from server.catchups.calendar.event import CalendarEvent, one_line, plain_text

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"
OFFICE = "https://outlook.office.com/calendar/0/deeplink/compose"


@dataclass(frozen=True, slots=True)
class WebLink:
    """`calendar` is the name that people know."""

    calendar: str
    address: str


def web_links(event: CalendarEvent) -> tuple[WebLink, ...]:
    """One link for each of the common web calendars."""
    return (
        WebLink("Google Calendar", _google(event)),
        WebLink("Outlook.com", _outlook(OUTLOOK, event)),
        WebLink("Microsoft 365", _outlook(OFFICE, event)),
    )


def _google(event: CalendarEvent) -> str:
    times = f"{_utc(event.start):%Y%m%dT%H%M%SZ}/{_utc(event.end):%Y%m%dT%H%M%SZ}"
    asked = {
        "action": "TEMPLATE",
        "text": one_line(event.summary),
        "dates": times,
        "details": plain_text(event.description),
    }
    return _address(GOOGLE, asked | {"location": one_line(event.location)})


def _outlook(address: str, event: CalendarEvent) -> str:
    asked = {"path": "/calendar/action/compose", "rru": "addevent", "subject": one_line(event.summary)}
    times = {"startdt": f"{_utc(event.start):%Y-%m-%dT%H:%M:%SZ}", "enddt": f"{_utc(event.end):%Y-%m-%dT%H:%M:%SZ}"}
    return _address(
        address, asked | times | {"body": plain_text(event.description), "location": one_line(event.location)}
    )


def _address(address: str, asked: dict[str, str]) -> str:
    return f"{address}?{urlencode({key: value for key, value in asked.items() if value}, quote_via=quote, safe='')}"


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
