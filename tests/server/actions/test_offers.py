"""Offers through a real database: it works, who may not, and what a refusal leaves."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.actions.ledger import verify
from server.actions.offers import accept_offer, decline_offer, expire_offers, make_offer, suggest_other, withdraw_offer
from server.domain.bookings import BookingState
from server.domain.errors import (
    BadDraft,
    DomainError,
    NotFound,
    NotYoursToDecide,
    OfferDecided,
    OfferExpired,
    TimeTaken,
)
from server.domain.offers import Draft, Medium, OfferState
from server.storage import bookings, choices, offers
from server.storage.tables import outbox
from tests.server.conftest import DRAFT, FIRST, NOW, SECOND


async def letters_of(database):
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox).order_by(outbox.c.id))
        return [(row.letter, row.recipient_id) for row in rows]


async def test_an_accepted_offer_is_a_booking_a_ledger_entry_and_two_letters(database, pair, count):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    booking = await accept_offer(database, pair.mentee, offer.id, FIRST, Medium.PHONE, NOW)
    assert (booking.start, booking.minutes, booking.medium, booking.state) == (
        FIRST,
        30,
        Medium.PHONE,
        BookingState.CONFIRMED,
    )
    async with database.reading() as connection:
        view = await offers.read_offer(connection, pair.mentor, offer.id)
        [entry] = await choices.ledger_of(connection, offer.catchup_id)
    assert (view.offer.state, view.booking_id) == (OfferState.ACCEPTED, booking.id)
    assert (entry.person_name, entry.kind, entry.start, entry.medium) == ("Sam", "accepted", FIRST, Medium.PHONE)
    mentor, mentee = pair.mentor.person.id, pair.mentee.person.id
    assert await letters_of(database) == [
        ("offer_made", mentee),
        ("offer_accepted", mentor),
        ("offer_accepted", mentee),
    ]
    assert (await verify(database)).holds


async def test_declining_tells_the_mentor_and_keeps_the_words_beside_the_ledger(database, pair, count):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    await decline_offer(database, pair.mentee, offer.id, "  A full week.  ", NOW)
    assert await letters_of(database) == [
        ("offer_made", pair.mentee.person.id),
        ("offer_declined", pair.mentor.person.id),
    ]
    assert await count("choice_words") == 1
    assert await count("bookings") == 0
    assert (await verify(database)).holds


async def test_a_suggestion_supersedes_and_the_mentor_answers_it(database, pair, by_link):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    sam = await by_link(pair.mentee.person, offer.catchup_id)
    other = Draft("Later?", frozenset({Medium.PHONE}), (SECOND + timedelta(hours=1),), 45)
    counter = await suggest_other(database, sam, offer.id, other, NOW)
    async with database.reading() as connection:
        view = await offers.read_offer(connection, sam, offer.id)
    assert (view.offer.state, view.answered_by) == (OfferState.SUPERSEDED, counter.id)
    booking = await accept_offer(database, pair.mentor, counter.id, counter.starts[0], Medium.PHONE, NOW)
    assert (booking.catchup_id, booking.minutes) == (offer.catchup_id, 45)
    async with database.reading() as connection:
        kinds = [entry.kind for entry in await choices.ledger_of(connection, offer.catchup_id)]
    assert kinds == ["suggested", "accepted"]


async def test_a_withdrawn_offer_cannot_be_accepted(database, pair):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    await withdraw_offer(database, pair.mentor, offer.id, NOW)
    with pytest.raises(OfferDecided):
        await accept_offer(database, pair.mentee, offer.id, FIRST, Medium.VIDEO, NOW)


async def test_time_ends_an_offer(database, pair):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    assert await expire_offers(database, SECOND - timedelta(seconds=1)) == 0
    assert await expire_offers(database, SECOND) == 1
    with pytest.raises(OfferExpired):
        await decline_offer(database, pair.mentee, offer.id, "", SECOND)


async def test_a_stranger_finds_nothing_and_changes_nothing(database, pair, contents):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    before = await contents()
    for attempt in (
        make_offer(database, pair.stranger, pair.mentorship_id, DRAFT, NOW),
        accept_offer(database, pair.stranger, offer.id, FIRST, Medium.VIDEO, NOW),
        decline_offer(database, pair.stranger, offer.id, "", NOW),
        suggest_other(database, pair.stranger, offer.id, DRAFT, NOW),
        withdraw_offer(database, pair.stranger, offer.id, NOW),
    ):
        with pytest.raises(NotFound):
            await attempt
    async with database.reading() as connection:
        assert await offers.read_offer(connection, pair.stranger, offer.id) is None
        assert await offers.open_offers_of(connection, pair.stranger) == ()
    assert await contents() == before


async def test_a_link_to_one_catch_up_does_not_reach_another(database, pair, by_link):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    another = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    sam = await by_link(pair.mentee.person, another.catchup_id)
    with pytest.raises(NotFound):
        await accept_offer(database, sam, offer.id, FIRST, Medium.VIDEO, NOW)
    with pytest.raises(NotFound):
        await make_offer(database, sam, pair.mentorship_id, DRAFT, NOW)
    await accept_offer(database, sam, another.id, FIRST, Medium.VIDEO, NOW)


async def test_the_mentor_cannot_answer_for_the_mentee(database, pair, contents):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    before = await contents()
    with pytest.raises(NotYoursToDecide):
        await accept_offer(database, pair.mentor, offer.id, FIRST, Medium.VIDEO, NOW)
    assert await contents() == before


async def test_too_many_words_are_refused_and_nothing_changes(database, pair, contents):
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    before = await contents()
    with pytest.raises(BadDraft) as refusal:
        await decline_offer(database, pair.mentee, offer.id, "x" * 2001, NOW)
    assert refusal.value.field == "words"
    assert await contents() == before


async def test_a_second_booking_at_that_time_is_refused_and_the_offer_stays_open(database, pair):
    one, two = [await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW) for _ in range(2)]
    await accept_offer(database, pair.mentee, one.id, FIRST, Medium.VIDEO, NOW)
    with pytest.raises(TimeTaken):
        await accept_offer(database, pair.mentee, two.id, FIRST, Medium.VIDEO, NOW)
    booking = await accept_offer(database, pair.mentee, two.id, SECOND, Medium.VIDEO, NOW)
    async with database.reading() as connection:
        found = await bookings.bookings_of(connection, pair.mentee, NOW)
    assert [view.booking.start for view in found] == [FIRST, booking.start]


async def test_of_many_accepts_at_once_one_wins(database, pair, count):
    """D2 in small: forty offers of one time, accepted at once; and each offer accepted twice at once."""
    made = [await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW) for _ in range(20)]
    answers = await asyncio.gather(
        *(accept_offer(database, pair.mentee, offer.id, FIRST, Medium.VIDEO, NOW) for offer in made * 2),
        return_exceptions=True,
    )
    assert all(isinstance(answer, DomainError) for answer in answers if isinstance(answer, BaseException))
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert (await count("bookings"), await count("choices")) == (1, 1)
    assert (await verify(database)).holds


@pytest.mark.parametrize("rows", [1, 3])
async def test_reading_open_offers_costs_two_queries_however_many(database, pair, rows, queries):
    for _ in range(rows):
        await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
    async with database.reading() as connection:
        with queries(connection) as made:
            assert len(await offers.open_offers_of(connection, pair.mentor)) == rows
    assert len(made) == 2
