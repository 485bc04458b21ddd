"""What the two do with the routine of their mentorship, and the offers that it makes."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import Break
from server.availability.store import breaks
from server.availability.store.breaks import days_off_of
from server.catchups.changes.ledger import record_choice
from server.catchups.changes.limits import count_proposal
from server.catchups.changes.saving import save
from server.catchups.rules.breaks import check_break, check_room_for_break
from server.catchups.rules.errors import RoutineNotYours, RoutineOver
from server.catchups.rules.ledger import ChoiceKind, NewChoice, ShownWording, Statement, routine_subject, statement_of
from server.catchups.rules.offers import OfferEvent, apply
from server.catchups.rules.proposals import propose
from server.catchups.rules.routines import (
    AHEAD,
    Around,
    Plan,
    Routine,
    check_plan,
    next_step,
    routine_pause_until,
)
from server.catchups.store import catchups, offers, pauses, routines
from server.catchups.store.bookings import live_between
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.errors import NotFound
from server.i18n.local_time import day_in
from server.people.rules.mentorships import MentorshipState, check_active
from server.people.rules.people import Mentorship
from server.people.rules.visitors import Visitor, check_home
from server.people.store import people

MOST_AT_ONCE = 500


async def set_routine(
    db: Database, visitor: Visitor, mentorship_id: int, plan: Plan, shown: ShownWording, now: datetime
) -> None:
    """Sets the routine, or changes it: its times are offered from now on, and what an earlier one offered and still
    waits is taken back. The same one set again on the same words changes nothing.

    Raises NotFound, RoutineNotYours for the mentee, InvalidInput, MentorshipAtRest or TooManyProposals.
    """
    by = statement_of(visitor, shown)
    async with db.writing() as connection:
        mentorship = await _lock_all(connection, visitor, mentorship_id)
        if visitor.person.id != mentorship.mentor_id:
            raise RoutineNotYours
        check_active(mentorship.state)
        before = await routines.routine_of(connection, mentorship.id)
        if before is not None and not before.ended and before.plan == plan and before.by.shown.text == shown.text:
            return
        check_plan(plan, now)
        await count_proposal(connection, visitor.person.id, mentorship.id, now)
        await _take_back(connection, mentorship.id, by, now)
        routine_id = await routines.set_routine(connection, before, mentorship.id, plan, by, now)
        first = next(plan.rhythm.starts(now))
        await _record(
            connection, routine_id, NewChoice(ChoiceKind.SET_ROUTINE, by, first, plan.medium), mentorship, now
        )


async def pause_routine(
    db: Database, visitor: Visitor, mentorship_id: int, weeks: int, shown: ShownWording, now: datetime
) -> None:
    """Pauses it for the visitor: nothing in these weeks is offered. Raises NotFound, InvalidInput or RoutineOver."""
    until = routine_pause_until(weeks, now)
    await _pause(db, visitor, mentorship_id, until, statement_of(visitor, shown), now)


async def resume_routine(
    db: Database, visitor: Visitor, mentorship_id: int, shown: ShownWording, now: datetime
) -> None:
    """Ends the visitor's own pause; the other's stays. Raises NotFound or RoutineOver."""
    await _pause(db, visitor, mentorship_id, None, statement_of(visitor, shown), now)


async def _pause(
    db: Database, visitor: Visitor, mentorship_id: int, until: datetime | None, by: Statement, now: datetime
) -> None:
    async with db.writing() as connection:
        mentorship = await people.lock_mentorship_of(connection, visitor, mentorship_id)
        routine = await _standing(connection, mentorship)
        by_mentor = visitor.person.id == mentorship.mentor_id
        await routines.set_pause(connection, routine, until, now, by_mentor=by_mentor)
        kind = ChoiceKind.PAUSED_ROUTINE if until else ChoiceKind.RESUMED_ROUTINE
        await _record(connection, routine.id, NewChoice(kind, by, until), mentorship, now)


async def end_routine(db: Database, visitor: Visitor, mentorship_id: int, shown: ShownWording, now: datetime) -> None:
    """Ends it for both. With the mentor's consent go the offers of it that still wait.

    Raises NotFound or RoutineOver.
    """
    by = statement_of(visitor, shown)
    async with db.writing() as connection:
        mentorship = await _lock_all(connection, visitor, mentorship_id)
        routine = await _standing(connection, mentorship)
        if visitor.person.id == mentorship.mentor_id:
            await _take_back(connection, mentorship.id, by, now)
        await routines.end_routine(connection, routine)
        await _record(connection, routine.id, NewChoice(ChoiceKind.ENDED_ROUTINE, by), mentorship, now)


async def add_break(db: Database, visitor: Visitor, new: Break, now: datetime) -> None:
    """The visitor is away: none of their routines offers a time in these days. The same break entered twice is one.

    Raises NotFound or InvalidInput.
    """
    person = check_home(visitor)
    today = day_in(person.zone, now)
    check_break(new, today)
    async with db.writing() as connection:
        await people.lock_people(connection, (person.id,))
        known = await breaks.breaks_of(connection, person.id, today)
        if any((each.first, each.last) == (new.first, new.last) for each in known):
            return
        check_room_for_break(len(known))
        await breaks.add_break(connection, person.id, new)
        await routines.look_at_all_of(connection, person.id, now)


async def remove_break(db: Database, visitor: Visitor, break_id: int, now: datetime) -> None:
    """Nothing happens where the visitor has no such break. Raises NotFound away from home."""
    person = check_home(visitor)
    async with db.writing() as connection:
        await breaks.remove_break(connection, person.id, break_id)
        await routines.look_at_all_of(connection, person.id, now)


async def make_routine_offers(db: Database, now: datetime) -> int:
    """Makes the offers that routines are to make now, each in a transaction of its own; returns how many.

    Several processes may do so at once, and any may be killed in between: each time is offered once.
    """
    async with db.reading() as connection:
        due = await routines.due_routines(connection, now, MOST_AT_ONCE)
    return await for_each(db, Work.ROUTINE, due, partial(_offer_next, db, now), now)


async def _offer_next(db: Database, now: datetime, mentorship_id: int) -> bool:
    """Whether the routine made an offer; what another process did since it was found counts."""
    async with db.writing() as connection:
        mentorship = await people.lock_any_mentorship(connection, mentorship_id)
        routine = await routines.routine_of(connection, mentorship_id)
        if mentorship is None or routine is None or routine.due_at is None or routine.due_at > now:
            return False
        step = next_step(routine, await _around(connection, mentorship, routine, now), now)
        if step.start is None:
            await routines.look_again(connection, routine, step.due_at)
            return False
        await _offer(connection, mentorship, routine, step.start, now)
        await routines.note_offered(connection, routine, step.start, step.due_at)
        return True


async def _offer(
    connection: AsyncConnection, mentorship: Mentorship, routine: Routine, start: datetime, now: datetime
) -> None:
    catchup_id = await catchups.add_catchup(connection, mentorship.id, routine.uid(start), now)
    draft = routine.plan.draft(start)
    offer = propose(draft, routine.by, None, catchup_id=catchup_id, recipient_id=mentorship.mentee_id)
    await save(connection, replace(offer, by_routine=True), now)


async def _around(connection: AsyncConnection, mentorship: Mentorship, routine: Routine, now: datetime) -> Around:
    both = (mentorship.mentor_id, mentorship.mentee_id)
    found = [await people.find_person(connection, person_id) for person_id in both]
    waiting = await offers.open_offers_in(connection, mentorship.id)
    again_at = (await pauses.pauses_of(connection, (mentorship.id,))).get((mentorship.id, mentorship.mentee_id))
    live = await live_between(connection, both, now, now + AHEAD + timedelta(days=1))
    offered = await routines.offered_starts(connection, routine)
    return Around(
        active=mentorship.state is MentorshipState.ACTIVE,
        waits=any(offer.waits(now) for offer in waiting),
        again_at=again_at,
        days_off=tuple([await days_off_of(connection, person, now) for person in found if person is not None]),
        taken=tuple((booking.start, booking.end) for booking in live),
        offered=offered,
    )


async def _lock_all(connection: AsyncConnection, visitor: Visitor, mentorship_id: int) -> Mentorship:
    """The mentorship, locked after its catch-ups: who acts in one of these has locked that first. Raises NotFound."""
    await catchups.lock_catchups_in(connection, mentorship_id)
    return await people.lock_mentorship_of(connection, visitor, mentorship_id)


async def _standing(connection: AsyncConnection, mentorship: Mentorship) -> Routine:
    """Raises NotFound or RoutineOver."""
    routine = await routines.routine_of(connection, mentorship.id)
    if routine is None:
        raise NotFound
    if routine.ended:
        raise RoutineOver
    return routine


async def _take_back(connection: AsyncConnection, mentorship_id: int, by: Statement, now: datetime) -> None:
    for offer in await offers.open_offers_in(connection, mentorship_id):
        if offer.by_routine and offer.waits(now):
            await save(connection, apply(offer, OfferEvent.WITHDRAW, now, by), now)


async def _record(
    connection: AsyncConnection, routine_id: int, choice: NewChoice, mentorship: Mentorship, now: datetime
) -> None:
    await record_choice(connection, routine_subject(routine_id), choice, now)
    for person_id in (mentorship.mentor_id, mentorship.mentee_id):
        note_change(connection, Topic("person", person_id))
