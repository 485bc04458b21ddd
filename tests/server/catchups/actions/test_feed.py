"""A person's own calendar: all that is agreed or may be, each catch-up once; behind one secret that can be ended."""

from datetime import timedelta

import icalendar
import pytest

from server.catchups.actions.answers import accept_offer, decline_offer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.actions.feed import read_feed, read_invitation, subscribe, unsubscribe
from server.catchups.rules.offers import Draft, Medium
from server.errors import NotFound, TooManyTries
from server.people.actions.links import make_link, open_link
from server.people.actions.people import change_details
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import LASTS, Purpose
from server.people.rules.people import Details
from server.people.rules.rate_limits import WRONG_FEEDS, WRONG_LINKS
from tests.server.actors import DECLINED, FIRST, NOW, OFFERED, SECOND, WITHDREW, a_booking, accepting, an_offer

HOUSE = ("https://fireside.example", "Fireside <fireside@fireside.example>")
HERE = "192.0.2.1"
OTHER_TIME = Draft("", frozenset({Medium.VIDEO}), (SECOND + timedelta(hours=3),), 30)


async def entries(database, secret, now=NOW):
    calendar = icalendar.Calendar.from_ical(await read_feed(database, secret, *HOUSE, now, HERE))
    return [
        (str(entry["STATUS"]), entry["DTSTART"].dt.astimezone(NOW.tzinfo), str(entry["SUMMARY"]))
        for entry in calendar.walk("VEVENT")
    ]


@pytest.fixture
async def secret(database, pair):
    return await subscribe(database, pair.mentee, NOW)


async def test_it_holds_what_is_agreed_and_what_may_be(database, pair, secret):
    assert await entries(database, secret) == []
    await a_booking(database, pair)
    await an_offer(database, pair)
    assert await entries(database, secret) == [("CONFIRMED", FIRST, "Catch-up"), ("TENTATIVE", FIRST, "Catch-up")]


async def test_what_is_called_off_declined_or_run_out_is_gone(database, pair, secret):
    booking = await a_booking(database, pair)
    offer = await an_offer(database, pair)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    assert len(await entries(database, secret)) == 1
    await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW)
    assert await entries(database, secret) == []
    await an_offer(database, pair)
    assert await entries(database, secret, SECOND) == []


async def test_an_offer_stands_at_its_first_time_that_is_to_come(database, pair, secret):
    await an_offer(database, pair)
    assert await entries(database, secret, FIRST) == [("TENTATIVE", SECOND, "Catch-up")]


async def test_one_that_is_asked_to_be_moved_stands_until_the_other_time_is_agreed(database, pair, secret):
    booking = await a_booking(database, pair)
    move = await ask_to_move(database, pair.mentor, booking.id, OTHER_TIME, OFFERED, NOW)
    assert await entries(database, secret) == [("CONFIRMED", FIRST, "Catch-up")]
    await accept_offer(database, pair.mentee, move.id, accepting(move.starts[0]), NOW)
    assert await entries(database, secret) == [("CONFIRMED", move.starts[0], "Catch-up")]


async def test_what_is_over_stays_for_a_season(database, pair, secret):
    await a_booking(database, pair)
    assert len(await entries(database, secret, FIRST + timedelta(days=89))) == 1
    assert await entries(database, secret, FIRST + timedelta(days=90)) == []


async def test_names_only_for_who_wants_them(database, pair, secret):
    await a_booking(database, pair)
    file = await read_feed(database, secret, *HOUSE, NOW, HERE)
    assert b"Maya" not in file
    assert DRAFT_NOTE not in file
    await change_details(database, pair.mentee, Details("en", "Europe/London", "", "", discreet=False))
    assert await entries(database, secret) == [("CONFIRMED", FIRST, "Catch-up with Maya")]


DRAFT_NOTE = b"How things are with me."


async def test_it_is_the_same_as_long_as_nothing_changes(database, pair, secret):
    await a_booking(database, pair)
    first, second = [
        await read_feed(database, secret, *HOUSE, NOW + timedelta(minutes=minutes), HERE) for minutes in (0, 30)
    ]
    assert first == second


