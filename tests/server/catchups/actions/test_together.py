"""Accepting several times of a routine at once: each by itself, or left out; and one email to each about all."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select, true, update

from server.catchups.actions.bookings import withdraw
from server.catchups.actions.routines import end_routine, make_routine_offers, pause_routine, set_routine
from server.catchups.actions.together import accept_coming, accept_with_coming
from server.catchups.queries.ledger import verify
from server.catchups.queries.routine import read_routine_page
from server.catchups.rules.drafts import Medium
from server.catchups.rules.errors import NotYoursToDecide, RoutineOver, TimeNotOffered, TimePassed, TimeTaken
from server.catchups.rules.ledger import ChoiceKind, ShownWording
from server.catchups.rules.routines import Every, Plan, Rhythm
from server.catchups.store import offers
from server.catchups.store.catchups import lock_catchups_in
from server.db.database import for_update
from server.db.tables import bookings, catchups, outbox, wordings
from server.errors import NotFound
from server.mail import outbox as outbox_store
from server.mail.mailer import LEASE, send_due_emails
from server.people.rules.mentorships import MentorshipAtRest, MentorshipState, Side
from server.people.store.people import set_mentorship_state
from tests.server.actors import NOW, SHOWN, WITHDREW, a_booking, accepting, emails_in, emails_left, kinds_in

PLAN = Plan(Rhythm(Every.WEEK, date(2026, 11, 26), 17 * 60, "Europe/Stockholm"), Medium.VIDEO, 45)
START = datetime(2026, 11, 26, 16, tzinfo=UTC)
WEEK = timedelta(weeks=1)
SET, ACCEPTED, PAUSED = (
    SHOWN[kind] for kind in (ChoiceKind.SET_ROUTINE, ChoiceKind.ACCEPTED, ChoiceKind.PAUSED_ROUTINE)
)


@pytest.fixture
async def offer(database, pair):
    """The routine's offer of its first time."""
    await set_routine(database, pair.mentor, pair.mentorship_id, PLAN, SET, NOW)
    await make_routine_offers(database, NOW)
    async with database.reading() as connection:
        [found] = await offers.open_offers_in(connection, pair.mentorship_id)
    return found


async def together(database, pair, offer, *weeks, who=None):
    coming = tuple(START + number * WEEK for number in weeks)
    return await accept_with_coming(database, who or pair.mentee, offer.id, accepting(START), coming, NOW)


async def test_three_of_four_are_agreed_each_with_its_own_choice_booking_and_event(database, pair, offer):
    done = await together(database, pair, offer, 1, 3)
    assert [(each.start, each.minutes, each.medium) for each in done.bookings] == [
        (START + number * WEEK, 45, Medium.VIDEO) for number in (0, 1, 3)
    ]
    assert done.left_out == ()
    assert len({each.catchup_id for each in done.bookings}) == 3
    for booking in done.bookings:
        assert await kinds_in(database, booking.catchup_id) == ["offered", "accepted"]
        agreed = [each for each in await emails_in(database, booking.catchup_id) if each.kind == "offers_accepted"]
        assert [(each.name, each.event[0], each.event[2]) for each in agreed] == [
            ("Maya", "CONFIRMED", booking.start),
            ("Sam", "CONFIRMED", booking.start),
        ]
    assert (await verify(database)).holds


async def test_the_time_that_was_not_ticked_is_offered_a_week_ahead_as_ever(database, pair, offer):
    await together(database, pair, offer, 1, 3)
    later = START + timedelta(days=8)
    assert await make_routine_offers(database, later) == 1
    async with database.reading() as connection:
        [found] = await offers.open_offers_in(connection, pair.mentorship_id)
    assert found.starts == (START + 2 * WEEK,)


