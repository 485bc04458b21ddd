"""People's reports of how their catch-ups were."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.reports import Outcome
from server.db.tables import people, reports

REPORTS_OF = select(reports).where(reports.c.booking_id == bindparam("id"))
REPORTED_BY = select(reports.c.booking_id).where(
    reports.c.person_id == bindparam("person_id"), reports.c.booking_id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What one person reports, and when."""

    person_id: int
    name: str
    outcome: Outcome
    at: datetime


async def set_report(
    connection: AsyncConnection, booking_id: int, person_id: int, outcome: Outcome, now: datetime
) -> None:
    """Saves what this person reports, in place of their earlier report. The catch-up must be locked."""
    theirs = (reports.c.booking_id == booking_id) & (reports.c.person_id == person_id)
    await connection.execute(delete(reports).where(theirs))
    added = insert(reports).values(booking_id=booking_id, person_id=person_id, outcome=outcome.value, at=now)
    await connection.execute(added)


async def reports_of(connection: AsyncConnection, booking_id: int) -> dict[int, Outcome]:
    """The reports about one booking, by the people's ids."""
    rows = await connection.execute(REPORTS_OF, {"id": booking_id})
    return {row.person_id: Outcome(row.outcome) for row in rows}


async def reported_by(connection: AsyncConnection, person_id: int, ids: Iterable[int]) -> frozenset[int]:
    """Which of these bookings this person has reported about."""
    rows = await connection.execute(REPORTED_BY, {"person_id": person_id, "ids": list(ids)})
    return frozenset(rows.scalars())


async def reports_about(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, list[ReportRow]]:
    """The reports about these bookings, by their ids, earliest first."""
    found: dict[int, list[ReportRow]] = defaultdict(list)
    rows = await connection.execute(
        select(reports, people.c.name)
        .join(people, people.c.id == reports.c.person_id)
        .where(reports.c.booking_id.in_(list(ids)))
        .order_by(reports.c.at, reports.c.person_id)
    )
    for row in rows:
        found[row.booking_id].append(ReportRow(row.person_id, row.name, Outcome(row.outcome), row.at))
    return found
