"""Calls of three in the feed of somebody who was introduced: from their yes on, for as long as they come."""

from datetime import timedelta

import icalendar
import pytest

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move
from server.catchups.queries.calendar_files import read_feed
from server.catchups.rules.drafts import Draft, Medium
from server.errors import NotFound
from server.guests.actions.following import follow_catchups
from server.guests.actions.seats import end_seat_of
from server.guests.queries.calendar_files import read_guest_invitation
from server.introductions.actions.three import join_three, leave_three
from server.people.actions.people import change_details
from server.people.rules.people import Details
from tests.server.actors import FIRST, NOW, OFFERED, SECOND, accepting
from tests.server.guests.seating import NO, key_to
from tests.server.introductions.three import JOINS, JOINS_NOT, booked, in_contact, joined

SITE = ("https://fireside.example", "Fireside <fireside@fireside.example>")


async def feed(database, visitor, now=NOW):
    return await read_feed(database, visitor.person.id, *SITE, now)


async def entries(database, visitor, now=NOW):
    calendar = icalendar.Calendar.from_ical(await feed(database, visitor, now))
    return [(entry["DTSTART"].dt.astimezone(NOW.tzinfo), str(entry["URL"])) for entry in calendar.walk("VEVENT")]


async def test_a_call_of_three_stands_in_the_feed_from_the_yes_to_its_withdrawal(database, pair):
    found = await in_contact(database, pair)
    _, seat = await booked(database, pair, found)
    assert await entries(database, found.ana) == []
    with pytest.raises(NotFound):
        await read_guest_invitation(database, key_to(seat), *SITE, NOW)
    await join_three(database, found.ana, found.id, seat.id, JOINS, NOW)
    page = f"https://fireside.example/introductions/{found.id}"
    assert await entries(database, found.ana) == [(FIRST, page)]
    assert [len(await entries(database, each)) for each in (pair.mentor, pair.mentee)] == [1, 1]
    # The same event as in the file that she gets, but for the address: nothing in it lets anybody in.
    file = await read_guest_invitation(database, key_to(seat), *SITE, NOW)
    ours, theirs = [
        icalendar.Calendar.from_ical(each).walk("VEVENT")[0] for each in (await feed(database, found.ana), file)
    ]
    assert [str(ours[name]) for name in ("UID", "SUMMARY")] == [str(theirs[name]) for name in ("UID", "SUMMARY")]
    assert b"/g/" in file
    assert b"/g/" not in await feed(database, found.ana)
    await leave_three(database, found.ana, found.id, seat.id, JOINS_NOT, NOW)
    assert await entries(database, found.ana) == []


async def test_it_is_the_same_file_until_the_call_moves(database, pair):
    found = await in_contact(database, pair)
    booking, _ = await joined(database, pair, found)
    same = [await feed(database, found.ana, NOW + timedelta(minutes=minutes)) for minutes in (0, 30)]
    assert same[0] == same[1]
    draft = Draft("", frozenset({Medium.VIDEO}), (SECOND + timedelta(days=1),), 30)
    asked = await ask_to_move(database, pair.mentor, booking.id, draft, OFFERED, NOW)
    await accept_offer(database, pair.mentee, asked.id, accepting(draft.starts[0]), NOW)
    [(start, _)] = await entries(database, found.ana)
    assert start == draft.starts[0]


async def test_it_goes_a_day_after_the_call(database, pair):
    found = await in_contact(database, pair)
    booking, _ = await joined(database, pair, found)
    for hours, left in ((1, 1), (25, 0)):
        await follow_catchups(database, booking.end + timedelta(hours=hours))
        assert len(await entries(database, found.ana)) == left


async def test_it_goes_when_one_of_the_two_does_not_want_it_any_more(database, pair):
    found = await in_contact(database, pair)
    booking, seat = await joined(database, pair, found)
    await end_seat_of(database, pair.mentee, booking.id, seat.id, NO, NOW)
    assert await entries(database, found.ana) == []


async def test_it_names_the_two_only_if_nobody_minds(database, pair):
    found = await in_contact(database, pair)
    await joined(database, pair, found)
    assert b"Maya" not in await feed(database, found.ana)
    for each in (pair.mentor, pair.mentee, found.ana):
        await change_details(database, each, Details("en", "Europe/London", "", "", discreet=False))
    assert b"Catch-up of Maya and Sam" in (await feed(database, found.ana)).replace(b"\r\n ", b"")
