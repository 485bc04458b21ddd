from urllib.parse import parse_qs, urlsplit

import pytest

from server.catchups.calendar.web_links import WebLink, web_links
from tests.server.catchups.calendar.an_event import an_event


def asked(link: WebLink) -> dict[str, str]:
    return {key: value for key, (value,) in parse_qs(urlsplit(link.address).query, strict_parsing=True).items()}


def test_each_common_calendar_has_its_link() -> None:
    google, outlook, office = web_links(an_event(description="https://fireside.example/catchups/7"))
    assert [link.calendar for link in (google, outlook, office)] == [
        "Google Calendar",
        "Outlook.com",
        "Microsoft 365",
    ]
    assert [urlsplit(link.address).hostname for link in (google, outlook, office)] == [
        "calendar.google.com",
        "outlook.live.com",
        "outlook.office.com",
    ]
    assert asked(google) == {
        "action": "TEMPLATE",
        "text": "Catch-up",
        "dates": "20261124T140000Z/20261124T144500Z",
        "details": "https://fireside.example/catchups/7",
    }
    assert (
        asked(outlook)
        == asked(office)
        == {
            "path": "/calendar/action/compose",
            "rru": "addevent",
            "subject": "Catch-up",
            "startdt": "2026-11-24T14:00:00Z",
            "enddt": "2026-11-24T14:45:00Z",
            "body": "https://fireside.example/catchups/7",
        }
    )


@pytest.mark.parametrize("text", ["a&b=c#d?e+f%20", "\r\nLocation: x", '"><script>', "🔥 مرحبا", "\ud800x"])
def test_no_text_leaves_its_place(text: str) -> None:
    for link in web_links(an_event(summary=text, description=text, location=text)):
        assert link.address.isascii()
        assert not set(link.address) & set("\"<>' \r\n")
        assert set(asked(link)) <= {
            *("action", "text", "dates", "details", "location"),
            *("path", "rru", "subject", "startdt", "enddt", "body"),
        }


def test_text_is_read_back() -> None:
    google, outlook, _ = web_links(an_event(summary="a+b & c", description="one\ntwo", location="x, y"))
    assert (asked(google)["text"], asked(outlook)["subject"]) == ("a+b & c", "a+b & c")
    assert asked(google)["details"] == "one\ntwo"
    assert asked(outlook)["location"] == "x, y"
