"""A run of matching: started, cancelled, lost with the process that looks after it, and made again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.db.tables import match_runs
from server.errors import InvalidInput, NotFound
from server.matching.actions.matching import make_match
from server.matching.actions.runs import cancel_run, claim_run, end_lost_runs, look_after, note_failed, start_run
from server.matching.rules.runs import LEASE, RunOver, RunStands
from server.matching.store.runs import find_any_run
from server.people.rules.accounts import Role
from tests.server.actors import NOW, visitor_with_account
from tests.server.matching.members import everybody_together, run_made, suggested, two_members

JUST_OVER = NOW + LEASE


async def started(database, members, now=NOW):
    return await start_run(database, members.admin, members.scheme_id, None, lambda below: 41, now)


async def row_of(database, run_id):
    async with database.reading() as connection:
        return await find_any_run(connection, run_id)


async def test_a_run_is_made_and_can_be_made_again(database):
    members = await two_members(database)
    first, second = [await run_made(database, members, NOW + timedelta(minutes=each)) for each in (0, 1)]
    found = [await row_of(database, run_id) for run_id in (first, second)]
    assert [(each.state, each.seed, each.progress) for each in found] == [("done", 7, 100)] * 2
    assert found[0].digest == found[1].digest
    assert found[0].report == found[1].report
    # What an earlier run suggested goes.
    assert (await suggested(database, first), len(await suggested(database, second))) == ([], 1)


async def test_one_run_at_a_time(database):
    members = await two_members(database)
    run_id = await started(database, members)
    with pytest.raises(RunStands):
        await started(database, members)
    assert (await row_of(database, run_id)).seed == 42
    claimed = await claim_run(database, NOW)
    assert claimed is not None
    assert claimed.id == run_id
    assert await claim_run(database, NOW) is None
    with pytest.raises(RunStands):
        await started(database, members, JUST_OVER - timedelta(seconds=1))


async def test_a_run_whose_process_died_is_lost_and_does_not_stand_in_the_way(database):
    members = await two_members(database)
    run_id = await started(database, members)
    await claim_run(database, NOW)
    assert await end_lost_runs(database, JUST_OVER - timedelta(seconds=1)) == 0
    assert await look_after(database, run_id, 40, JUST_OVER - timedelta(seconds=1))
    assert await end_lost_runs(database, JUST_OVER) == 0
    assert await end_lost_runs(database, JUST_OVER + LEASE) == 1
    run = await row_of(database, run_id)
    assert (run.state, run.progress, run.lease_until) == ("lost", 40, None)
    with pytest.raises(RunOver):
        await make_match(database, run_id, everybody_together, lambda percent: None, lambda: NOW)
    assert await started(database, members, JUST_OVER + LEASE)


async def test_a_lost_run_is_replaced_before_the_clock_has_come_to_it(database):
    members = await two_members(database)
    run_id = await started(database, members)
    await claim_run(database, NOW)
    assert await started(database, members, JUST_OVER)
    assert (await row_of(database, run_id)).state == "lost"


async def test_a_cancelled_run_keeps_nothing(database):
    members = await two_members(database)
    run_id = await started(database, members)
    await claim_run(database, NOW)
    assert await cancel_run(database, members.admin, run_id, NOW) == members.scheme_id
    assert not await look_after(database, run_id, 50, NOW)
    with pytest.raises(RunOver):
        await make_match(database, run_id, everybody_together, lambda percent: None, lambda: NOW)
    await note_failed(database, run_id, NOW)
    assert ((await row_of(database, run_id)).state, await suggested(database, run_id)) == ("cancelled", [])
    with pytest.raises(RunOver):
        await cancel_run(database, members.admin, run_id, NOW)


async def test_a_run_whose_process_fails_says_so(database):
    members = await two_members(database)
    run_id = await started(database, members)
    await claim_run(database, NOW)
    await note_failed(database, run_id, NOW)
    assert (await row_of(database, run_id)).state == "failed"


@pytest.mark.parametrize("seed", [0, -1, 2**31])
async def test_a_seed_is_a_number_of_the_draw(database, seed):
    members = await two_members(database)
    with pytest.raises(InvalidInput) as problem:
        await start_run(database, members.admin, members.scheme_id, seed, lambda below: 0, NOW)
    assert problem.value.field == "seed"


async def test_another_schemes_coordinator_finds_nothing(database):
    members = await two_members(database)
    other = await visitor_with_account(database, NOW, Role.COORDINATOR, "cora@example.org")
    with pytest.raises(NotFound):
        await start_run(database, other, members.scheme_id, None, lambda below: 0, NOW)
    run_id = await started(database, members)
    with pytest.raises(NotFound):
        await cancel_run(database, other, run_id, NOW)
    async with database.reading() as connection:
        assert (await connection.execute(select(match_runs.c.state))).scalars().all() == ["waiting"]
