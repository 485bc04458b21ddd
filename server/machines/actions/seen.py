"""The machines as the database has them now, for who looks whether they work together."""

from collections.abc import Callable
from dataclasses import dataclass

from server.db.database import Database
from server.machines.rules import SeenMachine
from server.machines.store import registry


@dataclass(frozen=True, slots=True)
class SeenMachines:
    """`ahead`: by how many seconds the clock here is ahead of PostgreSQL's, to about the time that a query takes."""

    machines: tuple[SeenMachine, ...]
    ahead: float


async def see_machines(db: Database, clock: Callable[[], float]) -> SeenMachines:
    """`clock` gives unix time, in seconds. PostgreSQL only. Raises Unavailable."""
    async with db.reading() as connection:
        # The first query also connects.
        machines = await registry.seen_machines(connection)
        before = clock()
        shown = (await registry.database_time(connection)).timestamp()
        return SeenMachines(machines, (before + clock()) / 2 - shown)
