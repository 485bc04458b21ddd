"""Who coordinates a scheme starts a run of its matching and cancels it; and how a run begins and ends by itself."""

from collections.abc import Callable
from datetime import datetime

from server.db.database import Database
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.matching.rules.runs import LIVE, SEEDS, MatchRun, RunEvent, RunStands, RunState
from server.matching.store import runs
from server.people.actions.audit import acting
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor, check_account
from server.people.store.audit import record
from server.schemes.store.schemes import lock_any_scheme, scheme_coordinated_by


async def start_run(
    db: Database, visitor: Visitor, scheme_id: int, seed: int | None, random: Callable[[int], int], now: datetime
) -> int:
    """The id of a run that waits to be made. `seed` settles ties: the same one again makes the same of the same people;
    without one `random` draws it (below a number). Raises NotFound, InvalidInput about the seed, or RunStands.
    """
    account = check_account(visitor)
    if seed is not None and seed not in SEEDS:
        raise InvalidInput("seed", N_("Please enter a number from 1 to %(most)s."), most=SEEDS[-1])
    async with db.writing() as connection:
        scheme = await scheme_coordinated_by(connection, account, scheme_id)
        await lock_any_scheme(connection, scheme.id)
        newest = await runs.newest_runs(connection, scheme.id, 1)
        if newest and newest[0].state in LIVE:
            if newest[0].as_of(now) is not RunState.LOST:
                raise RunStands
            await runs.end(connection, newest[0], RunEvent.LEASE_OVER, now)
        drawn = seed if seed is not None else SEEDS[random(len(SEEDS))]
        run_id = await runs.add_run(connection, scheme.id, account.id, drawn, now)
        subject = AuditSubject("match_run", run_id)
        await record(connection, acting(visitor), Act.STARTED_MATCHING, now, subject=subject)
        return run_id


async def cancel_run(db: Database, visitor: Visitor, run_id: int, now: datetime) -> int:
    """The id of the scheme. Its process is ended by the one that looks after it. Raises NotFound or RunOver."""
    account = check_account(visitor)
    async with db.writing() as connection:
        run = await runs.find_any_run(connection, run_id, lock=True)
        await scheme_coordinated_by(connection, account, run.scheme_id)
        await runs.end(connection, run, RunEvent.CANCEL, now)
        subject = AuditSubject("match_run", run.id)
        await record(connection, acting(visitor), Act.CANCELLED_MATCHING, now, subject=subject)
        return run.scheme_id


async def end_lost_runs(db: Database, now: datetime) -> int:
    """Ends those whose process does not renew its lease any more; returns how many."""
    async with db.reading() as connection:
        lost = [run for run in await runs.live_runs(connection) if run.as_of(now) is RunState.LOST]
    for run in lost:
        async with db.writing() as connection:
            found = await runs.find_any_run(connection, run.id, lock=True)
            if found.as_of(now) is RunState.LOST and found.state in LIVE:
                await runs.end(connection, found, RunEvent.LEASE_OVER, now)
    return len(lost)


async def claim_run(db: Database, now: datetime) -> MatchRun | None:
    """The run that has waited longest, which this process looks after from now on; None where none waits."""
    async with db.reading() as connection:
        waiting = [run for run in await runs.live_runs(connection) if run.state is RunState.WAITING]
    if not waiting:
        return None
    async with db.writing() as connection:
        run = await runs.find_any_run(connection, waiting[0].id, lock=True)
        if run.state is not RunState.WAITING:
            return None
        await runs.begin(connection, run, now)
        return run


async def look_after(db: Database, run_id: int, progress: int, now: datetime) -> bool:
    """Renews the lease of a run; whether it still runs: it may have been cancelled."""
    async with db.writing() as connection:
        run = await runs.find_any_run(connection, run_id, lock=True)
        if run.state is not RunState.RUNNING:
            return False
        await runs.renew(connection, run, progress, now)
        return True


async def note_failed(db: Database, run_id: int, now: datetime) -> None:
    """Its process has ended without a result, unless it has one by now or was cancelled."""
    async with db.writing() as connection:
        run = await runs.find_any_run(connection, run_id, lock=True)
        if run.state is RunState.RUNNING:
            await runs.end(connection, run, RunEvent.FAIL, now)
