"""Who became known through an introduction is forgotten with it, unless they are known otherwise by then."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from server.api.store.external_ids import set_external_id
from server.db.tables import audit_entries, people
from server.introductions.actions.answering import agree, refuse, thank
from server.introductions.actions.ending import end_introductions
from server.introductions.actions.proposing import ask_third_people, take_back
from server.introductions.rules.introductions import AFTER_THANKS, ANSWER_WITHIN
from server.introductions.rules.proposals import Proposal
from server.people.actions.people import find_or_add_mentorship
from server.people.store.people import find_person_by_email
from server.privacy.actions.strangers import erase_strangers
from server.schemes.rules.memberships import MembershipState
from server.schemes.store.memberships import add_membership
from tests.server.actors import NOW, visitor_with_account
from tests.server.introductions.people import ANA, KEY, NO, YES, introduced, proposed
from tests.server.privacy.actions.test_erasing import rows_with
from tests.server.schemes.a_scheme import MENTEE, open_scheme
from tests.server.sending import SEALER


async def is_known(database, now, email=ANA) -> bool:
    """After the jobs of that time."""
    await end_introductions(database, now)
    await erase_strangers(database, Path("nowhere"), now)
    async with database.reading() as connection:
        return await find_person_by_email(connection, email) is not None


async def nothing(database, pair, asked):
    pass


async def says_no(database, pair, asked):
    await refuse(database, asked.ana, asked.id, NO, NOW)


async def says_yes_alone(database, pair, asked):
    await agree(database, asked.ana, asked.id, YES, NOW)


@pytest.mark.parametrize("answer", [nothing, says_no, says_yes_alone])
async def test_nothing_is_left_of_who_was_asked_in_vain(database, pair, answer):
    asked = await introduced(database, pair)
    await answer(database, pair, asked)
    assert await is_known(database, NOW + ANSWER_WITHIN - timedelta(seconds=1))
    assert not await is_known(database, NOW + ANSWER_WITHIN)
    assert [await rows_with(database, text) for text in (ANA, "Ana")] == [[], []]
    async with database.reading() as connection:
        reasons = (await connection.execute(select(audit_entries.c.reason))).scalars().all()
        assert reasons.count("introduction") == 1
        erased = await connection.execute(select(people.c.id).where(people.c.erased_at.is_not(None)))
        assert erased.scalars().all() == [asked.ana.person.id]


async def test_what_is_taken_back_is_forgotten_at_once(database, pair):
    asked = await introduced(database, pair)
    await take_back(database, pair.mentor, asked.id, NOW)
    assert not await is_known(database, NOW)


async def test_they_stay_as_long_as_they_see_each_other(database, pair):
    asked = await introduced(database, pair)
    for each in (pair.mentee, asked.ana):
        await agree(database, each, asked.id, YES, NOW)
    assert await is_known(database, NOW + ANSWER_WITHIN)
    await thank(database, asked.ana, asked.id, NOW)
    assert await is_known(database, NOW + AFTER_THANKS - timedelta(seconds=1))
    assert not await is_known(database, NOW + AFTER_THANKS)


async def test_they_stay_while_another_introduction_asks_them(database, pair):
    await introduced(database, pair)
    later = NOW + timedelta(days=3)
    await proposed(database, pair, form="again", now=later)
    assert await ask_third_people(database, SEALER, KEY, later) == 1
    assert await is_known(database, NOW + ANSWER_WITHIN)
    assert not await is_known(database, later + ANSWER_WITHIN)


async def test_who_takes_part_in_a_scheme_by_then_stays(database, pair):
    asked = await introduced(database, pair)
    scheme = await open_scheme(database, await visitor_with_account(database), NOW)
    async with database.writing() as connection:
        await add_membership(connection, scheme, asked.ana.person.id, MembershipState.MEMBER, MENTEE, NOW)
    assert await is_known(database, NOW + ANSWER_WITHIN)


async def test_whom_another_system_has_added_by_then_stays(database, pair):
    asked = await introduced(database, pair)
    async with database.writing() as connection:
        await set_external_id(connection, people, asked.ana.person.id, "member-1")
    assert await is_known(database, NOW + ANSWER_WITHIN)


async def test_who_has_a_mentorship_by_then_stays(database, pair):
    asked = await introduced(database, pair)
    async with database.writing() as connection:
        await find_or_add_mentorship(connection, pair.mentor.person, asked.ana.person, NOW)
    for days in (14, 28):
        assert await is_known(database, NOW + timedelta(days=days))


async def test_who_was_known_before_stays(database, pair):
    await proposed(database, pair, Proposal("a", "b", "Eve", "eve@example.org"))
    assert await ask_third_people(database, SEALER, KEY, NOW) == 1
    assert await is_known(database, NOW + ANSWER_WITHIN, "eve@example.org")
