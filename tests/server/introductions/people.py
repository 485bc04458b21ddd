"""Maya, who introduces; Sam, her mentee; Ana, whom she knows by email only; and how the tests ask and answer."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from server.catchups.rules.ledger import ChoiceKind
from server.db.database import Database
from server.db.tables import introductions, outbox, people
from server.introductions.actions.proposing import ask_third_people, propose
from server.introductions.queries.introduction import IntroductionPage, read_introduction_page
from server.introductions.rules.proposals import Proposal
from server.people.actions.links import make_link
from server.people.rules.links import Purpose
from server.people.rules.visitors import Visitor
from tests.server.actors import NOW, SHOWN, Pair, visitor_by
from tests.server.sending import SEALER

KEY = b"key of the blocked addresses"
ANA = "ana@example.org"
FOR_SAM, FOR_ANA = "She leads a kitchen.", "He would like to cook."
PROPOSAL = Proposal(FOR_SAM, FOR_ANA, "Ana", ANA)
YES, NO = SHOWN[ChoiceKind.AGREED_CONTACT], SHOWN[ChoiceKind.ENDED_CONTACT]


@dataclass(frozen=True)
class Introduced:
    """An introduction whose third person was asked: Ana."""

    id: int
    ana: Visitor


async def proposed(
    database: Database, pair: Pair, proposal: Proposal = PROPOSAL, now: datetime = NOW, form: str = "form"
) -> int:
    return await propose(database, SEALER, pair.mentor, pair.mentorship_id, form, proposal, now)


async def introduced(database: Database, pair: Pair, now: datetime = NOW) -> Introduced:
    introduction_id = await proposed(database, pair, now=now)
    assert await ask_third_people(database, SEALER, KEY, now) == 1
    return Introduced(introduction_id, await visitor_named(database, ANA, now))


async def visitor_named(database: Database, email: str, now: datetime = NOW) -> Visitor:
    """Who has this address, by a link to their home."""
    async with database.writing() as connection:
        found = await connection.execute(select(people.c.id).where(people.c.email_key == email))
        person_id = int(found.scalar_one())
        secret = await make_link(connection, now, person_id=person_id, purpose=Purpose.HOME, path="/home")
    return await visitor_by(database, secret, now)


async def page_for(database: Database, visitor: Visitor, introduction_id: int, now: datetime = NOW) -> IntroductionPage:
    return await read_introduction_page(database, SEALER, visitor, introduction_id, KEY, now)


async def states(database: Database) -> list[str]:
    """Those of all introductions, the oldest first."""
    async with database.reading() as connection:
        return list((await connection.execute(select(introductions.c.state).order_by(introductions.c.id))).scalars())


async def told(database: Database) -> list[tuple[str, str]]:
    """Who was sent or is to be sent which email about introductions, the oldest first."""
    kinds = outbox.c.kind.startswith("introduction_"), outbox.c.dropped_at.is_(None)
    names = select(people.c.name, outbox.c.kind).join(people, people.c.id == outbox.c.recipient_id)
    async with database.reading() as connection:
        return [(row.name, row.kind) for row in await connection.execute(names.where(*kinds).order_by(outbox.c.id))]


def secret_of(link: str) -> str:
    return urlsplit(link).path.rpartition("/")[2]
