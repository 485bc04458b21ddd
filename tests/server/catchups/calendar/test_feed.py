from datetime import timedelta

from icalendar import Calendar

from server.catchups.calendar.feed import feed
from tests.server.catchups.calendar.an_event import AGREED, an_event

SUMMER = an_event(uid="a1@fireside", start=AGREED.start - timedelta(days=150))


def test_a_feed_holds_every_event_and_names_the_zone_to_show_it_in() -> None:
    calendar = Calendar.from_ical(feed([AGREED, SUMMER], "Europe/Stockholm", "Catch-ups"))
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["X-WR-CALNAME"] == "Catch-ups"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert [(str(entry["UID"]), entry["DTSTART"].dt.isoformat(), entry["STATUS"]) for entry in calendar.events] == [
        (AGREED.uid, "2026-11-24T14:00:00+00:00", "CONFIRMED"),
        (SUMMER.uid, "2026-06-27T14:00:00+00:00", "CONFIRMED"),
    ]
    assert calendar["X-WR-TIMEZONE"] == "Europe/Stockholm"
    assert calendar.timezones == []


def test_nobody_is_named_as_invited() -> None:
    assert b"ATTENDEE" not in feed([AGREED], "UTC", "Catch-ups")
    assert b"Noor" not in feed([AGREED], "UTC", "Catch-ups")


def test_a_feed_may_be_empty() -> None:
    calendar = Calendar.from_ical(feed([], "Europe/Stockholm", "Catch-ups"))
    assert calendar.subcomponents == []


def test_a_name_adds_no_property() -> None:
    calendar = Calendar.from_ical(feed([], "UTC", "a\r\nMETHOD:CANCEL;,x"))
    assert calendar["X-WR-CALNAME"] == "a METHOD:CANCEL;,x"
    assert calendar["METHOD"] == "PUBLISH"
