"""Lena and Nuri, members of a scheme: a mentor and a mentee with a free hour in common; and how tests match them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from server.availability.rules import WeeklyHours
from server.catchups.rules.ledger import ChoiceKind
from server.db.database import Database
from server.db.tables import match_proposals, memberships, outbox, people
from server.matching.actions.matching import make_match
from server.matching.actions.proposing import propose_pairs
from server.matching.actions.runs import claim_run, start_run
from server.matching.rules.model import (
    Fairness,
    LeftOut,
    LeftOutReason,
    MatchFigures,
    MatchReasons,
    MatchResult,
    MatchSide,
    SharedHour,
    Suggestion,
    Term,
)
from server.matching.rules.runs import RunState
from server.matching.store.runs import find_any_run, suggestions_of
from server.people.actions.links import VisitStart, find_visitor, make_link, open_link
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.rules.links import Purpose
from server.people.rules.visitors import Visitor
from server.schemes.rules.memberships import MembershipState
from server.schemes.rules.sign_ups import SignUp
from server.schemes.store.memberships import add_membership
from tests.cast import until
from tests.server.actors import NOW, SHOWN, visitor_with_account
from tests.server.schemes.a_scheme import MENTEE, MENTOR, open_scheme

AGREED, LEFT = SHOWN[ChoiceKind.AGREED_MATCH], SHOWN[ChoiceKind.LEFT_MATCH]
HOURS = tuple(WeeklyHours(weekday, 1080, 1200) for weekday in range(7))
LENA = replace(MENTOR, brings_words="I read each application of my team.", hours=HOURS, capacity=1)
NURI = replace(MENTEE, hours=HOURS)


@dataclass(frozen=True)
class Member:
    """`token` is that of a browser which opened a link to their home."""

    membership_id: int
    visitor: Visitor
    token: str


@dataclass(frozen=True)
class Members:
    """Of one scheme, which `admin` may match."""

    scheme_id: int
    admin: Visitor
    mentor: Member
    mentee: Member


async def add_member(
    database: Database, scheme_id: int, name: str, said: SignUp, now: datetime = NOW, email: str = ""
) -> Member:
    email = email or f"{name.lower()}@example.org"
    async with database.writing() as connection:
        person = await find_or_add_person(connection, NewPerson(name, email, "Europe/Berlin"), now)
        membership_id = await add_membership(connection, scheme_id, person.id, MembershipState.MEMBER, said, now)
        secret = await make_link(connection, now, person_id=person.id, purpose=Purpose.HOME, path="/home")
    opened = await open_link(database, secret, None, now)
    assert isinstance(opened, VisitStart)
    visitor = await find_visitor(database, opened.token, now)
    assert visitor is not None
    return Member(membership_id, visitor, opened.token)


async def two_members(database: Database, now: datetime = NOW, slug: str = "first-job") -> Members:
    admin = await visitor_with_account(database, now)
    scheme_id = await open_scheme(database, admin, now, slug=slug)
    mentor = await add_member(database, scheme_id, "Lena", LENA, now)
    return Members(scheme_id, admin, mentor, await add_member(database, scheme_id, "Nuri", NURI, now))


def everybody_together(applicants, pins, bans, seed, tell) -> MatchResult:
    """In place of the solver: the first mentor with each mentee, whom nobody has excluded."""
    tell(50)
    mentors = [each for each in applicants if each.side is MatchSide.MENTOR]
    mentees = [each for each in applicants if each.side is MatchSide.MENTEE]
    reasons = MatchReasons((), ("application",), (SharedHour(34, 4),), ("en",), ("video",))
    found, left = [], []
    for mentee in mentees:
        fit = [each for each in mentors if each.id not in mentee.not_with and mentee.id not in each.not_with]
        if fit:
            points: Mapping[Term, int] = {Term.HOURS: 20}
            found.append(Suggestion(fit[0].id, mentee.id, 20, points, reasons, False, True, ()))
        else:
            left.append(LeftOut(mentee.id, MatchSide.MENTEE, LeftOutReason.NOT_THIS_TIME))
    figures = MatchFigures(len(found), 20 if found else None, 20 * len(found), len(found))
    return MatchResult(seed, tuple(found), tuple(left), Fairness(len(mentors), len(mentees), 1, *[figures] * 3))


async def run_made(database: Database, members: Members, now: datetime = NOW, solve=everybody_together) -> int:
    """The id of a run that is done: by a server on this database, if one was first to claim it. Runs that waited
    already, in the database that many tests share, come before it."""
    run_id = await start_run(database, members.admin, members.scheme_id, 7, lambda below: 0, now)
    while (run := await claim_run(database, now)) is not None:
        await make_match(database, run.id, solve, lambda percent: None, lambda: now)

    async def done() -> bool:
        async with database.reading() as connection:
            return (await find_any_run(connection, run_id)).state is RunState.DONE

    await until(done, what="the end of the run")
    return run_id


async def suggested(database: Database, run_id: int) -> list[tuple[int, int, int]]:
    """The id, the mentor and the mentee of what a run suggests."""
    async with database.reading() as connection:
        found = await suggestions_of(connection, run_id)
    return [(each.id, each.mentor_membership_id, each.mentee_membership_id) for each in found]


async def proposed(database: Database, members: Members, now: datetime = NOW) -> int:
    """The id of a proposal: the mentee is being asked."""
    run_id = await run_made(database, members, now)
    ids = [each[0] for each in await suggested(database, run_id)]
    assert (await propose_pairs(database, members.admin, run_id, ids, now)).asked == 1
    async with database.reading() as connection:
        newest = select(match_proposals.c.id).order_by(match_proposals.c.id.desc()).limit(1)
        return int((await connection.execute(newest)).scalar_one())


async def states(database: Database) -> list[str]:
    """Those of all proposals, the oldest first."""
    async with database.reading() as connection:
        rows = await connection.execute(select(match_proposals.c.state).order_by(match_proposals.c.id))
        return list(rows.scalars())


async def told(database: Database) -> list[tuple[str, str]]:
    """Who was sent or is to be sent which email, the oldest first; without reminders."""
    names = select(people.c.name, outbox.c.kind).join(people, people.c.id == outbox.c.recipient_id)
    kept = outbox.c.dropped_at.is_(None), outbox.c.kind.not_like("reminder%")
    async with database.reading() as connection:
        return [(row.name, row.kind) for row in await connection.execute(names.where(*kept).order_by(outbox.c.id))]


async def leaves(database: Database, member: Member, now: datetime = NOW) -> None:
    """Without what else follows: as if the job had not come to it."""
    async with database.writing() as connection:
        left = update(memberships).where(memberships.c.id == member.membership_id)
        await connection.execute(left.values(state=MembershipState.LEFT.value, state_at=now))


LATER = NOW + timedelta(days=6)
