"""What matching says of somebody, and what they were asked: it goes when they do not take part any more."""

import json

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import (
    match_left_out,
    match_proposals,
    match_rules,
    match_runs,
    match_suggestions,
    match_words,
    memberships,
)

MATCHING = tuple(
    delete(column.table).where(column == bindparam("of"))
    for column in (
        match_suggestions.c.mentor_membership_id,
        match_suggestions.c.mentee_membership_id,
        match_rules.c.mentor_membership_id,
        match_rules.c.mentee_membership_id,
        match_left_out.c.membership_id,
        match_words.c.membership_id,
    )
)
# For both: the reasons say something of either.
REASONS = tuple(
    update(match_proposals).where(column == bindparam("of")).values(reasons="")
    for column in (match_proposals.c.mentor_membership_id, match_proposals.c.mentee_membership_id)
)
# How the runs of their scheme came out, as server/matching/store/kept_results.py writes it.
REPORTS = (
    select(match_runs.c.id, match_runs.c.report)
    .join(memberships, memberships.c.scheme_id == match_runs.c.scheme_id)
    .where(memberships.c.id == bindparam("of"), match_runs.c.report.is_not(None))
)
SET_REPORT = update(match_runs).where(match_runs.c.id == bindparam("of_id"))


async def forget_matching(connection: AsyncConnection, membership_id: int) -> None:
    """An open proposal is ended by a job, which tells the other."""
    for statement in (*MATCHING, *REASONS):
        await connection.execute(statement, {"of": membership_id})
    for run in (await connection.execute(REPORTS, {"of": membership_id})).all():
        report = json.loads(run.report)
        pairs = {name: _without(membership_id, report[name]) for name in ("refused", "costs")}
        if report != report | pairs:
            kept = json.dumps(report | pairs, separators=(",", ":"), sort_keys=True)
            await connection.execute(SET_REPORT, {"of_id": run.id, "report": kept})


def _without(membership_id: int, pairs: list[dict[str, object]]) -> list[dict[str, object]]:
    """Of these pinned and forbidden pairs those of others."""
    return [each for each in pairs if membership_id not in (each["mentor"], each["mentee"])]
