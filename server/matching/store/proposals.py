"""Proposals: what two members of a scheme were asked, and what came of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, or_, select, text, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.ledger import ShownWording, Statement
from server.catchups.store.ledger import keep_wording
from server.db.changes import Topic, note_change
from server.db.database import for_update
from server.db.tables import (
    match_proposal_times,
    match_proposals,
    match_words,
    memberships,
    wordings,
)
from server.errors import NotFound
from server.matching.rules.proposals import MatchProposal, ProposalOutcome, ProposalSide, ProposalState
from server.people.rules.visitors import Visitor, check_home
from server.schemes.rules.memberships import MembershipState

AT_ONCE = 100
mentors, mentees = memberships.alias("mentors"), memberships.alias("mentees")
# In the words of the index.
IS_OPEN = text("match_proposals.state IN ('asks_mentee', 'asks_mentor')")
PROPOSALS = (
    select(match_proposals, mentors.c.person_id.label("mentor_id"), mentees.c.person_id.label("mentee_id"))
    .join(mentors, mentors.c.id == match_proposals.c.mentor_membership_id)
    .join(mentees, mentees.c.id == match_proposals.c.mentee_membership_id)
)
BY_ID = PROPOSALS.where(match_proposals.c.id == bindparam("id"))
OF_PERSON = BY_ID.where(or_(mentors.c.person_id == bindparam("me"), mentees.c.person_id == bindparam("me")))
LOCK = for_update(select(match_proposals.c.id).where(match_proposals.c.id == bindparam("id")))
OF_SCHEME = (
    PROPOSALS.where(match_proposals.c.scheme_id == bindparam("scheme_id"))
    .order_by(match_proposals.c.id.desc())
    .limit(bindparam("most"))
)
# Each by its index.
ASKING = union_all(
    *(
        PROPOSALS.where(IS_OPEN, column.in_(bindparam("ids", expanding=True)))
        for column in (match_proposals.c.mentor_membership_id, match_proposals.c.mentee_membership_id)
    )
)
DUE = (
    select(match_proposals.c.id)
    .where(match_proposals.c.due_at <= bindparam("now"))
    .order_by(match_proposals.c.due_at)
    .limit(AT_ONCE)
)
MEMBER = MembershipState.MEMBER.value
# Those in which one of the two does not take part any more.
LEFT = (
    select(match_proposals.c.id)
    .join(mentors, mentors.c.id == match_proposals.c.mentor_membership_id)
    .join(mentees, mentees.c.id == match_proposals.c.mentee_membership_id)
    .where(IS_OPEN, or_(mentors.c.state != MEMBER, mentees.c.state != MEMBER))
    # As the index of open ones is.
    .order_by(match_proposals.c.mentee_membership_id)
    .limit(AT_ONCE)
)
TIMES = (
    select(match_proposal_times)
    .where(match_proposal_times.c.proposal_id.in_(bindparam("ids", expanding=True)))
    .order_by(match_proposal_times.c.start)
)
STATEMENT = (
    select(mentees.c.person_id, match_proposals.c.link_id, wordings.c.text, wordings.c.language)
    .select_from(match_proposals)
    .join(mentees, mentees.c.id == match_proposals.c.mentee_membership_id)
    .join(wordings, wordings.c.hash == match_proposals.c.wording_hash)
    .where(match_proposals.c.id == bindparam("id"))
)
SAID: Select[Any] = select(
    match_proposals.c.id,
    match_proposals.c.reasons,
    match_proposals.c.declined_by,
    match_words.c.words,
)
SAID = SAID.outerjoin(match_words, match_words.c.proposal_id == match_proposals.c.id).where(
    match_proposals.c.id.in_(bindparam("ids", expanding=True))
)
ADD = insert(match_proposals).returning(match_proposals.c.id)
CHANGE = update(match_proposals).where(match_proposals.c.id == bindparam("of_id"))


@dataclass(frozen=True, slots=True)
class Said:
    """What stands beside a proposal: the reasons as JSON, who said no, and what they said would change that."""

    reasons: str
    declined_by: ProposalSide | None
    words: str


async def add_proposal(
    connection: AsyncConnection,
    scheme_id: int,
    pair: tuple[int, int],
    reasons: str,
    now: datetime,
    due_at: datetime,
) -> int:
    """The id of a new one. `pair` are ids of memberships, the mentor's first. A unique index refuses a second open one
    of the same mentee."""
    values = {"scheme_id": scheme_id, "mentor_membership_id": pair[0], "mentee_membership_id": pair[1]}
    times = {"state": ProposalState.ASKS_MENTEE.value, "made_at": now, "due_at": due_at}
    return int((await connection.execute(ADD, values | {"reasons": reasons} | times)).scalar_one())


async def find_proposal_of(connection: AsyncConnection, visitor: Visitor, proposal_id: int) -> MatchProposal:
    """The proposal, if the visitor is one of the two. Raises NotFound, also away from home."""
    return await _one(connection, OF_PERSON, {"id": proposal_id, "me": check_home(visitor).id})


async def lock_any_proposal(connection: AsyncConnection, proposal_id: int) -> MatchProposal | None:
    """Without a check of access; locked until the transaction ends."""
    await connection.execute(LOCK, {"id": proposal_id})
    return await find_any_proposal(connection, proposal_id)


async def find_any_proposal(connection: AsyncConnection, proposal_id: int) -> MatchProposal | None:
    """Without a check of access: for what the two are told by email."""
    try:
        return await _one(connection, BY_ID, {"id": proposal_id})
    except NotFound:
        return None


async def proposals_in(connection: AsyncConnection, scheme_id: int, most: int) -> tuple[MatchProposal, ...]:
    """The newest first, without a check of access."""
    rows = (await connection.execute(OF_SCHEME, {"scheme_id": scheme_id, "most": most})).all()
    return await _with_times(connection, rows)


async def open_proposals_of(connection: AsyncConnection, membership_ids: Collection[int]) -> tuple[MatchProposal, ...]:
    """Those in which one of these memberships has part, also as a mentor who is not asked yet."""
    if not membership_ids:
        return ()
    rows = (await connection.execute(ASKING, {"ids": list(membership_ids)})).all()
    return await _with_times(connection, sorted(rows, key=lambda row: row.id))


async def due_proposals(connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
    """The ids of those whose time is over; some at a time."""
    return tuple((await connection.execute(DUE, {"now": now})).scalars())


async def proposals_left(connection: AsyncConnection) -> tuple[int, ...]:
    """The ids of open ones of which one of the two does not take part any more; some at a time."""
    return tuple((await connection.execute(LEFT)).scalars())


async def said_about(connection: AsyncConnection, proposal_ids: Collection[int]) -> Mapping[int, Said]:
    """By their ids, without a check of access."""
    return {row.id: _said(row) for row in await connection.execute(SAID, {"ids": list(proposal_ids)})}


async def set_outcome(connection: AsyncConnection, proposal: MatchProposal, outcome: ProposalOutcome) -> None:
    """It must be locked. Both people's pages show it."""
    values = {"of_id": proposal.id, "state": outcome.state.value, "due_at": outcome.due_at}
    await connection.execute(CHANGE, values)
    for person_id in (proposal.mentor_id, proposal.mentee_id):
        note_change(connection, Topic("person", person_id))
    note_change(connection, Topic("matching", proposal.scheme_id))


