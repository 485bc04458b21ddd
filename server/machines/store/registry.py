"""Which machines and relay processes serve now. PostgreSQL only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.machines.rules import (
    GONE_AFTER,
    GRACE,
    LEASE,
    LONGEST_GAP,
    RESTARTS_WITHIN,
    Machine,
    OtherMachine,
    RelayReport,
    SeenMachine,
)

# The machines that serve now, and since when the first of them has seen the database without a gap.
WITNESS = "witness AS (SELECT min(since) AS since FROM machines WHERE lease_end > now())"
# A relay process whose lease is over is lost only if somebody could have seen it renewed: who has renewed their own all
# the time since then, or for as long as it takes to come back to a database that was away.
LIVES = (
    "(relay_processes.lease_end > now() OR coalesce(witness.since > "
    "greatest(relay_processes.lease_end, now() - CAST(:grace AS interval)), true))"
)

# A lost renewal is made up for by the next one.
HASTY = text("SET LOCAL synchronous_commit = off")
OTHERS = text("SELECT name, address, secret_hash FROM machines WHERE lease_end > now()")
RENEW_MACHINE = text("""
    INSERT INTO machines AS m (name, address, certificate, secret_hash, since, lease_end)
    VALUES (:name, :address, :certificate, :secret_hash, now(), now() + CAST(:lease AS interval))
    ON CONFLICT (name) DO UPDATE SET address = excluded.address, certificate = excluded.certificate,
        secret_hash = excluded.secret_hash, lease_end = excluded.lease_end,
        since = CASE WHEN m.lease_end - CAST(:lease AS interval) + CAST(:gap AS interval) < now() THEN now()
            ELSE m.since END
""")
RENEW_RELAY = text("""
    INSERT INTO relay_processes (name, machine, number, protocol, region, draining, people, lease_end)
    VALUES (:name, :machine, :number, :protocol, :region, :draining, :people, now() + CAST(:left AS interval))
    ON CONFLICT (name) DO UPDATE SET draining = excluded.draining, people = excluded.people,
        lease_end = greatest(relay_processes.lease_end, excluded.lease_end)
""")
DROP_RELAYS = text("DELETE FROM relay_processes WHERE machine = :machine AND name <> ALL (CAST(:living AS text[]))")
LIVING = text(f"""
    WITH {WITNESS}
    SELECT relay_processes.name, relay_processes.machine, number, protocol, address
    FROM relay_processes JOIN machines ON machines.name = relay_processes.machine CROSS JOIN witness
    WHERE {LIVES}
    ORDER BY relay_processes.machine, number, relay_processes.name
""")  # noqa: S608  # both parts are above
SEEN = text("""
    SELECT m.name, m.address, m.certificate, m.secret_hash,
        greatest(0, extract(epoch FROM now() - m.lease_end))::float AS late,
        r.name AS relay, r.number, r.protocol, r.draining, r.people,
        extract(epoch FROM CAST(:lease AS interval) - (r.lease_end - now()))::float AS age
    FROM machines AS m LEFT JOIN relay_processes AS r ON r.machine = m.name AND r.lease_end > now()
    ORDER BY m.address, m.name, r.number, r.name
""")
NOW = text("SELECT clock_timestamp()")
NAMES = text("SELECT name FROM machines")
CERTIFICATES = text("SELECT name, certificate FROM machines WHERE name = ANY (CAST(:names AS text[]))")
PROLONG_RELAYS = text(
    "UPDATE relay_processes SET lease_end = now() + CAST(:lease AS interval) WHERE machine = :machine"
)
LEAVE = text("DELETE FROM machines WHERE name = :machine")
# By who has seen the database all the time meanwhile.
FORGET = text("""
    DELETE FROM machines WHERE lease_end < now() - CAST(:gone_after AS interval)
    AND (SELECT since FROM machines WHERE name = :own) < now() - CAST(:gone_after AS interval)
""")


@dataclass(frozen=True, slots=True)
class LivingRelay:
    """A relay process that serves now, and how its machine is reached."""

    name: str
    machine: str
    number: int
    protocol: int
    address: str


async def living_machines(connection: AsyncConnection) -> tuple[OtherMachine, ...]:
    """Those that serve now, this one too."""
    rows = await connection.execute(OTHERS)
    return tuple(OtherMachine(row.name, row.address, row.secret_hash) for row in rows)


async def renew(connection: AsyncConnection, machine: Machine, relays: Collection[RelayReport]) -> None:
    """This machine serves, with these relay processes; others of it are lost. The lease of each of these begins with
    its latest heartbeat."""
    await connection.execute(HASTY)
    await connection.execute(
        RENEW_MACHINE,
        {
            "name": machine.name,
            "address": machine.address,
            "certificate": machine.certificate,
            "secret_hash": machine.secret_hash,
            "lease": LEASE,
            "gap": LONGEST_GAP,
        },
    )
    for each in relays:
        left = LEASE.total_seconds() - each.age
        if left > 0:
            values = {
                "name": each.name,
                "machine": machine.name,
                "number": each.number,
                "protocol": each.protocol,
                "region": machine.region,
                "draining": each.draining,
                "people": each.people,
                "left": LEASE * (left / LEASE.total_seconds()),
            }
            await connection.execute(RENEW_RELAY, values)
    await connection.execute(DROP_RELAYS, {"machine": machine.name, "living": [each.name for each in relays]})


async def living_relays(connection: AsyncConnection) -> tuple[LivingRelay, ...]:
    """All relay processes that serve now."""
    rows = await connection.execute(LIVING, {"grace": GRACE})
    return tuple(LivingRelay(*row) for row in rows)


async def seen_machines(connection: AsyncConnection) -> tuple[SeenMachine, ...]:
    """All that are not gone for good, by address."""
    rows = list(await connection.execute(SEEN, {"lease": LEASE}))
    relays: dict[str, list[RelayReport]] = {row.name: [] for row in rows}
    for row in rows:
        if row.relay is not None:
            report = RelayReport(row.relay, row.number, row.protocol, row.draining, row.people, row.age)
            relays[row.name].append(report)
    machines = {row.name: (row.name, row.address, row.certificate, row.secret_hash, row.late) for row in rows}
    return tuple(SeenMachine(*machine, tuple(relays[name])) for name, machine in machines.items())


async def database_time(connection: AsyncConnection) -> datetime:
    """What the clock of PostgreSQL shows."""
    shown: datetime = (await connection.execute(NOW)).scalar_one()
    return shown


async def machine_names(connection: AsyncConnection) -> frozenset[str]:
    """Of all machines that are not gone for good. A machine's certificate never changes: its name is made from it."""
    return frozenset((await connection.execute(NAMES)).scalars())


async def certificates(connection: AsyncConnection, names: Collection[str]) -> dict[str, str]:
    """The certificates (PEM) of these machines, by name."""
    rows = await connection.execute(CERTIFICATES, {"names": list(names)})
    return {row.name: row.certificate for row in rows}


async def leave(connection: AsyncConnection, machine: str) -> None:
    """This machine serves no more, and nothing of it goes on."""
    await connection.execute(LEAVE, {"machine": machine})


async def prolong(connection: AsyncConnection, machine: str) -> None:
    """The relay processes of this machine go on without being renewed for a while: its next process comes."""
    await connection.execute(PROLONG_RELAYS, {"machine": machine, "lease": RESTARTS_WITHIN})


async def forget_gone(connection: AsyncConnection, own: str) -> int:
    """Forgets the machines that are gone for good, with their relay processes; returns how many."""
    return int((await connection.execute(FORGET, {"own": own, "gone_after": GONE_AFTER})).rowcount)