async def test_each_can_be_withdrawn_from_by_itself_and_is_not_offered_again(database, pair, offer):
    done = await together(database, pair, offer, 1, 2)
    await withdraw(database, pair.mentee, done.bookings[1].id, "", WITHDREW, NOW)
    async with database.reading() as connection:
        states = (await connection.execute(select(bookings.c.state).order_by(bookings.c.start))).scalars().all()
    assert states == ["confirmed", "cancelled", "confirmed"]
    page = await read_routine_page(database, pair.mentee, pair.mentorship_id, NOW)
    assert page.coming == tuple(START + number * WEEK for number in (3, 4, 5, 6))
    assert await make_routine_offers(database, START) == 0


async def test_a_time_that_clashes_is_left_out_and_the_rest_goes_through(database, pair, offer):
    await a_booking(database, pair, START + WEEK + timedelta(minutes=30))
    done = await together(database, pair, offer, 1, 2)
    assert [each.start for each in done.bookings] == [START, START + 2 * WEEK]
    [left_out] = done.left_out
    assert (left_out.start, type(left_out.reason)) == (START + WEEK, TimeTaken)


async def test_the_offered_time_itself_is_left_out_where_it_clashes(database, pair, offer):
    await a_booking(database, pair, START)
    done = await together(database, pair, offer, 1)
    assert [each.start for each in done.bookings] == [START + WEEK]
    assert [each.start for each in done.left_out] == [START]
    async with database.reading() as connection:
        assert [each.id for each in await offers.open_offers_in(connection, pair.mentorship_id)] == [offer.id]


async def test_the_offered_time_itself_is_left_out_where_it_has_passed(database, pair, offer):
    """The mentor has added another one to the offer."""
    later = START + timedelta(days=2)
    async with database.writing() as connection:
        await offers.reword_offer(connection, offer, replace(offer.draft, starts=(START, later), answer_by=later))
    coming = (START + WEEK,)
    done = await accept_with_coming(
        database, pair.mentee, offer.id, accepting(START, revision=1), coming, START + timedelta(hours=1)
    )
    assert [each.start for each in done.bookings] == [START + WEEK]
    assert [(each.start, type(each.reason)) for each in done.left_out] == [(START, TimePassed)]


async def test_the_coming_ones_can_be_accepted_without_an_offer_that_waits(database, pair, offer):
    await together(database, pair, offer, 1)
    page = await read_routine_page(database, pair.mentee, pair.mentorship_id, NOW)
    assert page.early
    done = await accept_coming(database, pair.mentee, pair.mentorship_id, page.coming[:2], ACCEPTED, NOW)
    assert [each.start for each in done.bookings] == [START + 2 * WEEK, START + 3 * WEEK]
    again = await accept_coming(database, pair.mentee, pair.mentorship_id, page.coming[:2], ACCEPTED, NOW)
    assert (again.bookings, [each.start for each in again.left_out]) == ((), list(page.coming[:2]))


async def test_a_time_that_the_rhythm_has_not_is_left_out(database, pair, offer):
    odd = START + WEEK + timedelta(minutes=5)
    done = await accept_coming(database, pair.mentee, pair.mentorship_id, (odd, START + WEEK), ACCEPTED, NOW)
    assert ([each.start for each in done.bookings], [each.start for each in done.left_out]) == ([START + WEEK], [odd])


async def test_only_the_mentee_can_and_only_of_a_routine_that_goes_on(database, pair, offer):
    async def refused(who, starts=(START + WEEK,)):
        with pytest.raises((NotFound, NotYoursToDecide, RoutineOver, TimeNotOffered, MentorshipAtRest)) as refusal:
            await accept_coming(database, who, pair.mentorship_id, starts, ACCEPTED, NOW)
        return refusal.type

    assert await refused(pair.stranger) is NotFound
    assert await refused(pair.mentor) is NotYoursToDecide
    assert await refused(pair.mentee, ()) is TimeNotOffered
    assert await refused(pair.mentee, tuple(START + number * WEEK for number in range(1, 6))) is TimeNotOffered
    await pause_routine(database, pair.mentor, pair.mentorship_id, 12, PAUSED, NOW)
    done = await accept_coming(database, pair.mentee, pair.mentorship_id, (START + WEEK,), ACCEPTED, NOW)
    assert done.bookings == ()
    async with database.writing() as connection:
        await set_mentorship_state(connection, pair.mentorship_id, MentorshipState.PAUSED, Side.EITHER, NOW)
    assert await refused(pair.mentee) is MentorshipAtRest


