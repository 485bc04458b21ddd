"""Going on by phone or not; and the list of one's choices, where withdrawing does what the page of the choice does."""

from dataclasses import replace

import pytest

from server.catchups.actions import bookings as booking_actions
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.consents import allow_phone, disallow_phone, withdraw_consent
from server.catchups.queries.choices import find_withdrawal
from server.catchups.queries.ledger import verify
from server.catchups.rules.drafts import Medium
from server.catchups.rules.errors import BookingOver, NothingToWithdraw
from server.catchups.rules.ledger import ChoiceKind, ShownWording
from server.catchups.store.bookings import read_booking
from server.catchups.store.own_choices import choices_of
from server.errors import NotFound
from tests.server.actors import (
    ALLOWED_PHONE,
    DRAFT,
    FIRST,
    NOW,
    SECOND,
    SHOWN,
    WITHDREW,
    a_booking,
    accepting,
    an_offer,
    kinds_in,
)

WITHOUT_PHONE = SHOWN[ChoiceKind.DISALLOWED_PHONE]


async def own(database, visitor):
    async with database.reading() as connection:
        return await choices_of(connection, visitor)


async def withdraw(database, visitor, entry, shown: ShownWording | None = None):
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
    # One each for what is about offers, routines, introductions, schemes, matches, guests and seats of their own.
    assert made == [7, 7]


# Going on by phone


async def stands(database, pair, booking):
    async with database.reading() as connection:
        return (await read_booking(connection, pair.mentor, booking.id)).booking.phone_fallback


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
    await booking_actions.withdraw(database, pair.mentor, off.id, "", WITHDREW, NOW)
    before = await contents()
    for booking, now in ((by_phone, NOW), (over, over.end), (off, NOW)):
        with pytest.raises(BookingOver):
            await allow_phone(database, pair.mentee, booking.id, ALLOWED_PHONE, now)
        with pytest.raises(BookingOver):
            await disallow_phone(database, pair.mentee, booking.id, WITHOUT_PHONE, now)
    assert await contents() == before


async def test_who_the_phone_is_not_about_changes_nothing(database, pair, by_link, contents):
    booking, other = await a_booking(database, pair), await a_booking(database, pair, SECOND)
    elsewhere = await by_link(pair.mentee.person, other.catchup_id)
    before = await contents()
    for visitor in (pair.stranger, elsewhere):
        with pytest.raises(NotFound):
            await allow_phone(database, visitor, booking.id, ALLOWED_PHONE, NOW)
        with pytest.raises(NotFound):
            await disallow_phone(database, visitor, booking.id, WITHOUT_PHONE, NOW)
    assert await contents() == before
