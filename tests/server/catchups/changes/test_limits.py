"""How many emails one person can make another get, by the real verbs and a real mail server."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from server.catchups.actions.answers import accept_offer, decline_offer, suggest_other, undo_answer
from server.catchups.actions.bookings import ask_to_move, say_late, withdraw
from server.catchups.actions.offers import offer_new_times, reword_offer, withdraw_offer
from server.catchups.changes.limits import MOST_OPEN_OFFERS
from server.catchups.rules.errors import TooManyOpenOffers, TooManyProposals, TooManyUndoings
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store.bookings import delays_of
from server.mail.mailer import send_due_emails
from server.people.rules.rate_limits import LATE_EMAILS, PROPOSALS, UNDOINGS
from tests.server.actors import (
    DECLINED,
    DRAFT,
    FIRST,
    NOW,
    OFFERED,
    SECOND,
    SUGGESTED,
    TOOK_BACK,
    UNDID,
    WITHDREW,
    a_booking,
    accepting,
    an_offer,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = replace(DRAFT, starts=(SECOND + HOUR,))
MAYA, SAM = "maya@example.org", "sam@example.org"


@pytest.fixture
def deliver(database, mailer, smtp_server, clock):
    """Delivers what is due at a time; how many emails each has got by then."""

    async def send(now):
        clock.now = now
        await send_due_emails(database, mailer)
        return {address: len(smtp_server.emails_to(address)) for address in (MAYA, SAM)}

    return send


async def test_eighty_offers_in_a_row_are_six_emails_and_the_rest_is_refused(database, pair, deliver):
    refusals = []
    for _ in range(80):
        try:
            await an_offer(database, pair)
        except TooManyOpenOffers as error:
            refusals.append(error.values)
    assert refusals == [{"most": MOST_OPEN_OFFERS}] * 74
    assert (await deliver(NOW))[SAM] == 6


async def test_offers_that_are_taken_back_count_too_and_come_back_within_the_hour(database, pair, deliver, clock):
    refused = []
    for number in range(30):
        now = NOW + number * timedelta(seconds=1)
        try:
            offer = await an_offer(database, pair, now=now)
        except TooManyProposals as error:
            refused.append(NOW < error.again_at <= NOW + PROPOSALS.each)
        else:
            await deliver(now)
            await withdraw_offer(database, pair.mentor, offer.id, TOOK_BACK, now)
    assert refused == [True] * (30 - PROPOSALS.tries)
    assert (await deliver(NOW + MINUTE))[SAM] == 2 * PROPOSALS.tries
    assert await an_offer(database, pair, now=NOW + PROPOSALS.each)


async def test_an_offer_that_is_taken_back_before_its_email_left_is_no_email(database, pair, deliver):
    offer = await an_offer(database, pair)
    await reword_offer(database, pair.mentor, offer.id, replace(DRAFT, note="Better so."), OFFERED, NOW)
    await withdraw_offer(database, pair.mentor, offer.id, TOOK_BACK, NOW)
    assert await deliver(NOW + HOUR) == {MAYA: 0, SAM: 0}


async def test_an_offer_that_is_changed_before_its_email_left_is_one_email(database, pair, deliver, smtp_server):
    offer = await an_offer(database, pair)
    for note in ("One.", "Two.", "Three."):
        await reword_offer(database, pair.mentor, offer.id, replace(DRAFT, note=note), OFFERED, NOW)
    assert await deliver(NOW) == {MAYA: 0, SAM: 1}
    [email] = smtp_server.emails
    assert email["Subject"] == "Catch-up: an offer for you"
    assert "Three." in email.get_body(("plain",)).get_content()


async def test_accepting_and_undoing_before_the_emails_left_is_none(database, pair, deliver):
    offer = await an_offer(database, pair)
    await deliver(NOW)
    await accept_offer(database, pair.mentee, offer.id, accepting(), NOW)
    await undo_answer(database, pair.mentee, offer.id, UNDID, JoinWindow(), NOW)
    assert await deliver(NOW + HOUR) == {MAYA: 0, SAM: 1}


@pytest.mark.parametrize("every", [timedelta(seconds=1), timedelta(seconds=20)])
async def test_accepting_and_undoing_25_times_are_few_emails_and_the_last_is_true(
    database, pair, deliver, smtp_server, every
):
    """With a round of sending after each step, as in the worst case."""
    offer = await an_offer(database, pair)
    before = await deliver(NOW)
    now, done = NOW, Counter()
    for _ in range(25):
        now += every
        await accept_offer(database, pair.mentee, offer.id, accepting(), now)
        done["accepted"] += 1
        await deliver(now)
        now += every
        try:
            await undo_answer(database, pair.mentee, offer.id, UNDID, JoinWindow(), now)
        except TooManyUndoings:
            break
        done["undone"] += 1
        await deliver(now)
    after = await deliver(now + HOUR)
    assert done["undone"] < 25
    assert done["accepted"] == done["undone"] + 1
    assert after[MAYA] - before[MAYA] <= 2 + 2 * UNDOINGS.tries
    if every < timedelta(seconds=10):
        assert done["undone"] == UNDOINGS.tries
        # The acceptance, its undoing two minutes later in one with what came after it.
        assert (after[MAYA] - before[MAYA], after[SAM] - before[SAM]) == (2, 2)
    assert {each["Subject"] for each in smtp_server.emails_to(MAYA)[-1:]} == {"Catch-up: it is agreed"}


async def test_what_was_agreed_can_be_withdrawn_from_even_where_undoing_is_refused(database, pair, deliver):
    offer = await an_offer(database, pair)
    for _ in range(UNDOINGS.tries):
        await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW)
        await undo_answer(database, pair.mentee, offer.id, UNDID, JoinWindow(), NOW)
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(), NOW)
    await deliver(NOW)
    with pytest.raises(TooManyUndoings):
        await undo_answer(database, pair.mentee, offer.id, UNDID, JoinWindow(), NOW)
    before = await deliver(NOW)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    after = await deliver(NOW)
    assert {who: after[who] - before[who] for who in after} == {MAYA: 1, SAM: 1}


async def test_a_cancellation_is_told_even_if_the_agreement_was_not_told_yet(database, pair, deliver, smtp_server):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "A cold.", WITHDREW, NOW)
    assert await deliver(NOW) == {MAYA: 1, SAM: 2}
    [email] = smtp_server.emails_to(MAYA)
    assert email["Subject"] == "Catch-up: called off"


async def test_running_late_thirty_times_is_three_emails_and_the_page_shows_each(database, pair, deliver):
    booking = await a_booking(database, pair)
    before = await deliver(NOW)
    shown = []
    for number in range(30):
        now = FIRST - 30 * MINUTE + number * timedelta(seconds=10)
        minutes = (5, 10, 15)[number % 3]
        await say_late(database, pair.mentee, booking.id, minutes, now)
        async with database.reading() as connection:
            shown.append((await delays_of(connection, booking.id))[pair.mentee.person.id] == minutes)
        await deliver(now)
    after = await deliver(FIRST - MINUTE)
    assert shown == [True] * 30
    reminders = 1
    assert after[MAYA] - before[MAYA] == LATE_EMAILS.tries + reminders


async def test_saying_the_same_delay_again_or_another_before_the_email_left_is_one_email(database, pair, deliver):
    booking = await a_booking(database, pair)
    before = await deliver(NOW)
    for minutes in (5, 5, 10, 10, 15):
        await say_late(database, pair.mentee, booking.id, minutes, NOW)
    assert (await deliver(NOW))[MAYA] - before[MAYA] == 1


async def test_every_way_of_proposing_counts(database, pair, no_limits, monkeypatch):
    """Offers, suggestions, new times, wishes to move and new wordings share one limit for each author."""
    monkeypatch.setattr("server.catchups.changes.limits.PROPOSALS", replace(PROPOSALS, tries=2))
    booking = await a_booking(database, pair)
    declined = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, declined.id, "", DECLINED, NOW)
    for verb in (
        an_offer(database, pair),
        offer_new_times(database, pair.mentor, declined.id, LATER, OFFERED, NOW),
        ask_to_move(database, pair.mentor, booking.id, LATER, OFFERED, NOW),
    ):
        with pytest.raises(TooManyProposals):
            await verb
    theirs = await an_offer(database, replace(pair, mentor=pair.mentee, mentee=pair.mentor))
    with pytest.raises(TooManyProposals):
        await suggest_other(database, pair.mentor, theirs.id, LATER, SUGGESTED, OFFERED, NOW)
    await reword_offer(database, pair.mentee, theirs.id, LATER, OFFERED, NOW)
    await reword_offer(database, pair.mentee, theirs.id, LATER, OFFERED, NOW)
    with pytest.raises(TooManyProposals):
        await reword_offer(database, pair.mentee, theirs.id, replace(LATER, note="Again."), OFFERED, NOW)
