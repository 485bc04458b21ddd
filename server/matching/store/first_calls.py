"""When two members could have their first call: the times of the week of both, without what is taken."""

from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from server.availability.rules import free_times
from server.availability.store.breaks import days_off_of
from server.availability.store.busy_times import busy_between
from server.catchups.rules.drafts import Medium
from server.catchups.store.bookings import live_between
from server.matching.rules.proposals import (
    AHEAD,
    FIRST_CALL_LENGTH,
    FIRST_CALL_MINUTES,
    NOTICE,
    STEP,
    MatchProposal,
    common_times,
)
from server.people.store.people import find_person
from server.schemes.store.sign_ups import sign_up_of

# More than there are quarters of an hour in the time ahead.
ALL = 10_000


async def common_free_times(
    connection: AsyncConnection, proposal: MatchProposal, now: datetime
) -> tuple[datetime, ...]:
    """When both are free for a first call, from NOTICE to AHEAD after `now`, earliest first."""
    since, until = now + NOTICE, now + AHEAD
    both = (proposal.mentor_id, proposal.mentee_id)
    taken = [(each.start, each.end) for each in await live_between(connection, both, since, until)]
    for person_id in both:
        taken += await busy_between(connection, person_id, since, until)
    find = partial(free_times, step=STEP, limit=ALL)
    free = []
    for membership_id in (proposal.mentor_membership_id, proposal.mentee_membership_id):
        said = await sign_up_of(connection, membership_id)
        free.append(find(said.hours, (), taken, said.zone, FIRST_CALL_MINUTES, since, until))
    days_off = [
        await days_off_of(connection, person, now)
        for person_id in both
        if (person := await find_person(connection, person_id)) is not None
    ]
    return tuple(
        start
        for start in common_times(free[0], free[1])
        if not any(each.covers(start, start + FIRST_CALL_LENGTH) for each in days_off)
    )


async def first_medium(connection: AsyncConnection, proposal: MatchProposal) -> Medium:
    """How the two would meet: by phone only where video does not suit both."""
    mentor = await sign_up_of(connection, proposal.mentor_membership_id)
    mentee = await sign_up_of(connection, proposal.mentee_membership_id)
    return Medium.PHONE if mentor.media & mentee.media == {Medium.PHONE} else Medium.VIDEO
