"""In which relay process each call is served. PostgreSQL only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.machines.rules import GRACE, MOVED_WITHIN, UNUSED_FOR
from server.machines.store.registry import LIVES, WITNESS

# Of so many relay processes, drawn at random among the fitting ones, the one with the fewest calls is taken: nobody
# waits for a count that everybody changes, and the load is almost as even as if all were compared.
DRAWN = 3
# More calls than that count as that many.
MOST_COUNTED = 1_000
# One statement: who asks first decides, and all others get what was decided. A placement stays while its relay process
# serves. `placed_at` is by the clock of that moment: one that was made since this statement began is newer than what
# this statement sees of relay processes.
PLACE = text(f"""
    WITH {WITNESS}, living AS (
        SELECT relay_processes.name, draining, people, (:region <> '' AND region <> :region) AS far
        FROM relay_processes CROSS JOIN witness
        WHERE {LIVES} AND protocol = ANY (CAST(:protocols AS integer[]))
    ), drawn AS (
        SELECT * FROM living ORDER BY draining, far, random() LIMIT {DRAWN}
    )
    INSERT INTO call_placements (call, relay, placed_at, used_at)
    SELECT :call, name, clock_timestamp(), now() FROM drawn
    ORDER BY draining, far, (
        SELECT count(*) FROM (
            SELECT 1 FROM call_placements AS p WHERE p.relay = drawn.name LIMIT {MOST_COUNTED}
        ) AS counted
    ), people
    LIMIT 1
    ON CONFLICT (call) DO UPDATE SET used_at = now(), (relay, placed_at) = (
        SELECT CASE WHEN stays THEN call_placements.relay ELSE excluded.relay END,
            CASE WHEN stays THEN call_placements.placed_at ELSE clock_timestamp() END
        FROM (
            SELECT call_placements.placed_at >= statement_timestamp()
                OR EXISTS (SELECT 1 FROM living WHERE living.name = call_placements.relay) AS stays
        ) AS decided
    )
    RETURNING relay
""")  # noqa: S608  # all parts are constants
PLACED = text("""
    SELECT call, relay, placed_at, placed_at < now() - CAST(:within AS interval) AS settled
    FROM call_placements WHERE call = ANY (CAST(:calls AS text[]))
""")
# A few calls that are in a relay process of this machine which drains, to one that does not.
MOVED_AT_ONCE = 3
MOVE = text(f"""
    WITH {WITNESS}, living AS (
        SELECT relay_processes.name, (:region <> '' AND region <> :region) AS far
        FROM relay_processes CROSS JOIN witness
        WHERE {LIVES} AND NOT draining AND protocol = ANY (CAST(:protocols AS integer[]))
    ), target AS (
        SELECT name FROM (SELECT * FROM living ORDER BY far, random() LIMIT {DRAWN}) AS drawn
        ORDER BY far, (SELECT count(*) FROM call_placements WHERE relay = drawn.name) LIMIT 1
    ), moving AS (
        SELECT call FROM call_placements JOIN relay_processes ON name = relay
        WHERE draining AND machine = :own AND call <> ALL (CAST(:staying AS text[]))
        LIMIT {MOVED_AT_ONCE} FOR UPDATE OF call_placements SKIP LOCKED
    )
    UPDATE call_placements SET relay = target.name, placed_at = clock_timestamp()
    FROM target, moving WHERE call_placements.call = moving.call
""")  # noqa: S608  # all parts are constants
USE = text("UPDATE call_placements SET used_at = now() WHERE call = ANY (CAST(:calls AS text[]))")
# By who has seen the database all the time meanwhile: the others may have had no way to say that they use it.
FORGET = text("""
    DELETE FROM call_placements WHERE used_at < now() - CAST(:unused_for AS interval)
    AND (SELECT since FROM machines WHERE name = :own) < now() - CAST(:unused_for AS interval)
""")


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """In which relay process a call is, since when, and whether its browsers have had time to get there."""

    relay: str
    at: datetime
    settled: bool


async def place(connection: AsyncConnection, call: str, region: str, protocols: Collection[int]) -> str | None:
    """The relay process (the name of its life) in which the call is served from now on: where it is, if that serves,
    else the least loaded, one of this region and one that does not drain first. None when there is none."""
    values = {"call": call, "region": region, "protocols": list(protocols), "grace": GRACE}
    return (await connection.execute(PLACE, values)).scalar_one_or_none()


async def placed(connection: AsyncConnection, calls: Collection[str]) -> Mapping[str, PlacedCall]:
    """Where these calls are served, if it is known, by call."""
    rows = await connection.execute(PLACED, {"calls": list(calls), "within": MOVED_WITHIN})
    return {row.call: PlacedCall(row.relay, row.placed_at, row.settled) for row in rows}


async def move_from_draining(
    connection: AsyncConnection, own: str, region: str, protocols: Collection[int], staying: Collection[str] = ()
) -> int:
    """Moves some of the calls that are in relay processes of this machine which drain, but those that are `staying`;
    returns how many. All stay while there is no other relay process."""
    values = {"own": own, "region": region, "protocols": list(protocols), "grace": GRACE, "staying": list(staying)}
    return int((await connection.execute(MOVE, values)).rowcount)


async def use(connection: AsyncConnection, calls: Collection[str]) -> None:
    """Somebody is in these calls, or about to be."""
    await connection.execute(USE, {"calls": sorted(calls)})


async def forget_unused(connection: AsyncConnection, own: str) -> int:
    """Forgets the calls in which nobody is; returns how many."""
    return int((await connection.execute(FORGET, {"own": own, "unused_for": UNUSED_FOR})).rowcount)
