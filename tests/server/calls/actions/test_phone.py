"""Giving one's number, and saying whether one would go on by phone."""

import pytest

from server.calls.actions.phone import allow_phone, disallow_phone, give_number
from server.catchups.actions.bookings import withdraw
from server.catchups.actions.ledger import verify
from server.catchups.rules.errors import BookingOver, NothingToWithdraw
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import Medium
from server.catchups.store.bookings import read_booking
from server.errors import InvalidInput, NotFound
from server.people.store.people import find_person
from tests.server.actors import ALLOWED_PHONE, FIRST, NOW, SECOND, SHOWN, WITHDREW, a_booking, kinds_in

WITHOUT_PHONE = SHOWN[ChoiceKind.DISALLOWED_PHONE]


async def stands(database, pair, booking):
    async with database.reading() as connection:
        return (await read_booking(connection, pair.mentor, booking.id)).booking.phone_fallback


async def test_a_number_is_kept_with_the_person(database, pair):
    booking = await a_booking(database, pair, medium=Medium.PHONE)
    await give_number(database, pair.mentee, booking.id, " +44 20  7946 0123")
    async with database.reading() as connection:
        sam = await find_person(connection, pair.mentee.person.id)
    assert (sam.phone, sam.zone_known) == ("+44 20 7946 0123", False)


async def test_the_fallback_stands_while_both_allow_it(database, pair):
    booking = await a_booking(database, pair)
    await allow_phone(database, pair.mentor, booking.id, ALLOWED_PHONE, NOW)
    assert not await stands(database, pair, booking)
    await allow_phone(database, pair.mentee, booking.id, ALLOWED_PHONE, NOW)
    assert await stands(database, pair, booking)
    await disallow_phone(database, pair.mentor, booking.id, WITHOUT_PHONE, NOW)
    assert not await stands(database, pair, booking)
    await allow_phone(database, pair.mentor, booking.id, ALLOWED_PHONE, NOW)
    assert await stands(database, pair, booking)
    chosen = ["offered", "accepted", "allowed_phone", "allowed_phone", "disallowed_phone", "allowed_phone"]
    assert await kinds_in(database, booking.catchup_id) == chosen
    assert (await verify(database)).holds


async def test_said_twice_is_kept_once(database, pair, contents):
    booking = await a_booking(database, pair)
    await allow_phone(database, pair.mentee, booking.id, ALLOWED_PHONE, NOW)
    before = await contents()
    await allow_phone(database, pair.mentee, booking.id, ALLOWED_PHONE, NOW)
    with pytest.raises(NothingToWithdraw):
        await disallow_phone(database, pair.mentor, booking.id, WITHOUT_PHONE, NOW)
    assert await contents() == before


async def test_by_phone_when_over_and_when_called_off_nothing_is_changed(database, pair, contents):
    by_phone, over = await a_booking(database, pair, medium=Medium.PHONE), await a_booking(database, pair, SECOND)
    off = await a_booking(database, pair, FIRST.replace(hour=20))
    await withdraw(database, pair.mentor, off.id, "", WITHDREW, NOW)
    before = await contents()
    for booking, now in ((by_phone, NOW), (over, over.end), (off, NOW)):
        with pytest.raises(BookingOver):
            await allow_phone(database, pair.mentee, booking.id, ALLOWED_PHONE, now)
        with pytest.raises(BookingOver):
            await disallow_phone(database, pair.mentee, booking.id, WITHOUT_PHONE, now)
    assert await contents() == before


async def test_who_it_is_not_about_changes_nothing(database, pair, by_link, contents):
    booking, other = await a_booking(database, pair), await a_booking(database, pair, SECOND)
    elsewhere = await by_link(pair.mentee.person, other.catchup_id)
    before = await contents()
    for visitor in (pair.stranger, elsewhere):
        with pytest.raises(NotFound):
            await allow_phone(database, visitor, booking.id, ALLOWED_PHONE, NOW)
        with pytest.raises(NotFound):
            await disallow_phone(database, visitor, booking.id, WITHOUT_PHONE, NOW)
        with pytest.raises(NotFound):
            await give_number(database, visitor, booking.id, "+44 20 7946 0123")
    with pytest.raises(InvalidInput):
        await give_number(database, pair.mentee, booking.id, "none")
    assert await contents() == before
