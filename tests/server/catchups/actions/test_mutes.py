"""No more emails about new offers of somebody: quietly, for one mentorship, and to be undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.catchups.actions.answers import accept_offer, decline_offer, suggest_other
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.actions.mutes import mute, unmute, unmute_at_home
from server.catchups.actions.offers import offer_new_times, reword_offer, withdraw_offer
from server.errors import NotFound
from tests.server.actors import (
    DECLINED,
    DRAFT,
    NOW,
    OFFERED,
    SECOND,
    SUGGESTED,
    TOOK_BACK,
    WITHDREW,
    a_booking,
    accepting,
    an_offer,
    emails_in,
    emails_left,
)

LATER = replace(DRAFT, starts=(SECOND + timedelta(hours=1),))


async def kinds_to(database, name, catchup_id):
    return [email.kind for email in await emails_in(database, catchup_id) if email.name == name]


@pytest.fixture
async def muted(database, pair):
    """Sam has had an offer, and wants no more emails about new ones."""
    first = await an_offer(database, pair)
    await emails_left(database)
    await mute(database, pair.mentee, first.catchup_id, NOW)
    await mute(database, pair.mentee, first.catchup_id, NOW)
    return first


async def test_new_offers_bring_no_emails_nor_what_becomes_of_them(database, pair, muted):
    offer = await an_offer(database, pair)
    await reword_offer(database, pair.mentor, offer.id, LATER, OFFERED, NOW)
    await withdraw_offer(database, pair.mentor, offer.id, TOOK_BACK, NOW)
    await offer_new_times(database, pair.mentor, offer.id, DRAFT, OFFERED, NOW)
    assert await kinds_to(database, "Sam", offer.catchup_id) == []


async def test_new_times_after_an_offer_that_was_told_bring_none_either(database, pair, muted):
    await decline_offer(database, pair.mentee, muted.id, "", DECLINED, NOW)
    await emails_left(database)
    again = await offer_new_times(database, pair.mentor, muted.id, DRAFT, OFFERED, NOW)
    await reword_offer(database, pair.mentor, again.id, LATER, OFFERED, NOW)
    await withdraw_offer(database, pair.mentor, again.id, TOOK_BACK, NOW)
    assert await kinds_to(database, "Sam", muted.catchup_id) == ["offer_made", "you_declined"]


async def test_what_becomes_of_an_offer_that_was_told_is_told(database, pair, muted):
    await reword_offer(database, pair.mentor, muted.id, LATER, OFFERED, NOW)
    await emails_left(database)
    await withdraw_offer(database, pair.mentor, muted.id, TOOK_BACK, NOW)
    assert await kinds_to(database, "Sam", muted.catchup_id) == ["offer_made", "offer_reworded", "offer_withdrawn"]


async def test_all_that_is_agreed_or_about_ones_own_offers_is_told(database, pair, muted):
    offer = await an_offer(database, pair)
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(), NOW)
    await emails_left(database)
    await ask_to_move(database, pair.mentor, booking.id, LATER, OFFERED, NOW)
    await emails_left(database)
    await withdraw(database, pair.mentor, booking.id, "", WITHDREW, NOW)
    assert await kinds_to(database, "Sam", offer.catchup_id) == ["offer_accepted", "move_asked", "booking_cancelled"]
    own = await an_offer(database, replace(pair, mentor=pair.mentee))
    await suggest_other(database, pair.mentor, own.id, LATER, SUGGESTED, OFFERED, NOW)
    assert await kinds_to(database, "Sam", own.catchup_id) == ["other_suggested"]


async def test_the_other_one_still_gets_emails_and_so_does_another_mentorship(database, pair, muted):
    own = await an_offer(database, replace(pair, mentor=pair.mentee))
    assert await kinds_to(database, "Maya", own.catchup_id) == ["offer_made"]


async def test_it_can_be_undone_from_a_catch_up_and_from_home(database, pair, muted):
    await unmute(database, pair.mentee, muted.catchup_id)
    await unmute(database, pair.mentee, muted.catchup_id)
    offer = await an_offer(database, pair)
    assert await kinds_to(database, "Sam", offer.catchup_id) == ["offer_made"]
    await mute(database, pair.mentee, muted.catchup_id, NOW)
    await unmute_at_home(database, pair.mentee, pair.mentorship_id)
    offer = await an_offer(database, pair)
    assert await kinds_to(database, "Sam", offer.catchup_id) == ["offer_made"]


async def test_nobody_does_so_for_somebody_else(database, pair, by_link, contents):
    booking = await a_booking(database, pair)
    other = await an_offer(database, pair)
    away = await by_link(pair.mentee.person, other.catchup_id)
    before = await contents()
    for attempt in (
        mute(database, pair.stranger, booking.catchup_id, NOW),
        unmute(database, pair.stranger, booking.catchup_id),
        unmute_at_home(database, pair.stranger, pair.mentorship_id),
        mute(database, away, booking.catchup_id, NOW),
        unmute_at_home(database, away, pair.mentorship_id),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await contents() == before
    await mute(database, away, other.catchup_id, NOW)
