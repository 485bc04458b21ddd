"""What ends a proposal by itself, and who may propose and take back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.catchups.rules.ledger import ChoiceKind
from server.db.tables import audit_entries, audit_people, match_proposals
from server.errors import NotFound
from server.matching.actions.answering import agree, decline
from server.matching.actions.proposing import end_proposals, propose_pairs, withdraw_proposal
from server.matching.queries.match import read_match
from server.matching.rules.model import ChangeCost, Pin, PinRefusal, RefusedPin
from server.matching.rules.proposals import ProposalOver, ProposalStatus
from server.matching.store.kept_results import report_from
from server.matching.store.runs import find_any_run
from server.people.rules.accounts import Role
from server.schemes.actions.memberships import leave
from server.schemes.store.memberships import set_sign_up
from tests.server.actors import NOW, SHOWN, statements, visitor_with_account
from tests.server.matching.members import (
    AGREED,
    LATER,
    LENA,
    NURI,
    add_member,
    everybody_together,
    leaves,
    proposed,
    run_made,
    states,
    suggested,
    told,
    two_members,
)


async def test_silence_of_the_mentee_returns_both_and_tells_the_mentor_nothing(database):
    members = await two_members(database)
    proposal = await proposed(database, members)
    assert await end_proposals(database, NOW) == 0
    with pytest.raises(ProposalOver):
        await agree(database, members.mentee.visitor, proposal, (LATER,), AGREED, LATER)
    assert await end_proposals(database, LATER) == 1
    assert (await states(database), await told(database)) == (["lapsed"], [("Nuri", "match_over")])
    with pytest.raises(NotFound):
        await read_match(database, members.mentor.visitor, proposal, LATER)
    # Both can be matched again.
    assert len(await suggested(database, await run_made(database, members, LATER))) == 1


async def test_silence_of_the_mentor_looks_as_a_no_to_the_mentee(database):
    members = await two_members(database)
    seen = []
    for answers in (False, True):
        proposal = await proposed(database, members)
        times = (await read_match(database, members.mentee.visitor, proposal, NOW)).starts
        await agree(database, members.mentee.visitor, proposal, times, AGREED, NOW)
        if answers:
            await decline(database, members.mentor.visitor, proposal, "", NOW)
        else:
            assert await end_proposals(database, NOW + timedelta(days=20)) == 1
        page = await read_match(database, members.mentee.visitor, proposal, NOW)
        seen.append((page.status, (await told(database))[-1] if answers else ("Nuri", "match_over")))
    assert seen[0] == seen[1] == (ProposalStatus.NOT_COME_ABOUT, ("Nuri", "match_over"))


async def test_who_leaves_the_scheme_ends_what_they_were_asked(database):
    members = await two_members(database)
    proposal = await proposed(database, members)
    shown = SHOWN[ChoiceKind.LEFT_SCHEME]
    await leave(database, members.mentor.visitor, members.mentor.membership_id, shown, NOW)
    async with database.reading() as connection:
        assert (await connection.execute(select(match_proposals.c.reasons))).scalar_one() == ""
    assert await end_proposals(database, NOW) == 1
    assert (await states(database), (await told(database))[-1]) == (["withdrawn"], ("Nuri", "match_over"))
    assert await end_proposals(database, NOW) == 0
    with pytest.raises(ProposalOver):
        await decline(database, members.mentee.visitor, proposal, "", NOW)


async def test_the_report_of_a_run_does_not_name_a_pair_of_which_one_has_left(database):
    """What somebody keeps from others may be why a pin was not kept."""
    members = await two_members(database)
    other = await add_member(database, members.scheme_id, "Omar", NURI)
    pairs = [Pin(members.mentor.membership_id, each.membership_id) for each in (members.mentee, other)]

    def solve(*given):
        result = everybody_together(*given)
        figures = result.fairness.result
        return replace(
            result,
            refused=tuple(RefusedPin(pair, PinRefusal.NOT_POSSIBLE) for pair in pairs),
            costs=tuple(ChangeCost(pair, figures, figures, 0) for pair in pairs),
        )

    run = await run_made(database, members, solve=solve)
    await leave(database, members.mentee.visitor, members.mentee.membership_id, SHOWN[ChoiceKind.LEFT_SCHEME], NOW)
    async with database.reading() as connection:
        report = report_from((await find_any_run(connection, run)).report)
    assert [each.mentee for each in (*report.refused, *report.costs)] == [other.membership_id] * 2
    assert report.fairness.mentees == 2


async def test_a_coordinator_takes_back_what_waits(database):
    members = await two_members(database)
    proposal = await proposed(database, members)
    assert await withdraw_proposal(database, members.admin, proposal, NOW) == members.scheme_id
    assert (await states(database), await told(database)) == (["withdrawn"], [("Nuri", "match_over")])
    with pytest.raises(ProposalOver):
        await withdraw_proposal(database, members.admin, proposal, NOW)


async def test_another_schemes_coordinator_finds_nothing(database):
    members = await two_members(database)
    proposal = await proposed(database, members)
    run = await run_made(database, members)
    other = await visitor_with_account(database, NOW, Role.COORDINATOR, "cora@example.org")
    for verb in (withdraw_proposal(database, other, proposal, NOW), propose_pairs(database, other, run, (1,), NOW)):
        with pytest.raises(NotFound):
            await verb
    assert await states(database) == ["asks_mentee"]


async def test_the_audit_log_names_nobody_of_a_proposal(database):
    """Else a mentor would read under 'Your data' that a mentee was asked."""
    members = await two_members(database)
    await proposed(database, members)
    named = select(audit_entries.c.act).join(audit_people, audit_people.c.entry_id == audit_entries.c.id)
    async with database.reading() as connection:
        acts = (await connection.execute(select(audit_entries.c.act).order_by(audit_entries.c.id))).scalars().all()
        assert "proposed_match" not in (await connection.execute(named)).scalars().all()
    assert acts[-2:] == ["started_matching", "proposed_match"]


async def test_who_has_left_since_the_run_is_not_asked(database):
    members = await two_members(database)
    run = await run_made(database, members)
    ids = [each[0] for each in await suggested(database, run)]
    await leaves(database, members.mentor)
    done = await propose_pairs(database, members.admin, run, ids, NOW)
    assert (done.asked, done.not_asked, await states(database)) == (0, 1, [])


async def test_who_wants_nobody_of_their_department_since_the_run_is_not_asked(database):
    members = await two_members(database)
    run = await run_made(database, members)
    ids = [each[0] for each in await suggested(database, run)]
    async with database.writing() as connection:
        await set_sign_up(connection, members.mentor.membership_id, replace(LENA, department="Sales"))
        said = replace(NURI, department="sales", other_department=True)
        await set_sign_up(connection, members.mentee.membership_id, said)
    done = await propose_pairs(database, members.admin, run, ids, NOW)
    assert (done.asked, done.not_asked, await states(database)) == (0, 1, [])


async def test_a_mentor_gets_no_more_proposals_than_places(database):
    members = await two_members(database)
    await add_member(database, members.scheme_id, "Mara", NURI)
    run = await run_made(database, members)
    ids = [each[0] for each in await suggested(database, run)]
    done = await propose_pairs(database, members.admin, run, ids, NOW)
    assert (len(ids), done.asked, done.not_asked) == (2, 1, 1)


async def test_many_pairs_are_proposed_with_the_reads_of_one(database):
    """How the members stand is read once."""
    reads = {}
    for number in (1, 3):
        members = await two_members(database, slug=f"scheme-{number}")
        async with database.writing() as connection:
            await set_sign_up(connection, members.mentor.membership_id, replace(LENA, capacity=3))
        for more in range(number - 1):
            await add_member(database, members.scheme_id, f"Mara {more}", NURI, email=f"mara{more}@example.org")
        run = await run_made(database, members)
        ids = [each[0] for each in await suggested(database, run)]
        with statements(database) as made:
            assert (await propose_pairs(database, members.admin, run, ids, NOW)).asked == number
        # What is asked of each is queued and kept in the audit log.
        reads[number] = [each for each in made if "JOIN memberships" in each]
    assert reads[1] == reads[3]
