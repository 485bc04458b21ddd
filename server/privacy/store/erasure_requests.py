"""Who has asked to be forgotten, and when that is due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import erasure_requests, people

OWN = select(erasure_requests).where(erasure_requests.c.person_id == bindparam("person_id"))
DUE = (
    select(erasure_requests.c.person_id)
    .where(erasure_requests.c.due_at <= bindparam("now"))
    .order_by(erasure_requests.c.due_at)
)
WAITING = select(erasure_requests).order_by(erasure_requests.c.due_at, erasure_requests.c.person_id)
NAMES = select(people.c.id, people.c.name).where(people.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """The person's wish, made at a time, to be erased at another."""

    person_id: int
    made_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A request with the name of the person, for those who run the scheme."""

    person_id: int
    name: str
    made_at: datetime
    due_at: datetime


async def find_request(connection: AsyncConnection, person_id: int) -> ErasureRequest | None:
    row = (await connection.execute(OWN, {"person_id": person_id})).one_or_none()
    return ErasureRequest(row.person_id, row.made_at, row.due_at) if row else None


async def add_request(connection: AsyncConnection, request: ErasureRequest) -> None:
    values = {"person_id": request.person_id, "made_at": request.made_at, "due_at": request.due_at}
    await connection.execute(insert(erasure_requests).values(values))


async def remove_request(connection: AsyncConnection, person_id: int) -> None:
    await connection.execute(delete(erasure_requests).where(erasure_requests.c.person_id == person_id))


async def due_requests(connection: AsyncConnection, now: datetime) -> tuple[int, ...]:
    """The ids of the people whose time has come, the oldest first."""
    return tuple((await connection.execute(DUE, {"now": now})).scalars())


async def waiting_requests(connection: AsyncConnection) -> tuple[WaitingRequest, ...]:
    """The next due first."""
    rows = (await connection.execute(WAITING)).all()
    found = await connection.execute(NAMES, {"ids": [row.person_id for row in rows]})
    names = {row.id: row.name for row in found}
    return tuple(WaitingRequest(row.person_id, names[row.person_id], row.made_at, row.due_at) for row in rows)
