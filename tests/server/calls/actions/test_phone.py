"""Giving one's number."""

import pytest

from server.calls.actions.phone import give_number
from server.catchups.rules.drafts import Medium
from server.errors import InvalidInput, NotFound
from server.people.store.contacts import any_contact
from server.people.store.people import find_person
from tests.server.actors import SECOND, a_booking


async def test_a_number_is_kept_with_the_person(database, pair):
    booking = await a_booking(database, pair, medium=Medium.PHONE)
    await give_number(database, pair.mentee, booking.id, " +44 20  7946 0123")
    async with database.reading() as connection:
        sam = await find_person(connection, pair.mentee.person.id)
        contact = await any_contact(connection, sam.id)
    assert (contact.phone, sam.zone_known) == ("+44 20 7946 0123", False)


async def test_who_it_is_not_about_changes_nothing(database, pair, by_link, contents):
    booking, other = await a_booking(database, pair), await a_booking(database, pair, SECOND)
    elsewhere = await by_link(pair.mentee.person, other.catchup_id)
    before = await contents()
    for visitor in (pair.stranger, elsewhere):
        with pytest.raises(NotFound):
            await give_number(database, visitor, booking.id, "+44 20 7946 0123")
    with pytest.raises(InvalidInput):
        await give_number(database, pair.mentee, booking.id, "none")
    assert await contents() == before