async def test_a_mentor_who_agreed_to_earlier_words_is_not_taken_early(database, pair, offer):
    """Those words said that each time is offered a week ahead."""
    earlier = ShownWording("We offer each of them a week ahead.", "en")
    async with database.writing() as connection:
        await connection.execute(update(wordings).where(wordings.c.hash == SET.hash).values(text=earlier.text))
    assert not (await read_routine_page(database, pair.mentee, pair.mentorship_id, NOW)).early
    with pytest.raises(RoutineOver):
        await accept_coming(database, pair.mentee, pair.mentorship_id, (START + WEEK,), ACCEPTED, NOW)


async def test_all_of_it_or_nothing_is_kept_where_the_server_fails_in_between(database, pair, offer, contents):
    before = await contents()
    with patch("server.catchups.store.catchups.add_catchup", side_effect=RuntimeError), pytest.raises(RuntimeError):
        await together(database, pair, offer, 1, 2)
    assert await contents() == before


async def test_accepting_locks_the_catch_ups_in_the_order_of_the_others_who_lock_them_all(database, pair):
    """It once locked that of its offer first, and deadlocked with them on PostgreSQL."""
    earlier = await a_booking(database, pair)
    await set_routine(database, pair.mentor, pair.mentorship_id, PLAN, SET, NOW)
    await make_routine_offers(database, NOW)
    async with database.reading() as connection:
        [offer] = [each for each in await offers.open_offers_in(connection, pair.mentorship_id) if each.by_routine]
    assert earlier.catchup_id < offer.catchup_id
    async with database.writing() as connection:
        await connection.execute(for_update(select(catchups.c.id).where(catchups.c.id == earlier.catchup_id)))
        accepts = asyncio.create_task(together(database, pair, offer, 1))
        await asyncio.sleep(0.2)
        await lock_catchups_in(connection, pair.mentorship_id)
    assert [each.start for each in (await accepts).bookings] == [START, START + WEEK]


async def test_of_two_presses_at_once_one_agrees_to_each_time(database, pair, offer):
    coming = (START + WEEK, START + 2 * WEEK)
    presses = [accept_coming(database, pair.mentee, pair.mentorship_id, coming, ACCEPTED, NOW) for _ in range(3)]
    done = await asyncio.gather(*presses, together(database, pair, offer, 1, 3))
    agreed = [booking.start for each in done for booking in each.bookings]
    assert sorted(agreed) == [START + number * WEEK for number in range(4)]
    assert (await verify(database)).holds


async def test_where_the_routine_ends_meanwhile_all_is_agreed_or_nothing(database, pair, offer):
    done, _ = await asyncio.gather(
        together(database, pair, offer, 1, 2),
        end_routine(database, pair.mentor, pair.mentorship_id, SHOWN[ChoiceKind.ENDED_ROUTINE], NOW),
        return_exceptions=True,
    )
    async with database.reading() as connection:
        booked = (await connection.execute(select(bookings.c.id))).all()
    if isinstance(done, Exception):
        assert (type(done), booked) == (RoutineOver, [])
    else:
        assert len(done.bookings) == len(booked) == 3


