"""What machines tell one another at once. PostgreSQL only."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.machines.rules import EVENTS_KEPT

CHANNEL = "fireside_events"
# Numbers are given before the commit, and transactions end in another order: so many before the newest one that was
# read are read again, unless they are older than the longest of these transactions.
OVERLAP = 1_000
OVERLAP_S = 15
ADD = text("""
    INSERT INTO machine_events (machine, content, made_at)
    SELECT :machine, content, clock_timestamp()
    FROM unnest(CAST(:contents AS text[])) WITH ORDINALITY AS new (content, place) ORDER BY place
""")
HINT = text(f"SELECT pg_notify('{CHANNEL}', '')")  # a constant
NEWEST = text("SELECT coalesce(max(id), 0) FROM machine_events")
AFTER = text(f"""
    SELECT id, machine, content FROM machine_events
    WHERE id > :newest OR (id > :newest - {OVERLAP} AND made_at > now() - make_interval(secs => {OVERLAP_S}))
    ORDER BY id
""")  # noqa: S608  # constants
FORGET = text("DELETE FROM machine_events WHERE made_at < now() - CAST(:kept AS interval)")


async def add_events(connection: AsyncConnection, machine: str, contents: Sequence[str]) -> None:
    """Tells these to all others. It belongs into a transaction of its own: a notification takes a lock of the whole
    database until the commit."""
    await connection.execute(ADD, {"machine": machine, "contents": list(contents)})
    await connection.execute(HINT)


async def newest_event(connection: AsyncConnection) -> int:
    return int((await connection.execute(NEWEST)).scalar_one())


async def events_after(connection: AsyncConnection, newest: int) -> tuple[tuple[int, str, str], ...]:
    """The number, the machine and the content of each event after this number, and of some before it that may have come
    late: who reads them knows which are new."""
    rows = await connection.execute(AFTER, {"newest": newest})
    return tuple((row.id, row.machine, row.content) for row in rows)


async def forget_events(connection: AsyncConnection) -> None:
    """Deletes those that every machine has read long ago."""
    await connection.execute(FORGET, {"kept": EVENTS_KEPT})
