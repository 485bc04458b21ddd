"""What the author does with an offer, through a real database: it works, who may not, and what a refusal leaves."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from server.catchups.actions.answers import accept_offer, decline_offer, suggest_other, undo_answer
from server.catchups.actions.bookings import ask_to_move
from server.catchups.actions.offers import expire_offers, make_offer, offer_new_times, reword_offer, withdraw_offer
from server.catchups.queries.ledger import verify
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.errors import NotYoursToDecide, OfferDecided, OfferExpired, OfferSent
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import OfferState
from server.catchups.store import offers
from server.db.tables import offers as offers_table
from server.errors import InvalidInput, NotFound
from tests.server.actors import (
    ALLOWED_PHONE,
    DECLINED,
    DISALLOWED_PHONE,
    DRAFT,
    NOW,
    OFFERED,
    SECOND,
    SUGGESTED,
    TOOK_BACK,
    UNDID,
    QueuedEmail,
    a_booking,
    accepting,
    an_offer,
    emails_in,
    emails_left,
    kinds_in,
    sequence_of,
)

HOUR = timedelta(hours=1)
LATER = Draft("Later?", frozenset({Medium.PHONE}), (SECOND + HOUR,), 45)


async def read(database, visitor, offer):
    async with database.reading() as connection:
        return await offers.read_offer(connection, visitor, offer.id)


async def test_an_offer_holds_its_author_s_consent_and_goes_to_the_other(database, pair):
    offer = await an_offer(database, pair)
    view = await read(database, pair.mentee, offer)
    assert view.offer == offer
    assert (view.author.name, view.recipient.name, view.offer.state) == ("Maya", "Sam", OfferState.OPEN)
    assert await kinds_in(database, offer.catchup_id) == ["offered"]
    assert await emails_in(database, offer.catchup_id) == [QueuedEmail("Sam", "offer_made", None)]
    assert (await verify(database)).holds


async def test_a_mentee_may_offer_too(database, pair):
    offer = await make_offer(database, pair.mentee, pair.mentorship_id, DRAFT, OFFERED, NOW)
    assert (offer.author_id, offer.recipient_id) == (pair.mentee.person.id, pair.mentor.person.id)


async def test_a_form_that_is_sent_twice_makes_one_offer(database, pair, contents):
    async def send(form, visitor=pair.mentor):
        return await make_offer(database, visitor, pair.mentorship_id, DRAFT, OFFERED, NOW, form)

    one = await send("a form")
    before = await contents()
    assert await send("a form") == one
    assert await contents() == before
    assert (await send("another form")).id != one.id
    assert (await send("a form", pair.mentee)).author_id == pair.mentee.person.id


async def test_a_form_that_is_sent_again_with_other_words_is_not_swallowed(database, pair, contents):
    """The answer to the first was lost, and the author went on typing."""

    async def send(draft, phone=None):
        return await make_offer(database, pair.mentor, pair.mentorship_id, draft, OFFERED, NOW, "a form", phone)

    one = await send(DRAFT)
    before = await contents()
    for draft in (replace(DRAFT, note="So."), replace(DRAFT, phone_fallback=True)):
        with pytest.raises(OfferSent) as refusal:
            await send(draft, ALLOWED_PHONE)
        assert refusal.value.offer_id == one.id
    assert await contents() == before
    await reword_offer(database, pair.mentor, one.id, LATER, OFFERED, NOW)
    assert (await send(DRAFT)).note == LATER.note


async def test_a_form_that_is_sent_many_times_at_once_makes_one_offer(database, pair, count):
    made = await asyncio.gather(
        *(make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, OFFERED, NOW, "a form") for _ in range(10))
    )
    assert len({offer.id for offer in made}) == 1
    assert (await count("offers"), await count("catchups"), await count("choices"), await count("outbox")) == (1,) * 4


async def test_a_reworded_offer_reads_differently_and_the_other_gets_an_email(database, pair):
    offer = await an_offer(database, pair)
    changed = Draft("Better so.", frozenset({Medium.PHONE}), (SECOND,), 45, phone_fallback=True)
    await emails_left(database)
    reworded = await reword_offer(database, pair.mentor, offer.id, changed, OFFERED, NOW, ALLOWED_PHONE)
    assert (await read(database, pair.mentee, offer)).offer == reworded
    assert (reworded.note, reworded.media, reworded.starts, reworded.minutes, reworded.revision) == (
        "Better so.",
        frozenset({Medium.PHONE}),
        (SECOND,),
        45,
        1,
    )
    assert reworded.phone_fallback
    assert await kinds_in(database, offer.catchup_id) == ["offered", "offered", "allowed_phone"]
    assert await emails_in(database, offer.catchup_id) == [
        QueuedEmail("Sam", "offer_made", None),
        QueuedEmail("Sam", "offer_reworded", None),
    ]


async def test_the_phone_is_allowed_only_on_words_that_were_shown_each_time(database, pair):
    allowing = replace(DRAFT, phone_fallback=True)
    silent = await make_offer(database, pair.mentor, pair.mentorship_id, allowing, OFFERED, NOW)
    assert (silent.phone_fallback, await kinds_in(database, silent.catchup_id)) == (False, ["offered"])
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, allowing, OFFERED, NOW, phone=ALLOWED_PHONE)
    assert (offer.phone_fallback, await kinds_in(database, offer.catchup_id)) == (True, ["offered", "allowed_phone"])

    reword, said = partial(reword_offer, database, pair.mentor, offer.id), ["offered", "allowed_phone"]
    for draft, phone, fallback, more in (
        (replace(allowing, note="So."), ALLOWED_PHONE, True, ["offered"]),
        (DRAFT, None, True, ["offered"]),
        (DRAFT, DISALLOWED_PHONE, False, ["offered", "disallowed_phone"]),
        (allowing, None, False, []),
        (allowing, ALLOWED_PHONE, True, ["offered", "allowed_phone"]),
    ):
        said += more
        assert (await reword(draft, OFFERED, NOW, phone)).phone_fallback is fallback
        assert await kinds_in(database, offer.catchup_id) == said

    counter = await suggest_other(
        database,
        pair.mentee,
        offer.id,
        replace(LATER, media=frozenset(Medium), phone_fallback=True),
        SUGGESTED,
        OFFERED,
        NOW,
        ALLOWED_PHONE,
    )
    assert counter.phone_fallback
    assert await kinds_in(database, offer.catchup_id) == [*said, "suggested", "offered", "allowed_phone"]
    assert (await verify(database)).holds


async def test_rewording_to_the_same_words_does_nothing(database, pair, contents):
    """A form sent twice."""
    offer = await an_offer(database, pair)
    changed = replace(DRAFT, note="Better so.")
    reworded = await reword_offer(database, pair.mentor, offer.id, changed, OFFERED, NOW)
    before = await contents()
    assert await reword_offer(database, pair.mentor, offer.id, changed, OFFERED, NOW) == reworded
    assert await contents() == before


async def test_a_suggestion_and_a_wish_to_move_do_not_grow_by_being_reworded(database, pair):
    offer = await an_offer(database, pair)
    counter = await suggest_other(database, pair.mentee, offer.id, LATER, SUGGESTED, OFFERED, NOW)
    booking = await a_booking(database, pair, SECOND)
    wish = await ask_to_move(database, pair.mentor, booking.id, LATER, OFFERED, NOW)
    many = replace(LATER, starts=tuple(SECOND + n * HOUR for n in range(4)))
    for visitor, asked in ((pair.mentee, counter), (pair.mentor, wish)):
        with pytest.raises(InvalidInput):
            await reword_offer(database, visitor, asked.id, many, OFFERED, NOW)


async def test_a_withdrawn_offer_cannot_be_accepted_nor_reworded(database, pair, contents):
    offer = await an_offer(database, pair)
    await emails_left(database)
    await withdraw_offer(database, pair.mentor, offer.id, TOOK_BACK, NOW)
    assert (await read(database, pair.mentee, offer)).offer.state is OfferState.WITHDRAWN
    assert await kinds_in(database, offer.catchup_id) == ["offered", "took_back"]
    assert await emails_in(database, offer.catchup_id) == [
        QueuedEmail("Sam", "offer_made", None),
        QueuedEmail("Sam", "offer_withdrawn", None),
    ]
    before = await contents()
    for attempt in (
        accept_offer(database, pair.mentee, offer.id, accepting(), NOW),
        reword_offer(database, pair.mentor, offer.id, LATER, OFFERED, NOW),
        withdraw_offer(database, pair.mentor, offer.id, TOOK_BACK, NOW),
    ):
        with pytest.raises(OfferDecided):
            await attempt
    assert await contents() == before


async def test_taking_back_a_suggestion_tells_the_other(database, pair):
    offer = await an_offer(database, pair)
    counter = await suggest_other(database, pair.mentee, offer.id, LATER, SUGGESTED, OFFERED, NOW)
    await withdraw_offer(database, pair.mentee, counter.id, TOOK_BACK, NOW)
    assert (await emails_in(database, offer.catchup_id))[-1:] == [QueuedEmail("Maya", "offer_withdrawn", None)]


async def test_time_ends_an_offer_and_its_author_is_told(database, pair, contents):
    offer = await an_offer(database, pair)
    assert await expire_offers(database, SECOND - timedelta(seconds=1)) == 0
    assert await expire_offers(database, SECOND) == 1
    assert (await read(database, pair.mentor, offer)).offer.state is OfferState.EXPIRED
    assert await kinds_in(database, offer.catchup_id) == ["offered"]
    assert (await emails_in(database, offer.catchup_id))[1:] == [
        QueuedEmail("Maya", "offer_expired", None),
    ]
    before = await contents()
    assert await expire_offers(database, SECOND) == 0
    for attempt in (
        decline_offer(database, pair.mentee, offer.id, "", DECLINED, SECOND),
        reword_offer(database, pair.mentor, offer.id, LATER, OFFERED, SECOND),
        withdraw_offer(database, pair.mentor, offer.id, TOOK_BACK, SECOND),
    ):
        with pytest.raises(OfferExpired):
            await attempt
    assert await contents() == before


async def test_an_offer_whose_time_is_over_is_not_revived_before_the_clock_comes_by(database, pair):
    offer = await an_offer(database, pair)
    with pytest.raises(OfferExpired):
        await reword_offer(database, pair.mentor, offer.id, replace(DRAFT, starts=(SECOND + HOUR,)), OFFERED, SECOND)
    assert await expire_offers(database, SECOND) == 1


async def test_a_wish_to_move_that_ran_out_leaves_the_booking_and_is_told_to_who_asked(database, pair):
    booking = await a_booking(database, pair)
    wish = await ask_to_move(database, pair.mentee, booking.id, replace(LATER, answer_by=NOW + HOUR), OFFERED, NOW)
    assert await expire_offers(database, NOW + HOUR) == 1
    assert (await read(database, pair.mentor, wish)).offer.state is OfferState.EXPIRED
    assert (await emails_in(database, booking.catchup_id))[-2:] == [
        QueuedEmail("Maya", "move_asked", None),
        QueuedEmail("Sam", "move_expired", None),
    ]


async def test_an_answer_that_comes_between_is_not_run_over(database, pair):
    """The clock has read that the offer waits; then it is answered; then the clock ends what it has read."""
    offer = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW)
    real = offers.run_out

    async def read_before(connection, now):
        return (*await real(connection, now), offer.id)

    offers.run_out = read_before
    try:
        assert await expire_offers(database, SECOND) == 0
    finally:
        offers.run_out = real
    assert (await read(database, pair.mentor, offer)).offer.state is OfferState.DECLINED


async def test_a_stranger_finds_nothing_and_changes_nothing(database, pair, contents):
    offer = await an_offer(database, pair)
    before = await contents()
    for attempt in (
        make_offer(database, pair.stranger, pair.mentorship_id, DRAFT, OFFERED, NOW),
        reword_offer(database, pair.stranger, offer.id, DRAFT, OFFERED, NOW),
        withdraw_offer(database, pair.stranger, offer.id, TOOK_BACK, NOW),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await read(database, pair.stranger, offer) is None
    async with database.reading() as connection:
        assert await offers.open_offers_of(connection, pair.stranger) == ()
    assert await contents() == before


async def test_a_link_to_one_catch_up_does_not_reach_another(database, pair, by_link):
    offer, another = await an_offer(database, pair), await an_offer(database, pair)
    maya = await by_link(pair.mentor.person, another.catchup_id)
    with pytest.raises(NotFound):
        await withdraw_offer(database, maya, offer.id, TOOK_BACK, NOW)
    with pytest.raises(NotFound):
        await make_offer(database, maya, pair.mentorship_id, DRAFT, OFFERED, NOW)
    await withdraw_offer(database, maya, another.id, TOOK_BACK, NOW)


async def test_the_one_who_was_asked_cannot_reword_nor_take_back(database, pair, contents):
    offer = await an_offer(database, pair)
    before = await contents()
    for attempt in (
        reword_offer(database, pair.mentee, offer.id, LATER, OFFERED, NOW),
        withdraw_offer(database, pair.mentee, offer.id, TOOK_BACK, NOW),
    ):
        with pytest.raises(NotYoursToDecide):
            await attempt
    assert await contents() == before


@pytest.mark.parametrize("draft", [replace(DRAFT, starts=()), replace(DRAFT, starts=(NOW,)), replace(DRAFT, minutes=1)])
async def test_a_bad_draft_changes_nothing(database, pair, contents, draft):
    offer = await an_offer(database, pair)
    before = await contents()
    for attempt in (
        make_offer(database, pair.mentor, pair.mentorship_id, draft, OFFERED, NOW),
        reword_offer(database, pair.mentor, offer.id, draft, OFFERED, NOW),
    ):
        with pytest.raises(InvalidInput):
            await attempt
    assert await contents() == before


async def test_at_most_one_offer_waits_in_a_catch_up_even_by_hand(database, pair):
    offer = await an_offer(database, pair)
    await suggest_other(database, pair.mentee, offer.id, LATER, SUGGESTED, OFFERED, NOW)
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with database.writing() as connection:
            await connection.execute(update(offers_table).where(offers_table.c.id == offer.id).values(state="open"))


async def test_no_new_times_are_offered_in_place_of_a_suggestion_that_was_undone_once_the_catchup_is_agreed(
    database, pair, contents
):
    """The suggestion was withdrawn, as if nothing had come of it; but the first offer was accepted."""
    offer = await an_offer(database, pair)
    counter = await suggest_other(database, pair.mentee, offer.id, LATER, SUGGESTED, OFFERED, NOW)
    await undo_answer(database, pair.mentee, offer.id, UNDID, JoinWindow(), NOW)
    await accept_offer(database, pair.mentee, offer.id, accepting(), NOW)
    before = await contents()
    with pytest.raises(OfferDecided):
        await offer_new_times(database, pair.mentee, counter.id, DRAFT, OFFERED, NOW)
    assert await contents() == before


async def test_the_sequence_rises_with_every_change(database, pair):
    offer = await an_offer(database, pair)
    seen = [await sequence_of(database, offer.catchup_id)]
    for step in (
        lambda: reword_offer(database, pair.mentor, offer.id, replace(DRAFT, note="So."), OFFERED, NOW),
        lambda: withdraw_offer(database, pair.mentor, offer.id, TOOK_BACK, NOW),
    ):
        await step()
        seen.append(await sequence_of(database, offer.catchup_id))
    assert seen == [1, 2, 3]


@pytest.mark.parametrize("rows", [1, 3])
async def test_reading_open_offers_costs_two_queries_however_many(database, pair, rows, queries):
    for _ in range(rows):
        await an_offer(database, pair)
    async with database.reading() as connection:
        with queries(connection) as made:
            assert len(await offers.open_offers_of(connection, pair.mentor)) == rows
    assert len(made) == 2
