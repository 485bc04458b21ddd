"""Accepting several times of a routine at once: each its own offer, choice, booking and event, or left out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.saving import save
from server.catchups.rules import answers as rules
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import Booking, agreed_together
from server.catchups.rules.errors import NotYoursToDecide, RoutineOver, TimeNotOffered, TimePassed, TimeTaken
from server.catchups.rules.ledger import ShownWording, Statement, statement_of
from server.catchups.rules.offers import Offer
from server.catchups.rules.proposals import propose
from server.catchups.rules.routines import MOST_TOGETHER, Routine, may_be_taken_early
from server.catchups.store import bookings, catchups, offers, routines
from server.db.database import Database
from server.errors import DomainError, NotFound
from server.people.rules.mentorships import check_active
from server.people.rules.people import Mentorship
from server.people.rules.visitors import Visitor
from server.people.store import people
from server.people.store.contacts import keep_phone


@dataclass(frozen=True, slots=True)
class TimeLeftOut:
    """A time that was not agreed, and why."""

    start: datetime
    reason: DomainError


@dataclass(frozen=True, slots=True)
class AcceptedTogether:
    """What came of it: a booking for each time that was agreed, the earliest first."""

    bookings: tuple[Booking, ...]
    left_out: tuple[TimeLeftOut, ...]


async def accept_coming(
    db: Database,
    visitor: Visitor,
    mentorship_id: int,
    starts: tuple[datetime, ...],
    shown: ShownWording,
    now: datetime,
) -> AcceptedTogether:
    """Accepts these coming times of the routine. Raises NotFound, NotYoursToDecide, RoutineOver, MentorshipAtRest, or
    TimeNotOffered for none or too many."""
    by = statement_of(visitor, shown)
    async with db.writing() as connection:
        await catchups.lock_catchups_in(connection, mentorship_id)
        mentorship = await people.lock_mentorship_of(connection, visitor, mentorship_id)
        return await _accept(connection, mentorship, by, starts, now)


async def accept_with_coming(
    db: Database,
    visitor: Visitor,
    offer_id: int,
    choice: Acceptance,
    coming: tuple[datetime, ...],
    now: datetime,
    number: str = "",
) -> AcceptedTogether:
    """Accepts an offer of the routine and these coming times of it. `number` is the visitor's own phone number, if they
    gave one with it. Raises as `accept_coming`, or what
    `rules.answers.accept` raises other than TimeTaken and TimePassed."""
    by = statement_of(visitor, choice.shown)
    async with db.writing() as connection:
        view = await offers.read_offer(connection, visitor, offer_id)
        if view is None:
            raise NotFound
        # In the order of everybody who locks them all: the offer's own first could deadlock with them.
        await catchups.lock_catchups_in(connection, view.mentorship_id)
        offer = await offers.lock_offer_of(connection, visitor, offer_id)
        mentorship = await people.lock_any_mentorship(connection, view.mentorship_id)
        if mentorship is None or not offer.by_routine:
            raise TimeNotOffered
        done = await _accept(connection, mentorship, by, coming, now, (offer, choice))
        # Once both people are locked: one before the other could deadlock as well.
        await keep_phone(connection, visitor.person.id, number)
        return done


async def _accept(
    connection: AsyncConnection,
    mentorship: Mentorship,
    by: Statement,
    starts: tuple[datetime, ...],
    now: datetime,
    first: tuple[Offer, Acceptance] | None = None,
) -> AcceptedTogether:
    if by.person_id != mentorship.mentee_id:
        raise NotYoursToDecide
    check_active(mentorship.state)
    routine = await routines.routine_of(connection, mentorship.id)
    if routine is None or routine.ended or not may_be_taken_early(routine):
        raise RoutineOver
    if not starts or len(set(starts)) + (first is not None) > MOST_TOGETHER:
        raise TimeNotOffered
    # Nobody else books the two until the transaction ends.
    await people.lock_people(connection, (mentorship.mentor_id, mentorship.mentee_id))
    agreed: list[Booking] = []
    left_out: list[TimeLeftOut] = []
    if first is not None:
        offer, choice = first
        try:
            agreed.append(await _book(connection, mentorship, offer, by, choice, now))
        except (TimePassed, TimeTaken) as reason:
            left_out.append(TimeLeftOut(choice.start, reason))
    free = await _coming(connection, mentorship, routine, now)
    for start in sorted(set(starts)):
        if start not in free:
            left_out.append(TimeLeftOut(start, TimeTaken()))
            continue
        offer = await _offer(connection, mentorship, routine, start, now)
        choice = Acceptance(start, routine.plan.medium, by.shown)
        agreed.append(await _book(connection, mentorship, offer, by, choice, now))
    return AcceptedTogether(tuple(agreed), tuple(left_out))


async def _book(
    connection: AsyncConnection, mentorship: Mentorship, offer: Offer, by: Statement, choice: Acceptance, now: datetime
) -> Booking:
    """Nothing is written where this raises."""
    both, end = (mentorship.mentor_id, mentorship.mentee_id), choice.start + timedelta(minutes=offer.minutes)
    near = await bookings.live_between(connection, both, choice.start, end)
    agreement = rules.accept(offer, by, choice, near, None, now)
    await save(connection, agreement.offer, now)
    return await save(connection, agreed_together(agreement.booking), now)


async def _coming(
    connection: AsyncConnection, mentorship: Mentorship, routine: Routine, now: datetime
) -> tuple[datetime, ...]:
    """The routine's next times that can be accepted; none where one of the two is not there any more."""
    mentor = await people.find_person(connection, mentorship.mentor_id)
    mentee = await people.find_person(connection, mentorship.mentee_id)
    if mentor is None or mentee is None:
        return ()
    return await routines.coming_times(connection, routine, (mentor, mentee), now)


async def _offer(
    connection: AsyncConnection, mentorship: Mentorship, routine: Routine, start: datetime, now: datetime
) -> Offer:
    """The offer of this time, which is answered at once: no email tells of it."""
    catchup_id = await catchups.add_catchup(connection, mentorship.id, routine.uid(start), now)
    draft = routine.plan.draft(start)
    offer = propose(draft, routine.by, None, catchup_id=catchup_id, recipient_id=mentorship.mentee_id)
    return await save(connection, replace(offer, by_routine=True, notices=()), now)
