"""What becomes of memberships, what matching reads of them, and that erasing a person leaves nothing of theirs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from server.db.tables import choices, membership_exclusions, membership_hours, memberships
from server.errors import NotFound
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.queries.home import read_mentorship_home
from server.people.rules.accounts import Role
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.mentorships import MentorshipEvent
from server.privacy.actions.erasing import erase_person
from server.privacy.rules.erasure import ErasureReason
from server.privacy.store.places import read_rows
from server.schemes.actions.memberships import confirm, decide, edit_sign_up, leave, wait_again
from server.schemes.queries.own import read_own_membership
from server.schemes.rules.memberships import (
    MembershipEvent,
    MembershipRole,
    MembershipState,
    MembershipUnchanged,
    NotYetConfirmed,
)
from server.schemes.store.sign_ups import members_waiting, sign_up_of
from tests.server.actors import NOW, SHOWN, visitor_with_account
from tests.server.schemes.a_scheme import MENTEE, MENTOR, open_scheme, sign_up
from tests.server.sending import SEALER

JOINED, LEFT = SHOWN["joined_scheme"], SHOWN["left_scheme"]
BOSS = "Maya"


@pytest.fixture
async def admin(database):
    return await visitor_with_account(database)


@pytest.fixture
async def scheme_id(database, admin):
    return await open_scheme(database, admin, NOW)


async def membership_of(database, visitor):
    async with database.reading() as connection:
        found = select(memberships.c.id).where(memberships.c.person_id == visitor.person.id)
        return (await connection.execute(found)).scalar_one()


async def member(database, admin, visitor, email, said):
    """The id of the membership of somebody who was accepted."""
    await sign_up(database, email, said, NOW)
    id = await membership_of(database, visitor)
    await confirm(database, visitor, id, JOINED, NOW)
    await decide(database, admin, id, MembershipEvent.ACCEPT, "", NOW)
    return id


async def test_matching_reads_the_members_with_whom_they_do_not_want(database, admin, scheme_id, pair):
    mentor_id = await member(database, admin, pair.mentor, "maya@example.org", MENTOR)
    mentee_id = await member(database, admin, pair.mentee, "sam@example.org", replace(MENTEE, not_with=(BOSS,)))
    await sign_up(database, "eve@example.org", MENTEE, NOW)
    async with database.reading() as connection:
        found = await members_waiting(connection, scheme_id)
    assert [each.membership_id for each in found] == [mentor_id, mentee_id]
    assert [(each.sign_up.role, each.not_with) for each in found] == [
        (MembershipRole.MENTOR, frozenset()),
        (MembershipRole.MENTEE, {pair.mentor.person.id}),
    ]
    assert found[0].sign_up == MENTOR


async def test_nobody_acts_for_somebody_else(database, admin, scheme_id, pair):
    await sign_up(database, "sam@example.org", MENTEE, NOW)
    id = await membership_of(database, pair.mentee)
    with pytest.raises(NotYetConfirmed):
        await edit_sign_up(database, pair.mentee, id, MENTEE)
    with pytest.raises(NotFound):
        await decide(database, admin, id, MembershipEvent.ACCEPT, "", NOW)
    for act in (confirm, leave):
        with pytest.raises(NotFound):
            await act(database, pair.stranger, id, JOINED, NOW)
    with pytest.raises(NotFound):
        await edit_sign_up(database, pair.stranger, id, MENTEE)
    await confirm(database, pair.mentee, id, JOINED, NOW)
    coordinator = await visitor_with_account(database, role=Role.COORDINATOR, email="cora@example.org")
    with pytest.raises(NotFound):
        await decide(database, coordinator, id, MembershipEvent.ACCEPT, "", NOW)
    with pytest.raises(MembershipUnchanged):
        await confirm(database, pair.mentee, id, JOINED, NOW)


async def test_joining_and_leaving_stand_in_the_ledger(database, admin, scheme_id, pair):
    id = await member(database, admin, pair.mentee, "sam@example.org", MENTEE)
    await leave(database, pair.mentee, id, LEFT, NOW)
    async with database.reading() as connection:
        about = select(choices.c.kind, choices.c.subject_id).where(choices.c.subject_kind == "membership")
        assert (await connection.execute(about.order_by(choices.c.id))).all() == [
            ("joined_scheme", id),
            ("left_scheme", id),
        ]
        for table in (membership_hours, membership_exclusions):
            assert (await connection.execute(select(table))).all() == []
        assert (await sign_up_of(connection, id)).seeks_words == ""


async def test_an_export_has_what_was_written_and_erasure_takes_it(database, admin, scheme_id, pair, tmp_path):
    await member(
        database, admin, pair.mentee, "sam@example.org", replace(MENTEE, not_with=(BOSS,), wishes="A quiet one.")
    )
    person_id = pair.mentee.person.id
    async with database.reading() as connection:
        exported = await read_rows(connection, person_id)
    assert [row["who"] for row in exported["membership_exclusions"]] == [BOSS]
    assert [(row["wishes"], row["state"]) for row in exported["memberships"]] == [("A quiet one.", "member")]
    await erase_person(database, person_id, "sam@example.org", ErasureReason.ASKED, COMMAND_LINE, tmp_path, NOW)
    async with database.reading() as connection:
        left = await read_rows(connection, person_id)
    assert (left["membership_exclusions"], left["membership_hours"]) == ((), ())
    assert [(row["wishes"], row["seeks"], row["state"]) for row in left["memberships"]] == [("", "", "left")]


async def test_after_an_end_each_may_wait_again_at_the_end_of_the_list(database, admin, scheme_id, pair):
    id = await member(database, admin, pair.mentee, "sam@example.org", MENTEE)

    async def schemes():
        home = await read_mentorship_home(database, SEALER, pair.mentee, pair.mentorship_id, NOW)
        return [(scheme.membership_id, scheme.state) for scheme in home.schemes]

    event = MentorshipEvent.END
    await change_own_mentorship(database, SEALER, pair.mentor, pair.mentorship_id, event, "f", "", NOW)
    assert await schemes() == [], "the mentor is in no scheme"
    await member(database, admin, pair.mentor, "maya@example.org", MENTOR)
    assert await schemes() == [(id, MembershipState.MEMBER)]
    for other in (pair.stranger, pair.mentor):
        with pytest.raises(NotFound):
            await wait_again(database, other, id, NOW)
    later = NOW + timedelta(days=1)
    await wait_again(database, pair.mentee, id, later)
    assert await schemes() == [(id, MembershipState.WAITING_LIST)]
    async with database.writing() as connection:
        others = update(memberships).where(memberships.c.id != id)
        await connection.execute(others.values(state="declined"))
    assert await schemes() == [], "that the other asked in vain is not told"
    found = await read_own_membership(database, pair.mentee, id)
    assert (found.membership.since, found.places, found.said.seeks_words) == (later, {"mentee": 1}, MENTEE.seeks_words)
    with pytest.raises(MembershipUnchanged):
        await wait_again(database, pair.mentee, id, later)
