"""The page of a mentorship's routine."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import Break
from server.availability.store.breaks import breaks_of
from server.catchups.rules.offers import Offer
from server.catchups.rules.routines import Routine, may_be_taken_early
from server.catchups.store.offers import open_offers_in
from server.catchups.store.routines import coming_times, routine_of
from server.db.database import Database
from server.errors import NotFound
from server.i18n.local_time import day_in
from server.people.rules.mentorships import MentorshipState
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.people.store.people import MentorshipRow, mentorship_of_visitor


@dataclass(frozen=True, slots=True)
class RoutinePage:
    """`routine` is None where there is none, or it has ended. `mine` and `theirs` say until when each of the two pauses
    it. `coming` are its next times that would be offered (`early`: the mentee can accept them now), `waiting` its offer
    that is to be answered. `breaks` are the visitor's own."""

    mentorship: MentorshipRow
    routine: Routine | None
    mine: datetime | None
    theirs: datetime | None
    coming: tuple[datetime, ...]
    early: bool
    waiting: Offer | None
    breaks: tuple[Break, ...]


async def read_routine_page(db: Database, visitor: Visitor, mentorship_id: int, now: datetime) -> RoutinePage:
    """Raises NotFound where this is not the visitor's mentorship, or the other was erased."""
    me = visitor.person
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        if row.other_erased:
            raise NotFound
        routine = await routine_of(connection, row.id)
        if routine is not None and routine.ended:
            routine = None
        pauses = (routine.mentor_paused_until, routine.mentee_paused_until) if routine else (None, None)
        mine, theirs = (until if until and until > now else None for until in pauses)
        if row.role == "mentee":
            mine, theirs = theirs, mine
        waiting = [offer for offer in await open_offers_in(connection, row.id) if offer.by_routine and offer.waits(now)]
        return RoutinePage(
            mentorship=row,
            routine=routine,
            mine=mine,
            theirs=theirs,
            coming=await coming_times(connection, routine, (me, row.other), now) if routine else (),
            early=bool(routine and row.role == "mentee" and _can_be_early(row.state, routine)),
            waiting=waiting[0] if waiting else None,
            breaks=await breaks_of(connection, me.id, day_in(me.zone, now)),
        )


async def early_times(
    connection: AsyncConnection, mentorship_id: int, state: MentorshipState, both: tuple[Person, Person], now: datetime
) -> tuple[datetime, ...]:
    """The next times of the routine that the mentee can accept now; none where the mentor has not agreed to that."""
    routine = await routine_of(connection, mentorship_id)
    if routine is None or routine.ended or not _can_be_early(state, routine):
        return ()
    return await coming_times(connection, routine, both, now)


def _can_be_early(state: MentorshipState, routine: Routine) -> bool:
    return state is MentorshipState.ACTIVE and may_be_taken_early(routine)
