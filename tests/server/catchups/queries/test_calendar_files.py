"""A person's own calendar: all that is agreed, each catch-up once; and one booking's entry."""

from datetime import timedelta

import icalendar
import pytest

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.queries.calendar_files import read_feed, read_invitation
from server.catchups.rules.drafts import Draft, Medium
from server.errors import NotFound
from server.people.actions.people import change_details
from server.people.rules.errors import LinkNotFound
from server.people.rules.people import Details
from tests.server.actors import FIRST, NOW, OFFERED, SECOND, WITHDREW, a_booking, accepting, an_offer

SITE = ("https://fireside.example", "Fireside <fireside@fireside.example>")
OTHER_TIME = Draft("", frozenset({Medium.VIDEO}), (SECOND + timedelta(hours=3),), 30)
NOTE = b"How things are with me."


async def entries(database, visitor, now=NOW):
    calendar = icalendar.Calendar.from_ical(await read_feed(database, visitor.person.id, *SITE, now))
    return [
        (str(entry["STATUS"]), entry["DTSTART"].dt.astimezone(NOW.tzinfo), str(entry["SUMMARY"]))
        for entry in calendar.walk("VEVENT")
    ]


async def test_it_holds_what_is_agreed_and_no_offer(database, pair):
    assert await entries(database, pair.mentee) == []
    await a_booking(database, pair)
    await an_offer(database, pair)
    assert await entries(database, pair.mentee) == [("CONFIRMED", FIRST, "Catch-up")]


async def test_what_is_called_off_is_gone(database, pair):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    assert await entries(database, pair.mentee) == []


async def test_one_that_is_asked_to_be_moved_stands_until_the_other_time_is_agreed(database, pair):
    booking = await a_booking(database, pair)
    move = await ask_to_move(database, pair.mentor, booking.id, OTHER_TIME, OFFERED, NOW)
    assert await entries(database, pair.mentee) == [("CONFIRMED", FIRST, "Catch-up")]
    await accept_offer(database, pair.mentee, move.id, accepting(move.starts[0]), NOW)
    assert await entries(database, pair.mentee) == [("CONFIRMED", move.starts[0], "Catch-up")]


async def test_what_is_over_stays_for_a_season(database, pair):
    await a_booking(database, pair)
    assert len(await entries(database, pair.mentee, FIRST + timedelta(days=89))) == 1
    assert await entries(database, pair.mentee, FIRST + timedelta(days=90)) == []


async def test_names_only_for_who_wants_them(database, pair):
    await a_booking(database, pair)
    file = await read_feed(database, pair.mentee.person.id, *SITE, NOW)
    assert b"Maya" not in file
    assert NOTE not in file
    await change_details(database, pair.mentee, Details("en", "Europe/London", "", "", discreet=False))
    assert await entries(database, pair.mentee) == [("CONFIRMED", FIRST, "Catch-up with Maya")]


async def test_it_is_the_same_as_long_as_nothing_changes(database, pair):
    await a_booking(database, pair)
    first, second = [
        await read_feed(database, pair.mentee.person.id, *SITE, NOW + timedelta(minutes=minutes)) for minutes in (0, 30)
    ]
    assert first == second


async def test_nobody_elses_catchups_are_in_it(database, pair):
    await a_booking(database, pair)
    assert await entries(database, pair.stranger) == []


async def test_one_bookings_entry_is_for_who_takes_part(database, pair, by_link):
    booking, other = await a_booking(database, pair), await an_offer(database, pair)
    file = await read_invitation(database, pair.mentee, booking.id, *SITE)
    [entry] = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert (str(entry["STATUS"]), entry["DTSTART"].dt) == ("CONFIRMED", FIRST)
    assert str(entry["URL"]) == f"https://fireside.example/catchups/{booking.catchup_id}"
    for visitor in (pair.stranger, await by_link(pair.mentee.person, other.catchup_id)):
        with pytest.raises(NotFound):
            await read_invitation(database, visitor, booking.id, *SITE)


async def test_a_booking_that_was_moved_has_no_entry_of_its_own_any_more(database, pair):
    booking = await a_booking(database, pair)
    move = await ask_to_move(database, pair.mentor, booking.id, OTHER_TIME, OFFERED, NOW)
    await accept_offer(database, pair.mentee, move.id, accepting(move.starts[0]), NOW)
    with pytest.raises(NotFound):
        await read_invitation(database, pair.mentee, booking.id, *SITE)


async def test_one_called_off_calls_the_entry_off(database, pair):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    calendar = icalendar.Calendar.from_ical(await read_invitation(database, pair.mentee, booking.id, *SITE))
    assert str(calendar["METHOD"]) == "CANCEL"


async def test_nobody_has_no_feed(database):
    with pytest.raises(LinkNotFound):
        await read_feed(database, 99, *SITE, NOW)
