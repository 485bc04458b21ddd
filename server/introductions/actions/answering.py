"""What the two who are asked may do: say yes or no, take a yes back, say that they go on by themselves, and whether
they are asked again at all."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.ledger import ShownWording, statement_of
from server.db.database import Database
from server.errors import NotFound
from server.introductions.rules import introductions as rules
from server.introductions.rules.introductions import Introduction, Part
from server.introductions.saving import save
from server.introductions.store.answers import consents_in
from server.introductions.store.blocks import set_blocked
from server.introductions.store.introductions import lock_introduction_of
from server.people.rules.people import email_key
from server.people.rules.rate_limits import counted_address
from server.people.rules.visitors import Visitor
from server.people.store.contacts import own_contact


async def agree(db: Database, visitor: Visitor, introduction_id: int, shown: ShownWording, now: datetime) -> None:
    """Once both have agreed, each sees how to reach the other. Raises NotFound or IntroductionOver."""
    async with db.writing() as connection:
        introduction = await _lock_as_asked(connection, visitor, introduction_id)
        consents = await consents_in(connection, introduction.id)
        change = rules.agree(introduction, visitor.person.id, consents, now)
        await save(connection, introduction, change, now, statement_of(visitor, shown))


async def refuse(db: Database, visitor: Visitor, introduction_id: int, shown: ShownWording, now: datetime) -> None:
    """A no, or taking a yes back; `shown` is what taking it back means. Raises NotFound or IntroductionOver."""
    async with db.writing() as connection:
        introduction = await _lock_as_asked(connection, visitor, introduction_id)
        consents = await consents_in(connection, introduction.id)
        change = rules.refuse(introduction, visitor.person.id, consents, now)
        await save(connection, introduction, change, now, statement_of(visitor, shown))


async def thank(db: Database, visitor: Visitor, introduction_id: int, now: datetime) -> None:
    """They go on by themselves, of which the mentor is told. Raises NotFound or IntroductionOver."""
    async with db.writing() as connection:
        introduction = await _lock_as_asked(connection, visitor, introduction_id)
        await save(connection, introduction, rules.thank(introduction, now), now)


async def choose_block(
    db: Database, visitor: Visitor, introduction_id: int, block_key: bytes, now: datetime, *, blocked: bool
) -> None:
    """Whether the third person is asked again, by anybody, at the address that they have now. `block_key` hides it.

    Raises NotFound for the others.
    """
    async with db.writing() as connection:
        introduction = await _lock_as_asked(connection, visitor, introduction_id)
        if introduction.part_of(visitor.person.id) is not Part.THIRD:
            raise NotFound
        email = (await own_contact(connection, visitor)).email
        await set_blocked(connection, counted_address(block_key, email_key(email)), now, blocked=blocked)


async def _lock_as_asked(connection: AsyncConnection, visitor: Visitor, introduction_id: int) -> Introduction:
    """Raises NotFound for the mentor too."""
    introduction = await lock_introduction_of(connection, visitor, introduction_id)
    if introduction.mentor_id == visitor.person.id:
        raise NotFound
    return introduction
