"""100,000 calls on 1,000 relay processes of 100 machines, placed by the real statement on a real PostgreSQL.

    python -m bench.placement [CALLS]

Run by `make bench`. Prints how many calls are placed a second, how even their load is, and what it takes to place
again the calls of a tenth of the relay processes once those have failed, asked for by the two of each call at once;
each beside a baseline. The relay processes themselves are rows: who would renew their leases is one task here.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.db.schema import migrate
from server.machines.rules import LEASE, Machine, RelayReport
from server.machines.store.placements import place
from server.machines.store.registry import renew
from signaling.hub.directory import PROTOCOLS
from tests.cluster import Cluster
from tests.conftest import new_postgresql_database

CALLS = 100_000
MACHINES, RELAYS_EACH = 100, 10
# As many connections as the pool of one process has.
AT_ONCE = 8
SAMPLE = 300
FAILING = 0.1
SEED = 20261130

Place = Callable[[AsyncConnection, str], Awaitable[str | None]]

# Baselines: a row under a unique key and nothing else; any relay process; and the one with the fewest calls of all.
ROW = text("INSERT INTO call_placements VALUES (:call, 'none', now(), now()) RETURNING relay")
ANY = text("""
    INSERT INTO call_placements
    SELECT :call, name, now(), now() FROM relay_processes WHERE lease_end > now() ORDER BY random() LIMIT 1
    RETURNING relay
""")
LEAST = text("""
    INSERT INTO call_placements
    SELECT :call, name, now(), now() FROM relay_processes LEFT JOIN call_placements ON relay = name
    WHERE lease_end > now() GROUP BY name ORDER BY count(call) LIMIT 1
    RETURNING relay
""")
KEEP = text("UPDATE machines SET lease_end = now() + CAST(:lease AS interval)")
KEEP_RELAYS = text(
    "UPDATE relay_processes SET lease_end = now() + CAST(:lease AS interval) WHERE name <> ALL (CAST(:dead AS text[]))"
)


async def place_really(connection: AsyncConnection, call: str) -> str | None:
    return await place(connection, call, "", PROTOCOLS)


def by(statement: object) -> Place:
    async def run(connection: AsyncConnection, call: str) -> str | None:
        return (await connection.execute(statement, {"call": call})).scalar_one()

    return run


async def place_all(db: Database, way: Place, calls: Sequence[str]) -> tuple[float, list[str | None]]:
    """Seconds for all, each in a transaction of its own, AT_ONCE at a time; and where each was placed."""
    waiting, found = iter(enumerate(calls)), [None] * len(calls)

    async def work() -> None:
        for number, call in waiting:
            async with db.writing() as connection:
                found[number] = await way(connection, call)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return time.perf_counter() - began, found


@asynccontextmanager
async def renewed(db: Database, dead: list[str]) -> AsyncIterator[None]:
    """The leases of all but the dead are renewed twice a second."""

    async def keep() -> None:
        while True:
            async with db.writing() as connection:
                await connection.execute(KEEP, {"lease": LEASE})
                await connection.execute(KEEP_RELAYS, {"lease": LEASE, "dead": dead})
            await asyncio.sleep(0.5)

    keeping = asyncio.create_task(keep())
    yield
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping


async def register(db: Database) -> float:
    """Milliseconds that a machine's renewal takes, the median."""
    took = []
    for number in range(MACHINES):
        machine = Machine(f"m{number}", f"10.0.{number}.1:8440", "", "", "")
        relays = [RelayReport(f"r{number}-{each}", each, PROTOCOLS[0], False, 0, 0.0) for each in range(RELAYS_EACH)]
        began = time.perf_counter()
        async with db.writing() as connection:
            await renew(connection, machine, relays)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


async def load_of(db: Database) -> Counter[str]:
    """How many calls each relay process has."""
    async with db.reading() as connection:
        rows = await connection.execute(text("SELECT relay, count(*) AS calls FROM call_placements GROUP BY relay"))
        return Counter({row.relay: row.calls for row in rows})


def evenness(load: Counter[str], relays: int) -> str:
    counts = [*load.values(), *[0] * (relays - len(load))]
    mean, deviation = statistics.mean(counts), statistics.pstdev(counts)
    return f"{mean:.0f} calls each, {min(counts)} to {max(counts)}, deviation {deviation:.1f}"


async def sample(db: Database, way: Place, name: str) -> float:
    """Calls a second of another way, with the table as full as it is; they are taken out again."""
    took, _ = await place_all(db, way, [f"{name}-{number}" for number in range(SAMPLE)])
    async with db.writing() as connection:
        await connection.execute(text("DELETE FROM call_placements WHERE call LIKE :name"), {"name": f"{name}-%"})
    return SAMPLE / took


async def measure(db: Database, count: int) -> None:
    relays, dead = MACHINES * RELAYS_EACH, []
    renewal = await register(db)
    print(f"a machine renews its lease and those of its {RELAYS_EACH} relay processes in {renewal:.1f} ms")
    async with renewed(db, dead):
        took, _ = await place_all(db, place_really, [str(number) for number in range(count)])
        print(f"{count} calls on {relays} relay processes, {AT_ONCE} asked for at once: {count / took:.0f} a second")
        for name, statement in {"only a row under a unique key": ROW, "the fewest calls of all": LEAST}.items():
            print(f"  beside {name}: {await sample(db, by(statement), 'other'):.0f} a second")
        load = await load_of(db)
        drawn = Counter(random.choices(list(load), k=count))  # noqa: S311 no secret
        print(f"load: {evenness(load, relays)}; beside any relay process: {evenness(drawn, relays)}")
        dead += random.sample(sorted(load), round(relays * FAILING))
        async with db.writing() as connection:
            await connection.execute(
                text("UPDATE relay_processes SET lease_end = now() - interval '1 s' WHERE name = ANY (:dead)"),
                {"dead": dead},
            )
            rows = await connection.execute(
                text("SELECT call FROM call_placements WHERE relay = ANY (:dead) ORDER BY random()"), {"dead": dead}
            )
            hit = list(rows.scalars())
        both = [call for call in hit for _ in range(2)]
        took, found = await place_all(db, place_really, both)
        agree = sum(one == other and one not in dead for one, other in zip(found[::2], found[1::2], strict=True))
        print(f"{len(dead)} relay processes failed: {len(hit)} calls placed again, asked for by both, in {took:.1f} s")
        print(f"  {len(both) / took:.0f} answers a second; the two got the same answer in {agree} of {len(hit)} calls")
        fresh, _ = await place_all(db, place_really, [f"fresh-{number}" for number in range(len(both))])
        print(f"  beside as many new calls: {fresh:.1f} s")
        load = await load_of(db)
        print(f"load: {evenness(load, relays - len(dead))}, all of them living: {not set(dead) & set(load)}")
        assert agree == len(hit), "two people of a call were told different relay processes"


async def main(count: int) -> None:
    random.seed(SEED)
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder) / "postgresql", durable=True)
        cluster.start()
        try:
            db = Database(await new_postgresql_database(cluster.url))
            await migrate(db)
            await measure(db, count)
            await db.close()
        finally:
            cluster.remove()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS))
