"""The machines that serve one database together: who serves, and whether their relay processes can be reached here."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from server.config import Settings
from server.db.database import Database
from server.doctor.findings import DoctorFinding, good, soon, wrong
from server.machines.actions.seen import see_machines
from server.machines.rules import SeenMachine
from server.own_machine import IDENTITY, PURPOSE
from server.secret import ServerSecret, find_secret
from signaling.hub.certificates import MachineIdentity
from signaling.hub.directory import PROTOCOLS, RelayAddress
from signaling.hub.greeting import NotReached, reach

# Calls open and close, and links end, by the clock of each machine.
CLOCKS_APART_S = 2.0
SEE = "See docs/scaling.md."


async def look_at_machines(settings: Settings, database: Database) -> AsyncIterator[DoctorFinding]:
    """Nothing where one machine serves by itself."""
    if not settings.database_url.startswith("postgresql"):
        return
    seen = await see_machines(database, time.time)
    if not (seen.machines or settings.several):
        return
    identity = _identity(settings.data)
    own = identity.name if identity is not None else ""
    secret = find_secret(settings.secret, settings.data)
    for each in judge_machines(seen.machines, own, ServerSecret(secret).key(PURPOSE).hex() if secret else ""):
        yield each
    takes_part = any(each.name == own for each in seen.machines)
    for machine in seen.machines:
        said = ""
        if takes_part and identity is not None and machine.name != own and not machine.late:
            said = await _try(machine, identity)
        yield judge_machine(machine, said, own=machine.name == own)
    yield judge_clocks(seen.ahead)


def judge_machines(machines: tuple[SeenMachine, ...], own: str, secret_hash: str) -> Iterator[DoctorFinding]:
    """All of them together. `own` names the machine here, and `secret_hash` is that of its secret: each is empty while
    there is none."""
    serving = [each for each in machines if not each.late]
    if not any(each.relays for each in serving):
        yield wrong("Machines", "none relays calls now.", f"Start a relay process: fireside relay. {SEE}")
    if any(each.secret_hash != secret_hash for each in serving):
        yield wrong(
            "Machines",
            "others serve this database with another secret than the one here.",
            "Set FIRESIDE_SECRET to the same text on each machine.",
        )
    if all(each.name != own for each in serving):
        yield soon(
            "Machines",
            "the one here does not serve now, so it cannot try whether it reaches the others.",
            "Start Fireside here, or look from a machine on which it runs, as the service's user.",
        )


def judge_machine(machine: SeenMachine, fault: str, *, own: bool) -> DoctorFinding:
    """`fault`: why its relay processes cannot be reached from here, empty when they are, or when that was not tried."""
    name = f"{machine.address or machine.name}{', the one here' * own}"
    if machine.late:
        return wrong(
            "Machine",
            f"{name}: it has not renewed its lease for {machine.late:.0f} s more than it may.",
            "Does it run, and does it reach the database? One that is gone for good is forgotten after a minute.",
        )
    if not machine.address:
        return good("Machine", f"{name}: it serves pages.")
    if not machine.relays:
        return wrong(
            "Machine",
            f"{name}: none of its relay processes works.",
            "Look there: journalctl --unit fireside-relay.service --unit fireside.service",
        )
    if fault:
        return wrong(
            "Machine",
            f"{name} cannot be reached from here: {fault}.",
            "Open its port to the other machines, and let FIRESIDE_RELAY_LISTEN there be an address that they reach.",
        )
    if all(each.protocol not in PROTOCOLS for each in machine.relays):
        return wrong(
            "Machine",
            f"{name}: its relay processes are of another version; no call of people here is served by them.",
            "Bring the older of the two up to date: no more than one step of the control protocol apart. " + SEE,
        )
    count, people = len(machine.relays), sum(each.people for each in machine.relays)
    said = f"{name}: {count} relay process{'es' * (count != 1)}, {people} connection{'s' * (people != 1)} of people."
    if all(each.draining for each in machine.relays):
        return soon("Machine", f"{said} It takes no new calls.", "It drains: fresh ones take over as they end.")
    return good("Machine", said)


def judge_clocks(ahead: float) -> DoctorFinding:
    """`ahead` of the clock of PostgreSQL, in seconds."""
    if abs(ahead) <= CLOCKS_APART_S:
        return good("Clocks", "the one here shows the same time as PostgreSQL's.")
    way = "ahead of" if ahead > 0 else "behind"
    return soon(
        "Clocks",
        f"the one here is {abs(ahead):.1f} s {way} PostgreSQL's: a call opens on one machine and not yet on another.",
        "Keep all of them right by NTP: apt install systemd-timesyncd",
    )


def _identity(folder: Path) -> MachineIdentity | None:
    """That of the machine here; none is made. Raises OSError."""
    return MachineIdentity(folder / IDENTITY) if (folder / IDENTITY).exists() else None


async def _try(machine: SeenMachine, identity: MachineIdentity) -> str:
    """Why one of its relay processes cannot be reached; empty when each that is of this version can."""
    for each in machine.relays:
        if each.protocol not in PROTOCOLS:
            continue
        where = machine.address, machine.certificate
        try:
            await reach(RelayAddress.at(each.name, machine.name, each.number, each.protocol, *where), identity)
        except NotReached as error:
            return str(error)
    return ""
