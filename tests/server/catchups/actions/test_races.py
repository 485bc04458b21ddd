"""Many people at once, on both databases: one wins, the others are told why, and nobody waits in a ring."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.calls.actions.entering import record_news
from server.catchups.actions.answers import accept_offer, decline_offer, suggest_other, undo_answer
from server.catchups.actions.bookings import ask_to_move, close_missed, withdraw
from server.catchups.actions.offers import expire_offers, make_offer, reword_offer, withdraw_offer
from server.catchups.queries.ledger import verify
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.errors import TimeTaken
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store import bookings
from server.catchups.store.email_context import still_current
from server.errors import DomainError
from server.mail import outbox
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.links import Purpose
from signaling.news import Joined
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
    Pair,
    accepting,
    an_offer,
    visitor_by,
)

MENTEES, OFFERS_EACH = 10, 10


@pytest.fixture
async def pairs(database, pair) -> list[Pair]:
    """Maya with each of ten mentees."""
    made = []
    for number in range(MENTEES):
        async with database.writing() as connection:
            person = await find_or_add_person(connection, NewPerson("Sam", f"sam{number}@example.org", "UTC"), NOW)
            mentorship_id = await find_or_add_mentorship(connection, pair.mentor.person, person, NOW)
            secret = await make_link(connection, NOW, person_id=person.id, purpose=Purpose.HOME, path="/home")
        made.append(Pair(pair.mentor, await visitor_by(database, secret), pair.stranger, mentorship_id))
    return made


async def test_of_a_hundred_accepts_of_overlapping_times_one_wins(database, pairs, count, no_limits):
    """D2: ten mentees with ten offers each, of times that all touch the same quarter of an hour."""
    made = []
    for number in range(MENTEES * OFFERS_EACH):
        one = pairs[number % MENTEES]
        start = FIRST + timedelta(minutes=number % 15)
        made.append((one, start, await an_offer(database, one, replace(DRAFT, starts=(start, SECOND)))))
    outcomes = await asyncio.gather(
        *(accept_offer(database, one.mentee, offer.id, accepting(start), NOW) for one, start, offer in made),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Booking"] + ["TimeTaken"] * 99
    assert all(isinstance(outcome, TimeTaken) for outcome in outcomes if isinstance(outcome, BaseException))
    assert (await count("bookings"), await count("choices")) == (1, 101)
    assert (await verify(database)).holds
    loser, _, offer = next(each for each, outcome in zip(made, outcomes, strict=True) if isinstance(outcome, TimeTaken))
    assert (await accept_offer(database, loser.mentee, offer.id, accepting(SECOND), NOW)).start == SECOND


async def test_nobody_waits_in_a_ring(database, pairs):
    """Everything at once, several times over: each is done or refused by a rule, never undone by the database."""
    window, video = JoinWindow(), frozenset({Medium.VIDEO})

    async def send_due_emails():
        while True:
            async with database.writing() as connection:
                entry = await outbox.claim_due(connection, NOW, NOW + timedelta(minutes=2), still_current(NOW))
                if entry is None:
                    return
                await make_link(
                    connection,
                    NOW,
                    person_id=entry.recipient_id,
                    purpose=Purpose.CATCHUP,
                    path="/",
                    catchup_id=entry.catchup_id,
                )
                await outbox.note_sent(connection, entry, NOW)

    async def all_at_once(*verbs: Awaitable[object]) -> list[BaseException]:
        outcomes = await asyncio.gather(*verbs, return_exceptions=True)
        return [
            outcome
            for outcome in outcomes
            if isinstance(outcome, BaseException) and not isinstance(outcome, DomainError)
        ]

    async def live(one: Pair, number: int) -> list[BaseException]:
        start = FIRST + timedelta(hours=number)
        draft = Draft("", frozenset(Medium), (start, start + timedelta(minutes=45)), 30)
        other = Draft("", video, (start + timedelta(minutes=15),), 30)
        offer = await make_offer(database, one.mentor, one.mentorship_id, draft, OFFERED, NOW)
        odd = await all_at_once(
            reword_offer(database, one.mentor, offer.id, replace(draft, note="So."), OFFERED, NOW),
            accept_offer(database, one.mentee, offer.id, accepting(start), NOW),
            decline_offer(database, one.mentee, offer.id, "", DECLINED, NOW),
            suggest_other(database, one.mentee, offer.id, other, SUGGESTED, OFFERED, NOW),
            undo_answer(database, one.mentee, offer.id, UNDID, window, NOW),
            withdraw_offer(database, one.mentor, offer.id, TOOK_BACK, NOW),
            send_due_emails(),
        )
        async with database.reading() as connection:
            booking = await bookings.live_booking_of(connection, offer.id)
        if booking is None:
            return odd
        return odd + await all_at_once(
            ask_to_move(database, one.mentor, booking.id, other, OFFERED, NOW),
            withdraw(database, one.mentee, booking.id, "", WITHDREW, NOW),
            *(
                record_news(database, Joined(f"{booking.id}-{who}", str(booking.id), str(who), FIRST.timestamp()))
                for who in (one.mentor.person.id, one.mentee.person.id)
            ),
            close_missed(database, window, SECOND),
            expire_offers(database, SECOND),
            send_due_emails(),
        )

    odd = await asyncio.gather(*(live(one, number) for number in range(2) for one in pairs))
    assert [repr(each) for some in odd for each in some] == []
    assert (await verify(database)).holds
