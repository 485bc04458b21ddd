"""Who needs a hand, and who does not any more."""

from datetime import timedelta

from server.admin.queries.needs_hand import read_needs_hand
from server.admin.rules.needs_hand import QUIET_AFTER
from server.calls.actions.entering import record_news
from server.catchups.actions.offers import expire_offers
from server.mail.outbox import enqueue
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.nudges import nudge_event
from signaling.news import Joined
from tests.server.actors import FIRST, NOW, a_booking, an_offer

LATER = NOW + QUIET_AFTER + timedelta(days=3)


async def needs_hand(database, now):
    async with database.reading() as connection:
        return await read_needs_hand(connection, now)


async def test_a_pair_is_quiet_until_something_is_planned_or_they_meet(database, pair):
    assert (await needs_hand(database, NOW)).quiet == ()
    [quiet] = (await needs_hand(database, LATER)).quiet
    assert (quiet.mentor_name, quiet.mentee_name, quiet.met_at, quiet.nudged) == ("Maya", "Sam", None, False)
    booking = await a_booking(database, pair, LATER + timedelta(days=1), now=LATER)
    assert (await needs_hand(database, LATER)).quiet == ()
    start = booking.start.timestamp()
    for uid, visitor in (("m", pair.mentor), ("s", pair.mentee)):
        await record_news(database, Joined(uid, str(booking.id), str(visitor.person.id), start))
    assert (await needs_hand(database, booking.start + QUIET_AFTER)).quiet == ()
    [quiet] = (await needs_hand(database, booking.start + QUIET_AFTER + timedelta(days=1))).quiet
    assert quiet.met_at == booking.start


async def test_it_knows_who_was_reminded_this_week(database, pair):
    async with database.writing() as connection:
        event = nudge_event(pair.mentorship_id, LATER)
        await enqueue(connection, recipient_id=pair.mentor.person.id, event=event, kind="nudge", path="/", now=LATER)
    assert [each.nudged for each in (await needs_hand(database, LATER)).quiet] == [True]
    assert [each.nudged for each in (await needs_hand(database, LATER + timedelta(days=7))).quiet] == [False]


async def test_an_offer_that_nobody_answered_is_listed_until_another_one_waits(database, pair):
    offer = await an_offer(database, pair)
    after = FIRST + timedelta(days=5)
    assert (await needs_hand(database, after)).unanswered == ()
    await expire_offers(database, after)
    [unanswered] = (await needs_hand(database, after)).unanswered
    assert (unanswered.offer_id, unanswered.mentee_id) == (offer.id, pair.mentee.person.id)
    assert (await needs_hand(database, after + timedelta(days=60))).unanswered == ()
    await a_booking(database, pair, after + timedelta(days=1), now=after)
    assert (await needs_hand(database, after)).unanswered == ()


async def test_who_never_opened_a_link_is_listed(database, pair):
    """Maya and Sam have; Lena has not."""
    async with database.writing() as connection:
        lena = await find_or_add_person(connection, NewPerson("Lena", "lena@example.org", "UTC"), NOW)
        await find_or_add_person(connection, NewPerson("Nobody's", "n@example.org", "UTC"), NOW)
        await find_or_add_mentorship(connection, pair.mentor.person, lena, NOW)
    assert (await needs_hand(database, NOW + timedelta(days=2))).outside == ()
    [outside] = (await needs_hand(database, NOW + timedelta(days=4))).outside
    assert (outside.name, outside.undelivered) == ("Lena", False)
