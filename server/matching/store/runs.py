"""Runs of the matching of schemes, with what they suggest and whom they leave out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.db.database import for_update
from server.db.tables import match_left_out, match_runs, match_suggestions
from server.errors import NotFound
from server.matching.rules.runs import LEASE, MatchRun, RunEvent, RunState, next_state
from server.schemes.rules.memberships import MembershipRole

# In the words of the index.
IS_LIVE = text("state IN ('waiting', 'running')")
BY_ID = select(match_runs).where(match_runs.c.id == bindparam("id"))
LIVE_RUNS = select(match_runs).where(IS_LIVE).order_by(match_runs.c.id)
NEWEST_IN = (
    select(match_runs)
    .where(match_runs.c.scheme_id == bindparam("scheme_id"))
    .order_by(match_runs.c.id.desc())
    .limit(bindparam("most"))
)
ADD = insert(match_runs).returning(match_runs.c.id)
CHANGE = update(match_runs).where(match_runs.c.id == bindparam("of_id"))
SUGGESTIONS = (
    select(match_suggestions)
    .where(match_suggestions.c.run_id == bindparam("run_id"))
    .order_by(match_suggestions.c.score, match_suggestions.c.id)
)
LEFT_OUT = (
    select(match_left_out)
    .where(match_left_out.c.run_id == bindparam("run_id"))
    .order_by(match_left_out.c.role, match_left_out.c.membership_id)
)
OLD_RUNS = select(match_runs.c.id).where(
    match_runs.c.scheme_id == bindparam("scheme_id"), match_runs.c.id < bindparam("before")
)
FORGET_OLD = tuple(delete(table).where(table.c.run_id.in_(OLD_RUNS)) for table in (match_suggestions, match_left_out))


@dataclass(frozen=True, slots=True)
class KeptSuggestion:
    """A pair that a run suggests, by ids of memberships. See kept_results for the JSON."""

    mentor_membership_id: int
    mentee_membership_id: int
    score: int
    pinned: bool
    first_choice: bool
    reasons: str
    details: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class KeptLeftOut:
    """A member whom a run leaves out in this role, and why, as a word of its rules."""

    membership_id: int
    role: MembershipRole
    reason: str


async def add_run(connection: AsyncConnection, scheme_id: int, account_id: int, seed: int, now: datetime) -> int:
    """The id of a new one. A unique index refuses a second one that waits or runs."""
    values = {"scheme_id": scheme_id, "account_id": account_id, "seed": seed, "made_at": now, "progress": 0}
    run_id = int((await connection.execute(ADD, values | {"state": RunState.WAITING.value})).scalar_one())
    note_change(connection, Topic("matching", scheme_id))
    return run_id


async def find_any_run(connection: AsyncConnection, run_id: int, *, lock: bool = False) -> MatchRun:
    """Without a check of access; with `lock` locked until the transaction ends. Raises NotFound."""
    row = (await connection.execute(for_update(BY_ID) if lock else BY_ID, {"id": run_id})).one_or_none()
    if row is None:
        raise NotFound
    return _run(row)


async def live_runs(connection: AsyncConnection) -> tuple[MatchRun, ...]:
    """Those that wait or run, the oldest first."""
    return tuple(_run(row) for row in await connection.execute(LIVE_RUNS))


async def newest_runs(connection: AsyncConnection, scheme_id: int, most: int) -> tuple[MatchRun, ...]:
    """Those of a scheme, the newest first."""
    rows = await connection.execute(NEWEST_IN, {"scheme_id": scheme_id, "most": most})
    return tuple(_run(row) for row in rows)


async def begin(connection: AsyncConnection, run: MatchRun, now: datetime) -> None:
    """Gives it to this process, for LEASE. It must be locked. Raises RunOver."""
    values = {"state": next_state(run.state, RunEvent.BEGIN).value, "lease_until": now + LEASE}
    await _change(connection, run, values)


async def renew(connection: AsyncConnection, run: MatchRun, progress: int, now: datetime) -> None:
    """Of one that runs and is locked."""
    await _change(connection, run, {"lease_until": now + LEASE, "progress": progress})


async def end(connection: AsyncConnection, run: MatchRun, event: RunEvent, now: datetime) -> None:
    """Ends it without a result. It must be locked. Raises RunOver."""
    values = {"state": next_state(run.state, event).value, "lease_until": None, "ended_at": now}
    await _change(connection, run, values)


async def finish(
    connection: AsyncConnection,
    run: MatchRun,
    digest: str,
    report: str,
    suggestions: Sequence[KeptSuggestion],
    left_out: Sequence[KeptLeftOut],
    now: datetime,
) -> None:
    """Keeps the result; what earlier runs of the scheme suggested goes. It must be locked. Raises RunOver."""
    state = next_state(run.state, RunEvent.FINISH).value
    result = {"digest": digest, "report": report, "progress": 100}
    await _change(connection, run, {"state": state, "lease_until": None, "ended_at": now} | result)
    for statement in FORGET_OLD:
        await connection.execute(statement, {"scheme_id": run.scheme_id, "before": run.id})
    rows = [{key: value for key, value in asdict(each).items() if key != "id"} for each in suggestions]
    if rows:
        await connection.execute(insert(match_suggestions), [{"run_id": run.id} | row for row in rows])
    left = [
        {"run_id": run.id, "membership_id": each.membership_id, "role": each.role.value, "reason": each.reason}
        for each in left_out
    ]
    if left:
        await connection.execute(insert(match_left_out), left)


async def suggestions_of(connection: AsyncConnection, run_id: int) -> tuple[KeptSuggestion, ...]:
    """The weakest first."""
    return tuple(
        KeptSuggestion(
            mentor_membership_id=row.mentor_membership_id,
            mentee_membership_id=row.mentee_membership_id,
            score=row.score,
            pinned=row.pinned,
            first_choice=row.first_choice,
            reasons=row.reasons,
            details=row.details,
            id=row.id,
        )
        for row in await connection.execute(SUGGESTIONS, {"run_id": run_id})
    )


async def left_out_of(connection: AsyncConnection, run_id: int) -> tuple[KeptLeftOut, ...]:
    rows = await connection.execute(LEFT_OUT, {"run_id": run_id})
    return tuple(KeptLeftOut(row.membership_id, MembershipRole(row.role), row.reason) for row in rows)


async def _change(connection: AsyncConnection, run: MatchRun, values: Mapping[str, object]) -> None:
    await connection.execute(CHANGE, {"of_id": run.id, **values})
    note_change(connection, Topic("matching", run.scheme_id))


def _run(row: Row[Any]) -> MatchRun:
    return MatchRun(
        id=row.id,
        scheme_id=row.scheme_id,
        account_id=row.account_id,
        state=RunState(row.state),
        seed=row.seed,
        digest=row.digest,
        progress=row.progress,
        made_at=row.made_at,
        lease_until=row.lease_until,
        ended_at=row.ended_at,
        report=row.report,
    )
