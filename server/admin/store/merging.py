"""Making everything of one person another's.

What the ledger and the audit log say keeps the id that it was written with; `people.merged_into` says whose it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    String,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.doubles import (
    AccountGoes,
    BothHaveAccounts,
    IntroducedToOneself,
    OneIsInCall,
    PairWithOneself,
    TwoMemberships,
    TwoRoutines,
)
from server.admin.store.joining import JoinedPair, have_two_routines, join_mentorships, move_where_free, pairs_of_both
from server.db.tables import (
    attendances,
    breaks,
    busy_feeds,
    busy_times,
    content_items,
    course_parts,
    day_hours,
    delays,
    dismissed_guides,
    double_keys,
    doubles,
    erasure_requests,
    guest_seats,
    introduction_answers,
    introductions,
    links,
    memberships,
    mentorships,
    message_readers,
    messages,
    metadata,
    mutes,
    name_keys,
    offers,
    outbox,
    passkeys,
    pauses,
    people,
    reports,
    review_answers,
    routines,
    schemes,
    shared_times,
    visits,
    weekly_hours,
)
from server.introductions.rules.introductions import LIVE
from server.mentorships.store.farewells import move_farewells
from server.mentorships.store.situations import move_situations
from server.people.store.accounts import find_account_of
from server.people.store.people import find_person
from server.privacy.rules.places import BY_TABLE
from server.privacy.store.places import is_within
from server.room.sealing import Sealer
from server.room.store.records import move_records
from server.room.store.reflections import move_reflections
from server.schemes.rules.memberships import OVER

GONE: BindParameter[int] = bindparam("gone")
KEPT: BindParameter[int] = bindparam("kept")
# Columns that name a person, of rows that can simply be the other's. The mentorships come last: by them the rest is
# found.
OF_PAIR = (mentorships.c.mentor_id, mentorships.c.mentee_id)
MOVED = (
    routines.c.set_by,
    breaks.c.person_id,
    links.c.person_id,
    visits.c.person_id,
    passkeys.c.person_id,
    offers.c.author_id,
    offers.c.recipient_id,
    content_items.c.author_id,
    messages.c.author_id,
    attendances.c.person_id,
    outbox.c.recipient_id,
    introductions.c.mentor_id,
    introductions.c.mentee_id,
    introductions.c.third_id,
    guest_seats.c.asked_by,
    guest_seats.c.third_id,
)
# One row for each person, or for each person and what it is about: where the other has one already, theirs stays.
ONE_EACH = tuple(
    table.c.person_id
    for table in (
        pauses,
        mutes,
        shared_times,
        message_readers,
        delays,
        reports,
        erasure_requests,
        busy_feeds,
        introduction_answers,
        course_parts,
        review_answers,
        dismissed_guides,
    )
)
# One of each scheme: where the other has a place too, an ended one stays with the earlier entry.
WHERE_FREE = (memberships.c.person_id,)
# Sealed for one person, so that they are sealed again.
SEALED = tuple(
    metadata.tables[name].c.person_id for name in ("reflections", "agreed_records", "situations", "farewells")
)
# Hours are a week as a whole, and busy times a calendar: those of the one who stays, if they have any.
AS_A_WHOLE = ((weekly_hours, day_hours), (busy_times,))
# They say how people were found; the one who stays is compared again.
DROPPED = (name_keys.c.person_id, double_keys.c.person_id, doubles.c.first_id, doubles.c.second_id)
# The ledger and the audit log are not written again. An account has none of its own but one that has ended.
STAYING = tuple(
    metadata.tables[table].c[column]
    for table, column in (
        ("choices", "person_id"),
        ("audit_people", "person_id"),
        ("accounts", "person_id"),
        ("people", "merged_into"),
    )
)


def _theirs(column: Any) -> ColumnElement[bool]:
    """The rows that name the one who goes, found as erasing finds them: by the mentorships of `the_person`."""
    place = BY_TABLE[column.table.name]
    # A third person's seat is in a catch-up of two others.
    names_them: ColumnElement[bool] = column == GONE
    if place.within is None or column is guest_seats.c.third_id:
        return names_them
    return and_(names_them, is_within(place))


MOVE = tuple(update(column.table).where(_theirs(column)).values({column: KEPT}) for column in MOVED)
others = memberships.alias("others")
MOVE_MEMBERSHIPS = (
    update(memberships)
    .where(
        memberships.c.person_id == GONE,
        ~exists().where(others.c.person_id == KEPT, others.c.scheme_id == memberships.c.scheme_id),
    )
    .values(person_id=KEPT)
)
IN_SAME_SCHEME = (
    select(schemes.c.name)
    .join_from(memberships, others, others.c.scheme_id == memberships.c.scheme_id)
    .join(schemes, schemes.c.id == memberships.c.scheme_id)
    .where(
        memberships.c.person_id == GONE,
        memberships.c.state.not_in([state.value for state in OVER]),
        others.c.person_id == KEPT,
    )
    .limit(1)
)
MOVE_PAIRS = tuple(update(mentorships).where(column == GONE).values({column: KEPT}) for column in OF_PAIR)
MOVE_ONE_EACH = tuple(statement for column in ONE_EACH for statement in move_where_free(column, _theirs(column), KEPT))
HAS_ANY = tuple(
    tuple(select(table.c.person_id).where(table.c.person_id == KEPT).limit(1) for table in whole)
    for whole in AS_A_WHOLE
)
DROP = tuple(delete(column.table).where(column == GONE) for column in DROPPED)
known = outbox.alias("known")
BOTH_GOT = and_(
    outbox.c.recipient_id == GONE, outbox.c.event.in_(select(known.c.event).where(known.c.recipient_id == KEPT))
)
# An email that both got keeps another name: each person has one of each event.
RENAME_EMAILS = (
    update(outbox).where(BOTH_GOT).values(event=func.substr(outbox.c.event, 1, 60) + ":" + cast(GONE, String))
)
# Of those, what both would get is sent once.
DROP_EMAILS = (
    update(outbox)
    .where(BOTH_GOT, outbox.c.sent_at.is_(None), outbox.c.dropped_at.is_(None))
    .values(dropped_at=bindparam("now"))
)
ALIASES = update(people).where(people.c.merged_into == GONE).values(merged_into=KEPT)
TO_SETTLE = select(people.c.id, people.c.merged_into).where(people.c.settles_at <= bindparam("now"))
SETTLED = update(people).where(people.c.id == GONE).values(settles_at=None)
BOTH = select(people).where(people.c.id.in_(bindparam("ids", expanding=True))).order_by(people.c.id)
IN_CALL = (
    select(attendances.c.id)
    .where(attendances.c.left_at.is_(None), attendances.c.person_id.in_(bindparam("ids", expanding=True)))
    .limit(1)
)
INTRODUCED = (
    select(introductions.c.id)
    .where(
        introductions.c.state.in_([state.value for state in LIVE]),
        introductions.c.third_id.in_(bindparam("ids", expanding=True)),
        or_(
            *(
                column.in_(bindparam("ids", expanding=True))
                for column in (introductions.c.mentor_id, introductions.c.mentee_id)
            )
        ),
    )
    .limit(1)
)


async def check_mergeable(connection: AsyncConnection, kept: int, gone: int) -> tuple[JoinedPair, ...]:
    """The mentorships that would become one.

    Raises OneIsInCall, PairWithOneself, IntroducedToOneself, BothHaveAccounts, AccountGoes,
    TwoMemberships, or TwoRoutines.
    """
    if await _is_in_call(connection, (kept, gone)):
        raise OneIsInCall
    if await find_account_of(connection, gone):
        raise BothHaveAccounts if await find_account_of(connection, kept) else AccountGoes
    pairs, themselves = await pairs_of_both(connection, kept, gone)
    if themselves:
        raise PairWithOneself
    if (await connection.execute(INTRODUCED, {"ids": [kept, gone]})).first() is not None:
        raise IntroducedToOneself
    scheme = (await connection.execute(IN_SAME_SCHEME, {"kept": kept, "gone": gone})).scalar_one_or_none()
    if scheme is not None:
        raise TwoMemberships(name=scheme)
    for pair in pairs:
        if await have_two_routines(connection, pair):
            other = await find_person(connection, pair.other_id)
            raise TwoRoutines(name=other.name if other else "")
    return pairs


async def both_people(connection: AsyncConnection, ids: tuple[int, int]) -> Sequence[Row[Any]]:
    """Their rows, by id; fewer when somebody is not there."""
    return (await connection.execute(BOTH, {"ids": list(ids)})).all()


async def _is_in_call(connection: AsyncConnection, ids: tuple[int, int]) -> bool:
    return (await connection.execute(IN_CALL, {"ids": list(ids)})).first() is not None


async def move_everything(
    connection: AsyncConnection,
    sealer: Sealer,
    kept: int,
    gone: int,
    now: datetime,
    pairs: Sequence[JoinedPair] | None = None,
) -> None:
    """Makes what is of `gone` that of `kept`: all but the entries of the ledger and the audit log, and the account.

    `pairs` are the mentorships that become one; None when those of `gone` are all `kept`'s already.
    """
    pairs_of = kept if pairs is None else gone
    wanted = {"kept": kept, "gone": gone, "the_person": pairs_of}
    for tables, queries in zip(AS_A_WHOLE, HAS_ANY, strict=True):
        theirs = [(await connection.execute(query, wanted)).first() for query in queries]
        for table in tables:
            goes, moves = delete(table), update(table).values(person_id=KEPT)
            own = table.c.person_id == GONE
            await connection.execute(goes.where(own) if any(theirs) else moves.where(own), wanted)
    for statement in MOVE_ONE_EACH:
        await connection.execute(statement, wanted)
    await move_reflections(connection, sealer, gone, kept, pairs_of)
    await move_records(connection, sealer, gone, kept, pairs_of)
    await move_situations(connection, sealer, gone, kept, pairs_of)
    await move_farewells(connection, sealer, gone, kept, pairs_of)
    await connection.execute(DROP_EMAILS, wanted | {"now": now})
    await connection.execute(RENAME_EMAILS, wanted)
    for change in (*MOVE, MOVE_MEMBERSHIPS, *DROP, ALIASES):
        await connection.execute(change, wanted)
    for pair in pairs or ():
        await join_mentorships(connection, sealer, pair)
    for change in MOVE_PAIRS:
        await connection.execute(change, wanted)


async def change_row(connection: AsyncConnection, person_id: int, values: Mapping[str, object]) -> None:
    await connection.execute(update(people).where(people.c.id == person_id).values(values))


async def people_to_settle(connection: AsyncConnection, now: datetime) -> Sequence[tuple[int, int]]:
    """Those whose merge was some time ago, and into whom they were merged."""
    return [(row.id, row.merged_into) for row in await connection.execute(TO_SETTLE, {"now": now})]


async def note_settled(connection: AsyncConnection, person_id: int) -> None:
    await connection.execute(SETTLED, {"gone": person_id})
