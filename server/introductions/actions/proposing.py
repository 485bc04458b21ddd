"""A mentor proposes an introduction or takes it back; and the third person is asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.errors import InvalidInput, NotFound
from server.i18n.texts import N_
from server.introductions.rules.introductions import ANSWER_WITHIN, ASKED_EMAIL, Introduction, IntroductionState
from server.introductions.rules.introductions import take_back as taken_back
from server.introductions.rules.proposals import (
    MONTH,
    MOST_ASKED,
    Proposal,
    check_proposal,
    check_quota,
)
from server.introductions.saving import save, tell
from server.introductions.store import introductions
from server.introductions.store.answers import add_unanswered
from server.introductions.store.blocks import is_blocked
from server.introductions.store.words import add_words, read_words
from server.mentorships.rules.messages import message_key
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.rules.mentorships import check_active
from server.people.rules.people import Mentorship, email_key
from server.people.rules.rate_limits import counted_address
from server.people.rules.visitors import Visitor
from server.people.store.contacts import any_contact, own_contact
from server.people.store.imports import lock_additions
from server.people.store.people import (
    find_any_mentorship,
    find_person_by_email,
    lock_mentorship_of,
    lock_people,
    mentorships_of,
)
from server.room.sealing import Sealer


async def propose(
    db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, form: str, proposal: Proposal, now: datetime
) -> int:
    """The id of the introduction. The mentee is asked; the third person is by `ask_third_people`.

    The same from the same `form` is proposed once. It takes as long, and says the same, whether or not somebody
    has the address.
    Raises NotFound, also for the mentee, MentorshipAtRest, InvalidInput or TooManyIntroductions.
    """
    async with db.writing() as connection:
        mentorship = await lock_mentorship_of(connection, visitor, mentorship_id)
        if mentorship.mentor_id != visitor.person.id:
            raise NotFound
        check_active(mentorship.state)
        own = await own_contact(connection, visitor)
        proposal = check_proposal(proposal, own.email)
        name = await _name_of_third(connection, visitor, mentorship, proposal)
        proposal = replace(proposal, third_name=name)
        key = message_key(form, repr(proposal), b"")
        await lock_people(connection, (visitor.person.id,))
        found = await introductions.find_by_key(connection, visitor.person.id, key)
        if found is not None:
            return found
        check_quota(await introductions.states_since(connection, visitor.person.id, now - MONTH))
        introduction_id = await introductions.add_introduction(
            connection,
            mentorship_id=mentorship.id,
            mentor_id=mentorship.mentor_id,
            mentee_id=mentorship.mentee_id,
            key=key,
            now=now,
            due_at=now + ANSWER_WITHIN,
        )
        await add_words(connection, sealer, introduction_id, proposal)
        await add_unanswered(connection, introduction_id, mentorship.mentee_id)
        await tell(connection, introduction_id, mentorship.mentee_id, ASKED_EMAIL, now)
        return introduction_id


async def take_back(db: Database, visitor: Visitor, introduction_id: int, now: datetime) -> None:
    """Raises NotFound, also for the two who are asked, or IntroductionOver."""
    async with db.writing() as connection:
        introduction = await introductions.lock_introduction_of(connection, visitor, introduction_id)
        if introduction.mentor_id != visitor.person.id:
            raise NotFound
        await save(connection, introduction, taken_back(introduction, now), now)


async def ask_third_people(db: Database, sealer: Sealer, block_key: bytes, now: datetime) -> int:
    """Asks those who are still to be asked; returns how many. `block_key` hides which addresses do not want to be."""
    async with db.reading() as connection:
        waiting = await introductions.introductions_to_ask(connection, now)
    return await for_each(db, Work.INTRODUCTION, waiting, partial(_ask, db, sealer, block_key, now), now)


async def _name_of_third(
    connection: AsyncConnection, visitor: Visitor, mentorship: Mentorship, proposal: Proposal
) -> str:
    """What the mentor calls them. Raises InvalidInput when they are in none of the mentor's own mentorships."""
    if proposal.third_mentorship is None:
        return proposal.third_name
    for row in await mentorships_of(connection, visitor.person):
        if row.id == proposal.third_mentorship and row.other.id != mentorship.mentee_id and not row.other_erased:
            return row.other.name
    raise InvalidInput("third", N_("Please choose one from the list."))


async def _ask(db: Database, sealer: Sealer, block_key: bytes, now: datetime, introduction_id: int) -> bool:
    """Whether the third person is asked. Who does not want that, or was asked often lately, is not: nobody is told."""
    async with db.writing() as connection:
        introduction = await introductions.lock_any_introduction(connection, introduction_id)
        proposal = await read_words(connection, sealer, introduction_id)
        if introduction is None or introduction.ask_at is None:
            return False
        asked = None
        if proposal is not None and introduction.as_of(now).state is IntroductionState.ASKED:
            asked = await _third(connection, introduction, proposal, block_key, now)
        if asked is None:
            await introductions.set_third(connection, introduction_id, None, added=False)
            return False
        await introductions.set_third(connection, introduction_id, asked.person_id, added=asked.added)
        await add_unanswered(connection, introduction_id, asked.person_id)
        await tell(connection, introduction_id, asked.person_id, ASKED_EMAIL, now)
        return True


@dataclass(frozen=True, slots=True)
class ThirdPerson:
    """`added`: they are known through introductions alone."""

    person_id: int
    added: bool


async def _third(
    connection: AsyncConnection, introduction: Introduction, proposal: Proposal, block_key: bytes, now: datetime
) -> ThirdPerson | None:
    """Who is asked; None for nobody."""
    await lock_additions(connection)
    known = await _known(connection, introduction, proposal)
    email = (await any_contact(connection, known)).email if known is not None else proposal.third_email
    if await is_blocked(connection, counted_address(block_key, email_key(email))):
        return None
    if known is None:
        mentor = await introductions.any_person(connection, introduction.mentor_id)
        new = NewPerson(proposal.third_name, email, mentor.zone, mentor.language)
        return ThirdPerson((await find_or_add_person(connection, new, now)).id, added=True)
    often = await introductions.times_asked(connection, known, now - MONTH) >= MOST_ASKED
    if often or introduction.part_of(known) is not None or not await introductions.is_here(connection, known):
        return None
    return ThirdPerson(known, await introductions.was_added(connection, known))


async def _known(connection: AsyncConnection, introduction: Introduction, proposal: Proposal) -> int | None:
    """The id of the third person, if they are known."""
    if proposal.third_mentorship is not None:
        mentorship = await find_any_mentorship(connection, proposal.third_mentorship)
        return mentorship.other(introduction.mentor_id) if mentorship else None
    person = await find_person_by_email(connection, proposal.third_email)
    return person.id if person else None