async def test_nobody_elses_catchups_are_in_it(database, pair):
    await a_booking(database, pair)
    assert await entries(database, await subscribe(database, pair.stranger, NOW)) == []


async def test_a_new_one_ends_the_old_and_it_can_be_ended(database, pair, secret):
    fresh = await subscribe(database, pair.mentee, NOW)
    with pytest.raises(LinkNotFound):
        await entries(database, secret)
    assert await entries(database, fresh) == []
    await unsubscribe(database, pair.mentee, NOW)
    with pytest.raises(LinkNotFound):
        await entries(database, fresh)


async def test_only_from_home(database, pair, by_link):
    offer = await an_offer(database, pair)
    visitor = await by_link(pair.mentee.person, offer.catchup_id)
    for act in (subscribe, unsubscribe):
        with pytest.raises(NotFound):
            await act(database, visitor, NOW)


async def test_a_secret_opens_what_it_is_for_and_nothing_else(database, pair, secret):
    with pytest.raises(LinkNotFound):
        await open_link(database, secret, None, NOW)
    async with database.writing() as connection:
        home = await make_link(connection, NOW, person_id=pair.mentee.person.id, purpose=Purpose.HOME, path="/home")
    with pytest.raises(LinkNotFound):
        await entries(database, home)


async def test_unknown_expired_and_ended_are_told_the_same_and_counted_alike(database, pair, secret):
    ended = await subscribe(database, pair.mentor, NOW)
    await unsubscribe(database, pair.mentor, NOW)
    for wrong, now in (("invented", NOW), (ended, NOW), (secret, NOW + LASTS[Purpose.FEED])):
        with pytest.raises(LinkNotFound) as refusal:
            await read_feed(database, wrong, *HOUSE, now, HERE)
        assert refusal.value.sentence == LinkNotFound.sentence


async def test_too_many_wrong_ones_have_to_wait_but_nobody_elsewhere_nor_a_link(database, pair, secret):
    for number in range(WRONG_FEEDS.tries):
        with pytest.raises(LinkNotFound):
            await read_feed(database, f"wrong{number}", *HOUSE, NOW, HERE)
    with pytest.raises(TooManyTries):
        await read_feed(database, secret, *HOUSE, NOW, HERE)
    assert await read_feed(database, secret, *HOUSE, NOW, "192.0.2.2")
    assert WRONG_LINKS.name != WRONG_FEEDS.name


async def test_one_bookings_entry_is_for_who_takes_part(database, pair, by_link):
    booking, other = await a_booking(database, pair), await an_offer(database, pair)
    file = await read_invitation(database, pair.mentee, booking.id, *HOUSE)
    [entry] = icalendar.Calendar.from_ical(file).walk("VEVENT")
    assert (str(entry["STATUS"]), entry["DTSTART"].dt) == ("CONFIRMED", FIRST)
    assert str(entry["URL"]) == f"https://fireside.example/catchups/{booking.catchup_id}"
    for visitor in (pair.stranger, await by_link(pair.mentee.person, other.catchup_id)):
        with pytest.raises(NotFound):
            await read_invitation(database, visitor, booking.id, *HOUSE)


async def test_a_booking_that_was_moved_has_no_entry_of_its_own_any_more(database, pair):
    booking = await a_booking(database, pair)
    move = await ask_to_move(database, pair.mentor, booking.id, OTHER_TIME, OFFERED, NOW)
    await accept_offer(database, pair.mentee, move.id, accepting(move.starts[0]), NOW)
    with pytest.raises(NotFound):
        await read_invitation(database, pair.mentee, booking.id, *HOUSE)


async def test_one_called_off_calls_the_entry_off(database, pair):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    calendar = icalendar.Calendar.from_ical(await read_invitation(database, pair.mentee, booking.id, *HOUSE))
    assert str(calendar["METHOD"]) == "CANCEL"
