"""What three independent programs, under the three ways of reading zones, make of our invitations."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from server.catchups.calendar.entries import event_of
from server.catchups.calendar.event import invitation
from server.catchups.calendar.feed import feed
from server.catchups.rules.drafts import Medium
from server.catchups.rules.invitations import Invitation, Status
from server.people.rules.people import Person
from tests.server.catchups.calendar.readers import POLICIES, READERS, Read, SeveralStandards, by_ical_js, zones_as

ZONES = ("Europe/Stockholm", "Europe/Dublin", "Africa/Casablanca", "Asia/Kolkata")
LINK = "https://fireside.example/l/secret"
MAYA = Person(1, "Maya Lindqvist", "Europe/Stockholm", "en", "")

# By the clocks of each zone: in its summer, its winter, in Ramadan, and where clocks show an hour twice or skip one.
LOCAL = [
    "2026-07-14T09:00",
    "2026-01-14T09:00",
    "2026-03-04T18:30",
    "2026-10-25T00:45",
    "2026-10-25T01:30",
    "2026-03-29T00:30",
    "2026-12-31T23:50",
]
TABLE = list(product(ZONES, LOCAL))


def agreed(zone: str, local: str) -> tuple[Person, datetime]:
    sam = Person(2, "Sam Okafor", zone, "en", "")
    return sam, datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)


def file_for(reader: Person, start: datetime, *, in_feed: bool = False) -> bytes:
    event = event_of(
        Invitation(Status.CONFIRMED, 3, start, 45, Medium.VIDEO),
        uid="5d2f@fireside",
        reader=reader,
        email="sam@example.org",
        other=MAYA,
        note="I moved house.",
        address=LINK,
        sender="Fireside <post@fireside.example>",
        stamp=datetime(2025, 12, 20, 9, tzinfo=UTC),
    )
    return feed([event], reader.zone, "Catch-ups") if in_feed else invitation(event)


@pytest.mark.parametrize("in_feed", [False, True], ids=["invitation", "feed"])
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_every_reader_finds_the_instant_and_the_way_into_the_call(read: Read, policy: str, in_feed: bool) -> None:
    people = [agreed(zone, local) for zone, local in TABLE]
    files = [zones_as(policy, file_for(reader, start, in_feed=in_feed)) for reader, start in people]
    for (zone, local), (_, start), shown in zip(TABLE, people, read(files), strict=True):
        assert shown[:2] == (start, start + timedelta(minutes=45)), (zone, local)
        assert shown[2] == LINK
        assert LINK in shown[3]
        assert [private for private in ("Maya", "moved house", "Video") if private in shown[3]] == []


OCTOBER = "BEGIN:STANDARD\r\nDTSTART:{}1025T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\n"
# The winter before, the summer, the winter after, each told once: as a zone was described before.
SEVERAL = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VTIMEZONE\r\nTZID:Dublin by itself\r\n"
    + OCTOBER.format(2025)
    + "BEGIN:DAYLIGHT\r\nDTSTART:20260329T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nEND:DAYLIGHT\r\n"
    + OCTOBER.format(2026)
    + "END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Dublin by itself:{0}\r\n"
    "DTEND;TZID=Dublin by itself:{0}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_the_policies_do_harm_where_a_zone_is_described_with_several_standards() -> None:
    """The control: what we do not send is misread by two of them, and refused by the third."""
    july, november = (SEVERAL.format(at).encode() for at in ("20260714T090000", "20261124T090000"))
    hours = [
        shown[0].hour for shown in by_ical_js([july, november, zones_as("first", november), zones_as("last", november)])
    ]
    assert hours == [8, 9, 8, 9]
    with pytest.raises(SeveralStandards):
        zones_as("refuse", july)