async def keep_yes(connection: AsyncConnection, proposal_id: int, by: Statement, starts: Sequence[datetime]) -> None:
    """What the mentee agreed to: the proposal must be locked."""
    await keep_wording(connection, by.shown)
    await connection.execute(CHANGE, {"of_id": proposal_id, "link_id": by.link_id, "wording_hash": by.shown.hash})
    await connection.execute(
        insert(match_proposal_times), [{"proposal_id": proposal_id, "start": start} for start in starts]
    )


async def keep_no(connection: AsyncConnection, proposal: MatchProposal, side: ProposalSide, words: str) -> None:
    """Who said no, and what they said would change that. The proposal must be locked."""
    await connection.execute(CHANGE, {"of_id": proposal.id, "declined_by": side.value})
    if words:
        values = {"proposal_id": proposal.id, "membership_id": proposal.membership_of(side), "words": words}
        await connection.execute(insert(match_words), values)


async def keep_agreed(connection: AsyncConnection, proposal_id: int, mentorship_id: int, booking_id: int) -> None:
    """What it became. The proposal must be locked."""
    await connection.execute(CHANGE, {"of_id": proposal_id, "mentorship_id": mentorship_id, "booking_id": booking_id})


async def mentees_statement(connection: AsyncConnection, proposal_id: int) -> Statement:
    """What the mentee said with their yes, which must have been given."""
    row = (await connection.execute(STATEMENT, {"id": proposal_id})).one()
    return Statement(row.person_id, row.link_id, ShownWording(row.text, row.language))


async def _one(connection: AsyncConnection, query: Select[Any], values: dict[str, int]) -> MatchProposal:
    rows = (await connection.execute(query, values)).all()
    if not rows:
        raise NotFound
    return (await _with_times(connection, rows))[0]


async def _with_times(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> tuple[MatchProposal, ...]:
    found: dict[int, list[datetime]] = {row.id: [] for row in rows}
    for row in await connection.execute(TIMES, {"ids": list(found)}) if found else ():
        found[row.proposal_id].append(row.start)
    return tuple(_proposal(row, tuple(found[row.id])) for row in rows)


def _said(row: Row[Any]) -> Said:
    return Said(row.reasons, ProposalSide(row.declined_by) if row.declined_by else None, row.words or "")


def _proposal(row: Row[Any], starts: tuple[datetime, ...]) -> MatchProposal:
    return MatchProposal(
        id=row.id,
        scheme_id=row.scheme_id,
        mentor_membership_id=row.mentor_membership_id,
        mentee_membership_id=row.mentee_membership_id,
        mentor_id=row.mentor_id,
        mentee_id=row.mentee_id,
        state=ProposalState(row.state),
        made_at=row.made_at,
        due_at=row.due_at,
        starts=starts,
        mentorship_id=row.mentorship_id,
        booking_id=row.booking_id,
    )
