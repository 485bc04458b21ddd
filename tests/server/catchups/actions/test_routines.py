"""Routines: set, changed, paused and ended; and each of their times is offered once, whatever happens."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server.availability.rules import Break
from server.catchups.actions.answers import accept_offer, decline_offer, postpone_offer
from server.catchups.actions.offers import withdraw_offer
from server.catchups.actions.routines import (
    add_break,
    end_routine,
    make_routine_offers,
    pause_routine,
    remove_break,
    resume_routine,
    set_routine,
)
from server.catchups.queries.choices import read_own_choices
from server.catchups.queries.ledger import verify
from server.catchups.queries.routine import read_routine_page
from server.catchups.rules.breaks import MOST_BREAKS
from server.catchups.rules.drafts import Medium
from server.catchups.rules.errors import RoutineNotYours, RoutineOver
from server.catchups.rules.ledger import Channel, ChoiceKind
from server.catchups.rules.offers import OfferState
from server.catchups.rules.routines import AHEAD, LOOK_AGAIN, NOTICE, Every, Plan, Rhythm
from server.catchups.store import offers
from server.catchups.store.ledger import choices_about
from server.errors import InvalidInput, NotFound
from server.people.rules.mentorships import MentorshipAtRest, MentorshipState, Side
from server.people.store.people import set_mentorship_state
from tests.server.actors import (
    DECLINED,
    NOW,
    POSTPONED,
    SHOWN,
    TOOK_BACK,
    a_booking,
    accepting,
    an_offer,
    emails_in,
)

# NOW is a Monday. At 17:00 in Stockholm it is 16:00 UTC.
PLAN = Plan(Rhythm(Every.WEEK, date(2026, 11, 26), 17 * 60, "Europe/Stockholm"), Medium.VIDEO, 45)
START = datetime(2026, 11, 26, 16, tzinfo=UTC)
WEEK = timedelta(weeks=1)
SET, PAUSED, RESUMED, ENDED = (
    SHOWN[kind]
    for kind in (
        ChoiceKind.SET_ROUTINE,
        ChoiceKind.PAUSED_ROUTINE,
        ChoiceKind.RESUMED_ROUTINE,
        ChoiceKind.ENDED_ROUTINE,
    )
)


async def set_by_maya(database, pair, plan=PLAN, now=NOW):
    await set_routine(database, pair.mentor, pair.mentorship_id, plan, SET, now)


async def waiting(database, pair):
    """The offers of the two that wait for an answer."""
    async with database.reading() as connection:
        return await offers.open_offers_in(connection, pair.mentorship_id)


async def the_offer(database, pair):
    [offer] = await waiting(database, pair)
    return offer


async def test_the_job_offers_the_next_time_in_the_name_of_the_mentor(database, pair):
    await set_by_maya(database, pair)
    assert await make_routine_offers(database, NOW) == 1
    offer = await the_offer(database, pair)
    assert offer.starts == (START,)
    assert (offer.author_id, offer.recipient_id) == (pair.mentor.person.id, pair.mentee.person.id)
    assert (offer.media, offer.minutes, offer.by_routine) == (frozenset({Medium.VIDEO}), 45, True)
    async with database.reading() as connection:
        [choice] = await choices_about(connection, offer.id)
    assert (choice.kind, choice.person_id, choice.link_id) == (
        ChoiceKind.OFFERED,
        pair.mentor.person.id,
        pair.mentor.link_id,
    )
    assert (choice.channel, choice.wording_hash) == (Channel.ROUTINE, SET.hash)
    assert [email.kind for email in await emails_in(database, offer.catchup_id)] == ["offer_made"]
    assert await make_routine_offers(database, NOW) == 0


async def test_each_offer_is_the_mentees_choice_and_the_next_comes_a_week_ahead_of_its_time(database, pair):
    await set_by_maya(database, pair)
    await make_routine_offers(database, NOW)
    offer = await the_offer(database, pair)
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(START), NOW)
    assert booking.start == START
    assert await make_routine_offers(database, NOW + LOOK_AGAIN) == 0
    assert await make_routine_offers(database, START) == 1
    second = await the_offer(database, pair)
    assert second.starts == (START + WEEK,)
    await decline_offer(database, pair.mentee, second.id, "", DECLINED, START)
    assert await make_routine_offers(database, START + LOOK_AGAIN) == 0
    assert await make_routine_offers(database, START + WEEK) == 1


async def test_several_processes_at_once_make_one_offer(database, pair):
    await set_by_maya(database, pair)
    assert sum(await asyncio.gather(*(make_routine_offers(database, NOW) for _ in range(6)))) == 1
    await the_offer(database, pair)


async def test_a_process_that_dies_in_between_leaves_nothing_and_the_next_makes_the_offer(database, pair, monkeypatch):
    await set_by_maya(database, pair)

    async def dies(*_):
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr("server.catchups.store.routines.note_offered", dies)
        with pytest.raises(asyncio.CancelledError):
            await make_routine_offers(database, NOW)
    assert await waiting(database, pair) == ()
    assert await make_routine_offers(database, NOW) == 1


async def test_no_offer_is_made_while_one_of_the_two_waits(database, pair):
    other = await an_offer(database, pair)
    await set_by_maya(database, pair)
    assert await make_routine_offers(database, NOW) == 0
    await withdraw_offer(database, pair.mentor, other.id, TOOK_BACK, NOW)
    assert await make_routine_offers(database, NOW) == 0
    assert await make_routine_offers(database, NOW + LOOK_AGAIN) == 1


async def test_what_overlaps_a_booking_or_a_break_of_either_is_left_out(database, pair):
    await a_booking(database, pair, START - timedelta(minutes=15))
    second, third = (START + number * WEEK for number in (1, 2))
    await add_break(database, pair.mentee, Break(second.date(), second.date()), NOW)
    await set_by_maya(database, pair)
    assert await make_routine_offers(database, NOW) == 0
    assert await make_routine_offers(database, third - AHEAD - timedelta(minutes=1)) == 0
    assert await make_routine_offers(database, third - AHEAD) == 1
    assert (await the_offer(database, pair)).starts == (third,)


async def test_a_break_that_is_removed_leaves_its_times_free_again(database, pair):
    await set_by_maya(database, pair)
    await add_break(database, pair.mentor, Break(START.date(), START.date()), NOW)
    await add_break(database, pair.mentor, Break(START.date(), START.date()), NOW)
    assert await make_routine_offers(database, NOW) == 0
    page = await read_routine_page(database, pair.mentor, pair.mentorship_id, NOW)
    [own] = page.breaks
    assert page.coming[0] == START + WEEK
    # Nobody removes another's.
    await remove_break(database, pair.mentee, own.id, NOW)
    assert (await read_routine_page(database, pair.mentee, pair.mentorship_id, NOW)).breaks == ()
    assert await make_routine_offers(database, NOW) == 0
    await remove_break(database, pair.mentor, own.id, NOW)
    assert await make_routine_offers(database, NOW) == 1


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 12, 2), date(2026, 12, 1)),
        (date(2026, 11, 1), date(2026, 11, 22)),
        (date(2026, 12, 1), date(2028, 12, 1)),
    ],
)
async def test_a_break_that_cannot_be_is_refused(database, pair, first, last):
    with pytest.raises(InvalidInput):
        await add_break(database, pair.mentor, Break(first, last), NOW)


async def test_there_are_only_so_many_breaks(database, pair):
    day = NOW.date()
    for number in range(MOST_BREAKS):
        await add_break(database, pair.mentor, Break(day, day + timedelta(days=number)), NOW)
    with pytest.raises(InvalidInput):
        await add_break(database, pair.mentor, Break(day, day + timedelta(days=MOST_BREAKS)), NOW)


@pytest.mark.parametrize("side", ["mentor", "mentee"])
async def test_either_pauses_it_for_themselves_and_goes_on(database, pair, side):
    await set_by_maya(database, pair)
    visitor, other = (pair.mentor, pair.mentee) if side == "mentor" else (pair.mentee, pair.mentor)
    await pause_routine(database, visitor, pair.mentorship_id, 2, PAUSED, NOW)
    assert await make_routine_offers(database, NOW) == 0
    # One cannot end the other's pause.
    await resume_routine(database, other, pair.mentorship_id, RESUMED, NOW)
    assert await make_routine_offers(database, NOW) == 0
    page = await read_routine_page(database, other, pair.mentorship_id, NOW)
    assert (page.mine, page.theirs) == (None, NOW + 2 * WEEK)
    assert page.coming[0] == START + 2 * WEEK
    await resume_routine(database, visitor, pair.mentorship_id, RESUMED, NOW)
    assert await make_routine_offers(database, NOW) == 1


async def test_after_a_pause_it_goes_on_by_itself(database, pair):
    await set_by_maya(database, pair)
    await pause_routine(database, pair.mentee, pair.mentorship_id, 2, PAUSED, NOW)
    first = START + 2 * WEEK
    await make_routine_offers(database, NOW)
    assert await make_routine_offers(database, first - AHEAD) == 1
    assert (await the_offer(database, pair)).starts == (first,)


async def test_who_asked_to_be_asked_later_is_not_asked_before(database, pair):
    await set_by_maya(database, pair)
    await make_routine_offers(database, NOW)
    again = await postpone_offer(database, pair.mentee, (await the_offer(database, pair)).id, 2, "", POSTPONED, NOW)
    assert await make_routine_offers(database, again - timedelta(minutes=1)) == 0
    assert await make_routine_offers(database, again + LOOK_AGAIN) == 1


@pytest.mark.parametrize("state", [MentorshipState.PAUSED, MentorshipState.ENDED])
async def test_a_mentorship_that_rests_gets_no_offers_and_no_routine(database, pair, state):
    await set_by_maya(database, pair)
    async with database.writing() as connection:
        await set_mentorship_state(connection, pair.mentorship_id, state, Side.SCHEME, NOW)
    assert await make_routine_offers(database, NOW) == 0
    with pytest.raises(MentorshipAtRest):
        await set_by_maya(database, pair, replace(PLAN, minutes=30))
    async with database.writing() as connection:
        await set_mentorship_state(connection, pair.mentorship_id, MentorshipState.ACTIVE, Side.SCHEME, NOW)
    assert await make_routine_offers(database, NOW + LOOK_AGAIN) == 1


async def test_a_change_takes_back_what_waits_and_offers_the_new_times(database, pair):
    await set_by_maya(database, pair)
    await make_routine_offers(database, NOW)
    before = await the_offer(database, pair)
    await set_by_maya(database, pair)
    assert await waiting(database, pair) == (before,)
    later = replace(PLAN, rhythm=replace(PLAN.rhythm, minute=18 * 60))
    await set_by_maya(database, pair, later)
    assert await waiting(database, pair) == ()
    async with database.reading() as connection:
        assert (await offers.any_offer(connection, before.id)).state is OfferState.WITHDRAWN
        kinds = [choice.kind for choice in await choices_about(connection, before.id)]
    assert kinds == [ChoiceKind.OFFERED, ChoiceKind.TOOK_BACK]
    assert await make_routine_offers(database, NOW) == 1
    assert (await the_offer(database, pair)).starts == (START + timedelta(hours=1),)
    # The same times as at first are new offers, too.
    await set_by_maya(database, pair)
    assert await make_routine_offers(database, NOW) == 1
    assert (await the_offer(database, pair)).starts == (START,)


@pytest.mark.parametrize(("side", "left"), [("mentor", 0), ("mentee", 1)])
async def test_either_ends_it_and_the_mentors_offers_go_with_their_consent(database, pair, side, left):
    await set_by_maya(database, pair)
    await make_routine_offers(database, NOW)
    visitor = pair.mentor if side == "mentor" else pair.mentee
    await end_routine(database, visitor, pair.mentorship_id, ENDED, NOW)
    assert len(await waiting(database, pair)) == left
    assert await make_routine_offers(database, START) == 0
    assert (await read_routine_page(database, visitor, pair.mentorship_id, NOW)).routine is None
    for act in (end_routine, resume_routine):
        with pytest.raises(RoutineOver):
            await act(database, visitor, pair.mentorship_id, ENDED, NOW)


async def test_only_the_mentor_sets_it_and_nobody_else_sees_or_changes_it(database, pair):
    with pytest.raises(RoutineNotYours):
        await set_routine(database, pair.mentee, pair.mentorship_id, PLAN, SET, NOW)
    await set_by_maya(database, pair)
    for act in (end_routine, resume_routine):
        with pytest.raises(NotFound):
            await act(database, pair.stranger, pair.mentorship_id, ENDED, NOW)
    with pytest.raises(NotFound):
        await set_routine(database, pair.stranger, pair.mentorship_id, PLAN, SET, NOW)
    with pytest.raises(NotFound):
        await pause_routine(database, pair.stranger, pair.mentorship_id, 2, PAUSED, NOW)
    with pytest.raises(NotFound):
        await read_routine_page(database, pair.stranger, pair.mentorship_id, NOW)


async def test_what_each_chose_about_it_is_in_the_ledger_and_among_their_choices(database, pair):
    await set_by_maya(database, pair)
    await pause_routine(database, pair.mentee, pair.mentorship_id, 2, PAUSED, NOW)
    await resume_routine(database, pair.mentee, pair.mentorship_id, RESUMED, NOW)
    await make_routine_offers(database, NOW)
    await end_routine(database, pair.mentor, pair.mentorship_id, ENDED, NOW)
    maya, sam = [await read_own_choices(database, visitor) for visitor in (pair.mentor, pair.mentee)]
    assert [choice.kind.value for choice in maya] == ["set_routine", "offered", "took_back", "ended_routine"]
    assert [choice.kind.value for choice in sam] == ["paused_routine", "resumed_routine"]
    assert (maya[0].start, maya[0].medium, maya[0].wording) == (START, Medium.VIDEO, SET.text)
    assert (maya[0].other_name, maya[0].catchup_id, maya[0].mentorship_id) == ("Sam", None, pair.mentorship_id)
    assert (await verify(database)).holds


async def test_a_time_that_starts_too_soon_is_left_out(database, pair):
    await set_by_maya(database, pair)
    assert await make_routine_offers(database, START - NOTICE) == 0
    assert await make_routine_offers(database, START) == 1
    assert (await the_offer(database, pair)).starts == (START + WEEK,)
