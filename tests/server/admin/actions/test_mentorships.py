"""Pausing, ending and bringing back mentorships."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.admin.actions.mentorships import arrange
from server.admin.actions.pairs import add_pair_with_welcome
from server.catchups.actions.answers import decline_offer, undo_answer
from server.catchups.actions.bookings import ask_to_move
from server.catchups.actions.offers import make_offer, offer_new_times
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import OfferState
from server.catchups.store.bookings import any_booking
from server.catchups.store.offers import any_offer
from server.db.tables import mentorships, outbox
from server.errors import NotFound
from server.people.actions.people import NewPerson
from server.people.queries.home import read_home_page
from server.people.queries.looks import read_looks_page
from server.people.rules.mentorships import MentorshipAtRest, MentorshipEvent, MentorshipState, MentorshipUnchanged
from tests.server.actors import (
    DECLINED,
    DRAFT,
    NOW,
    OFFERED,
    UNDID,
    a_booking,
    an_offer,
    emails_in,
    emails_left,
    pending_reminders,
    visitor_with_account,
)

WINDOW = JoinWindow(timedelta(minutes=15), timedelta(minutes=60))


@pytest.fixture
async def ada(database):
    return await visitor_with_account(database)


async def told(database):
    """The emails about the mentorship: to whom, of which kind."""
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox).order_by(outbox.c.id))
        return [(row.recipient_id, row.kind) for row in rows if row.mentorship_id is not None]


@pytest.mark.parametrize(
    ("event", "kind"),
    [(MentorshipEvent.PAUSE, "mentorship_paused"), (MentorshipEvent.END, "mentorship_ended")],
)
async def test_nothing_new_is_offered_then_and_both_are_told(database, pair, ada, event, kind):
    declined = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, declined.id, "", DECLINED, NOW)
    booking = await a_booking(database, pair)
    await arrange(database, ada, pair.mentorship_id, event, NOW)
    both = [pair.mentor.person.id, pair.mentee.person.id]
    assert await told(database) == [(person_id, kind) for person_id in both]
    later = Draft("", frozenset(Medium), (NOW + timedelta(days=3),), 30)
    for attempt in (
        make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, OFFERED, NOW),
        make_offer(database, pair.mentee, pair.mentorship_id, DRAFT, OFFERED, NOW),
        offer_new_times(database, pair.mentor, declined.id, later, OFFERED, NOW),
        ask_to_move(database, pair.mentor, booking.id, later, OFFERED, NOW),
        undo_answer(database, pair.mentee, declined.id, UNDID, WINDOW, NOW),
    ):
        with pytest.raises(MentorshipAtRest):
            await attempt
    await arrange(database, ada, pair.mentorship_id, MentorshipEvent.RESUME, NOW)
    assert (await told(database))[2:] == [(person_id, "mentorship_resumed") for person_id in both]
    await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, OFFERED, NOW)


async def test_what_waits_is_taken_back_and_what_was_agreed_stays(database, pair, ada):
    booking = await a_booking(database, pair)
    await emails_left(database)
    offer = await an_offer(database, pair)
    wish = await ask_to_move(
        database, pair.mentor, booking.id, Draft("", frozenset(Medium), (NOW + timedelta(days=3),), 30), OFFERED, NOW
    )
    arranged = await arrange(database, ada, pair.mentorship_id, MentorshipEvent.PAUSE, NOW)
    assert arranged.called_off == ()
    async with database.reading() as connection:
        assert [(await any_offer(connection, each.id)).state for each in (offer, wish)] == [OfferState.WITHDRAWN] * 2
        assert (await any_booking(connection, booking.id)).state is BookingState.CONFIRMED
    # Nobody gets an email about an offer that is gone.
    assert await emails_in(database, offer.catchup_id) == []
    assert len(await pending_reminders(database, booking)) == 2


async def test_what_was_agreed_is_called_off_by_explicit_choice(database, pair, ada):
    booking = await a_booking(database, pair)
    under_way = await a_booking(database, pair, NOW + timedelta(minutes=45))
    await emails_left(database)
    later = under_way.start + timedelta(minutes=1)
    arranged = await arrange(database, ada, pair.mentorship_id, MentorshipEvent.END, later, call_off=True)
    assert [each.id for each in arranged.called_off] == [booking.id]
    async with database.reading() as connection:
        states = [(await any_booking(connection, each.id)).state for each in (booking, under_way)]
    assert states == [BookingState.CANCELLED, BookingState.CONFIRMED]
    told_of_it = (await emails_in(database, booking.catchup_id))[-2:]
    assert [(email.name, email.kind) for email in told_of_it] == [
        ("Maya", "booking_called_off"),
        ("Sam", "booking_called_off"),
    ]
    assert [email.event[0] for email in told_of_it] == ["CANCELLED", "CANCELLED"]
    assert await pending_reminders(database, booking) == []


async def test_each_sees_it_at_home_and_under_their_data(database, pair, ada):
    await arrange(database, ada, pair.mentorship_id, MentorshipEvent.PAUSE, NOW)
    for visitor in (pair.mentor, pair.mentee):
        [row] = (await read_home_page(database, visitor, NOW)).mentorships
        assert row.state is MentorshipState.PAUSED
        assert [look.act for look in (await read_looks_page(database, visitor)).looks] == ["paused_mentorship"]


async def test_what_is_so_already_changes_nothing(database, pair, ada, contents):
    await arrange(database, ada, pair.mentorship_id, MentorshipEvent.END, NOW)
    before = await contents()
    for event in (MentorshipEvent.END, MentorshipEvent.PAUSE):
        with pytest.raises(MentorshipUnchanged):
            await arrange(database, ada, pair.mentorship_id, event, NOW)
    with pytest.raises(NotFound):
        await arrange(database, ada, 999, MentorshipEvent.END, NOW)
    with pytest.raises(NotFound):
        await arrange(database, pair.mentor, pair.mentorship_id, MentorshipEvent.RESUME, NOW)
    assert await contents() == before


async def test_a_pair_that_is_added_again_goes_on(database, pair, ada):
    await arrange(database, ada, pair.mentorship_id, MentorshipEvent.END, NOW)
    both = (NewPerson("Maya", "maya@example.org", "UTC"), NewPerson("Sam", "sam@example.org", "UTC"))
    await add_pair_with_welcome(database, ada, *both, NOW)
    async with database.reading() as connection:
        states = (await connection.execute(select(mentorships.c.state))).scalars().all()
    assert states == ["active"]
    assert [kind for _, kind in await told(database)][2:] == ["mentorship_resumed"] * 2


async def test_an_offer_at_the_same_moment_is_taken_back_or_refused(database, pair, ada, no_limits):
    """Whichever comes first: none waits in a mentorship that is paused."""
    for _ in range(5):
        results = await asyncio.gather(
            *(make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, OFFERED, NOW) for _ in range(3)),
            arrange(database, ada, pair.mentorship_id, MentorshipEvent.PAUSE, NOW),
            return_exceptions=True,
        )
        assert {type(each) for each in results if isinstance(each, BaseException)} <= {MentorshipAtRest}
        assert (await read_home_page(database, pair.mentor, NOW)).offers == ()
        await arrange(database, ada, pair.mentorship_id, MentorshipEvent.RESUME, NOW)
