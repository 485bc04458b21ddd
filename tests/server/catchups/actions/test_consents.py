"""Withdrawing from the list of one's choices does what the page of the choice does; nobody withdraws another's."""

from dataclasses import replace

import pytest

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.consents import find_withdrawal, withdraw_consent
from server.catchups.actions.ledger import verify
from server.catchups.rules.errors import BookingOver, NothingToWithdraw
from server.catchups.rules.ledger import ChoiceKind, Shown
from server.catchups.store.bookings import read_booking
from server.catchups.store.own_choices import choices_of
from server.errors import NotFound
from tests.server.actors import ALLOWED_PHONE, DRAFT, FIRST, NOW, SHOWN, a_booking, accepting, an_offer, kinds_in

WITHOUT_PHONE = SHOWN[ChoiceKind.DISALLOWED_PHONE]


async def own(database, visitor):
    async with database.reading() as connection:
        return await choices_of(connection, visitor)


async def withdraw(database, visitor, entry, shown: Shown | None = None):
    choice, kind = await find_withdrawal(database, visitor, entry, NOW)
    await withdraw_consent(database, visitor, choice, kind, shown or SHOWN[kind], NOW)
    return kind


async def test_a_booking_is_called_off(database, pair):
    booking = await a_booking(database, pair)
    entry = (await own(database, pair.mentee))[-1]
    assert await withdraw(database, pair.mentee, entry.id) is ChoiceKind.WITHDREW
    assert await kinds_in(database, booking.catchup_id) == ["offered", "accepted", "withdrew"]
    assert [row.booking_id for row in await own(database, pair.mentee)] == [None, None]


async def test_the_one_who_offered_withdraws_from_the_same_booking(database, pair):
    await a_booking(database, pair)
    assert await withdraw(database, pair.mentor, (await own(database, pair.mentor))[0].id) is ChoiceKind.WITHDREW
    with pytest.raises(NothingToWithdraw):
        await withdraw(database, pair.mentee, (await own(database, pair.mentee))[0].id)


async def test_an_offer_is_taken_back(database, pair):
    offer = await an_offer(database, pair)
    entry = (await own(database, pair.mentor))[0]
    assert await withdraw(database, pair.mentor, entry.id) is ChoiceKind.TOOK_BACK
    assert await kinds_in(database, offer.catchup_id) == ["offered", "took_back"]


async def test_the_phone_alone_is_withdrawn_and_the_catchup_stays(database, pair):
    offer = await an_offer(database, pair, replace(DRAFT, phone_fallback=True))
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(FIRST, phone=ALLOWED_PHONE), NOW)
    assert booking.phone_fallback
    entry = (await own(database, pair.mentee))[-1]
    assert await withdraw(database, pair.mentee, entry.id) is ChoiceKind.DISALLOWED_PHONE
    async with database.reading() as connection:
        view = await read_booking(connection, pair.mentee, booking.id)
    assert (view.booking.state, view.booking.phone_fallback) == (booking.state, False)
    with pytest.raises(NothingToWithdraw):
        await withdraw(database, pair.mentee, entry.id)
    assert (await verify(database)).holds


async def test_twice_withdraws_once(database, pair, contents):
    await a_booking(database, pair)
    entry = (await own(database, pair.mentee))[0]
    choice, kind = await find_withdrawal(database, pair.mentee, entry.id, NOW)
    await withdraw_consent(database, pair.mentee, choice, kind, SHOWN[kind], NOW)
    before = await contents()
    with pytest.raises(BookingOver):
        await withdraw_consent(database, pair.mentee, choice, kind, SHOWN[kind], NOW)
    with pytest.raises(NothingToWithdraw):
        await withdraw(database, pair.mentee, entry.id)
    assert await contents() == before


async def test_nobody_withdraws_anothers(database, pair, by_link, contents):
    first, second = await a_booking(database, pair), await an_offer(database, pair)
    theirs = {visitor.person.name: await own(database, visitor) for visitor in (pair.mentor, pair.mentee)}
    only_second = await by_link(pair.mentee.person, second.catchup_id)
    before = await contents()
    for visitor, entry in (
        (pair.stranger, theirs["Sam"][0]),
        (pair.mentor, theirs["Sam"][0]),
        (pair.mentee, theirs["Maya"][0]),
        (only_second, theirs["Sam"][0]),
    ):
        with pytest.raises(NotFound):
            await withdraw(database, visitor, entry.id)
    assert await contents() == before
    only_first = await by_link(pair.mentee.person, first.catchup_id)
    assert await own(database, only_first) == theirs["Sam"]
    assert await own(database, pair.stranger) == ()


async def test_the_number_of_queries_does_not_grow(database, pair, queries):
    made = []
    for bookings in (1, 3):
        for _ in range(bookings):
            await an_offer(database, pair)
        async with database.reading() as connection:
            with queries(connection) as statements:
                assert len(await choices_of(connection, pair.mentor)) >= bookings
        made.append(len(statements))
    assert made == [1, 1]