async def test_each_gets_one_email_with_all_events_and_a_link_to_each(database, pair, offer, mailer, smtp_server):
    await emails_left(database)
    done = await together(database, pair, offer, 1, 3)
    await send_due_emails(database, mailer)
    assert sorted(email["To"].partition(" ")[0] for email in smtp_server.emails) == ["Maya", "Sam"]
    for email in smtp_server.emails:
        files = [part.get_payload(decode=True).decode() for part in email.iter_attachments()]
        assert len(files) == 3
        for booking, file in zip(done.bookings, files, strict=True):
            assert f"DTSTART:{booking.start:%Y%m%dT%H%M%SZ}" in file
            assert file.count("BEGIN:VEVENT") == 1
        text = email.get_body(("plain",)).get_content()
        links = {line.rpartition(" ")[2] for line in text.splitlines() if "Open this catch-up: " in line}
        assert len(links) == 3
    async with database.reading() as connection:
        left = select(outbox.c.id).where(outbox.c.kind == "offers_accepted", outbox.c.sent_at.is_(None))
        assert (await connection.execute(left)).all() == []


async def test_what_is_withdrawn_before_the_email_left_is_not_in_it(database, pair, offer, mailer, smtp_server):
    await emails_left(database)
    done = await together(database, pair, offer, 1, 2)
    await withdraw(database, pair.mentee, done.bookings[0].id, "", WITHDREW, NOW)
    await send_due_emails(database, mailer)
    told = [email for email in smtp_server.emails if "next times are agreed" in email["Subject"]]
    assert [len(list(email.iter_attachments())) for email in told] == [2, 2]
    assert len(smtp_server.emails) == 4


async def test_no_link_of_an_email_is_kept_that_surely_reached_nobody(
    database, pair, offer, mailer, smtp_server, count
):
    await emails_left(database)
    await together(database, pair, offer, 1, 2)
    before = await count("links")
    smtp_server.replies = {"RCPT": "450 4.2.1 Come back later"}
    await send_due_emails(database, mailer)
    assert await count("links") == before


async def test_a_failed_try_is_repeated_as_one_email(database, pair, offer, mailer, smtp_server, clock):
    await emails_left(database)
    await together(database, pair, offer, 1, 2)
    with patch.object(type(mailer.transport), "send", side_effect=OSError("broken")):
        await send_due_emails(database, mailer)
    assert smtp_server.emails == []
    clock.now = NOW + timedelta(minutes=20)
    await send_due_emails(database, mailer)
    assert [len(list(email.iter_attachments())) for email in smtp_server.emails] == [3, 3]


async def test_the_email_of_a_sender_that_was_killed_is_sent_as_one_with_all_events(
    database, pair, offer, mailer, smtp_server, clock
):
    await emails_left(database)
    await together(database, pair, offer, 1, 2)
    async with database.writing() as connection:
        killed = await outbox_store.claim_due(connection, NOW, NOW + LEASE, true())
        assert len(await outbox_store.sent_with(connection, killed)) == 3
    clock.now = NOW + LEASE
    await send_due_emails(database, mailer)
    assert [len(list(email.iter_attachments())) for email in smtp_server.emails] == [3, 3]


async def test_of_what_is_one_email_no_second_sender_claims_a_part(database, pair, offer):
    """It once claimed what the first had not locked yet, and the two deadlocked on PostgreSQL."""
    await emails_left(database)
    await together(database, pair, offer, 1, 2)
    async with database.writing() as connection:
        first = await outbox_store.claim_due(connection, NOW, NOW + LEASE, true())
        await outbox_store.put_off(connection, first, NOW + LEASE, None)
        part = update(outbox).where(outbox.c.kind == first.kind, outbox.c.recipient_id == first.recipient_id)
        await connection.execute(part.where(outbox.c.id != first.id).values(due_at=NOW))
        other = await outbox_store.claim_due(connection, NOW, NOW + LEASE, true())
        assert other.recipient_id != first.recipient_id
        assert await outbox_store.claim_due(connection, NOW, NOW + LEASE, true()) is None
        assert not await outbox_store.is_due(connection, NOW, true())
