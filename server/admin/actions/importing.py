"""Bringing many people and pairs in at once: all of them or none, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.importing import ImportPlan, ImportRow, KnownPeople, PairKeys, keys_in, plan_import
from server.db.database import Database
from server.errors import DomainError
from server.mail.outbox import enqueue_imported
from server.people.actions.audit import acting
from server.people.actions.emails import WELCOME
from server.people.actions.mentorships import change_state_for_scheme
from server.people.rules.audit import Act, Actor, AuditSubject
from server.people.rules.mentorships import MentorshipEvent
from server.people.rules.people import Mentorship, Person
from server.people.rules.visitors import Visitor
from server.people.store import people
from server.people.store.audit import record
from server.people.store.imports import add_import, lock_additions
from server.people.store.people import AddedPerson


class ImportNotReady(DomainError):
    """Rows are left to correct, or somebody else has added all of them: `plan` says which."""

    def __init__(self, plan: ImportPlan) -> None:
        super().__init__()
        self.plan = plan


@dataclass(frozen=True, slots=True)
class Defaults:
    """What new people get whose row does not say it: an IANA zone name, and a BCP 47 tag."""

    zone: str
    language: str


async def plan_now(db: Database, rows: Sequence[ImportRow]) -> ImportPlan:
    """What would become of the rows as things stand; nothing is changed."""
    async with db.reading() as connection:
        _, _, known = await _known(connection, rows)
    return plan_import(rows, known)


async def bring_in(db: Database, visitor: Visitor, rows: Sequence[ImportRow], defaults: Defaults, now: datetime) -> int:
    """Adds the people and pairs of the rows, and queues a welcome to each who is new or in a new pair.

    The id of the import. Raises ImportNotReady; then, as after a crash, nothing was added.
    """
    actor = acting(visitor)
    async with db.writing() as connection:
        await lock_additions(connection)
        found, mentorships, known = await _known(connection, rows)
        plan = plan_import(rows, known)
        if not plan.ready or actor.account_id is None:
            raise ImportNotReady(plan)
        new = [
            AddedPerson(each.name, each.email, defaults.zone, each.language or defaults.language)
            for each in plan.people.values()
        ]
        added = await people.add_people(connection, new, now)
        ids = {**{key: person.id for key, person in found.items()}, **added}
        await people.list_people(connection, tuple(found.values()))
        await people.add_mentorships(connection, [(ids[mentor], ids[mentee]) for mentor, mentee in plan.pairs], now)
        await _resume(connection, plan, mentorships, actor, now)
        import_id = await add_import(connection, actor.account_id, len(added), len(plan.pairs), now)
        welcomed = sorted({*added.values(), *(ids[key] for pair in plan.pairs for key in pair)})
        await enqueue_imported(connection, welcomed, kind=WELCOME, path="/home", import_id=import_id, now=now)
        subject = AuditSubject("import", import_id)
        await record(connection, actor, Act.IMPORTED_PEOPLE, now, people=welcomed, subject=subject)
        return import_id


async def _known(
    connection: AsyncConnection, rows: Sequence[ImportRow]
) -> tuple[Mapping[str, Person], Mapping[PairKeys, Mentorship], KnownPeople]:
    """Those of the rows who are here, and their mentorships with each other, by the keys of their addresses."""
    found = await people.find_people_by_keys(connection, keys_in(rows))
    keys = {person.id: key for key, person in found.items()}
    all_of_theirs = await people.any_mentorships_of(connection, keys.keys())
    among = {(keys[each.mentor_id], keys[each.mentee_id]): each for each in all_of_theirs if each.mentee_id in keys}
    names = {key: person.name for key, person in found.items()}
    return found, among, KnownPeople(names, {pair: each.state for pair, each in among.items()})


async def _resume(
    connection: AsyncConnection,
    plan: ImportPlan,
    mentorships: Mapping[PairKeys, Mentorship],
    actor: Actor,
    now: datetime,
) -> None:
    for pair in plan.resumed:
        locked = await people.lock_any_mentorship(connection, mentorships[pair].id)
        if locked is not None and locked.state is mentorships[pair].state:
            await change_state_for_scheme(connection, locked, MentorshipEvent.RESUME, actor, now)
