"""Machines that serve together as the doctor finds them; tests/server/test_own_machine.py has whole ones."""

import socket
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from server.config import read_settings
from server.db.database import Database
from server.doctor.findings import Verdict
from server.doctor.machines import judge_clocks, judge_machine, judge_machines, look_at_machines
from server.machines.rules import LEASE, Machine, RelayReport, SeenMachine
from server.machines.store import registry
from server.own_machine import IDENTITY, PURPOSE
from server.secret import ServerSecret
from signaling.hub.certificates import MachineIdentity
from signaling.hub.door import RelayDoor
from signaling.protocol import control
from tests.cast import free_port

SECRET = "s" * 32
HASH = ServerSecret(SECRET).key(PURPOSE).hex()
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def relay(number=0, *, draining=False, people=3, protocol=control.VERSION):
    return RelayReport(f"life{number}", number, protocol, draining, people, 0.0)


def seen(*relays, name="a", address="10.0.0.2:8440", secret_hash=HASH, late=0.0):
    return SeenMachine(name, address, "certificate", secret_hash, late, relays)


@pytest.mark.parametrize(
    ("machine", "fault", "verdict", "said"),
    [
        (seen(relay(0), relay(1)), "", Verdict.GOOD, "2 relay processes, 6 connections of people"),
        (seen(relay(people=1)), "", Verdict.GOOD, "1 relay process, 1 connection of people"),
        (seen(address=""), "", Verdict.GOOD, "a: it serves pages"),
        (seen(relay(), late=12.3), "", Verdict.WRONG, "for 12 s"),
        (seen(), "", Verdict.WRONG, "none of its relay processes works"),
        (seen(relay()), "refused", Verdict.WRONG, "cannot be reached from here: refused."),
        (seen(relay(protocol=control.VERSION + 1)), "", Verdict.WRONG, "another version"),
        (seen(relay(0, draining=True), relay(1, draining=True)), "", Verdict.SOON, "no new calls"),
        (seen(relay(0, draining=True), relay(1)), "", Verdict.GOOD, "2 relay processes"),
    ],
)
def test_each_machine_by_what_it_does(machine, fault, verdict, said):
    found = judge_machine(machine, fault, own=False)
    assert (found.verdict, said in found.said, bool(found.help)) == (verdict, True, verdict is not Verdict.GOOD)


def test_the_one_here_is_named():
    assert "10.0.0.2:8440, the one here: " in judge_machine(seen(relay()), "", own=True).said


@pytest.mark.parametrize(
    ("machines", "own", "said"),
    [
        ((seen(relay()),), "a", []),
        ((seen(), seen(name="b", address="")), "b", ["none relays calls now."]),
        ((seen(relay(), late=9.0), seen(name="b", address="")), "b", ["none relays calls now."]),
        ((seen(relay()),), "b", ["the one here does not serve now"]),
        ((), "", ["none relays calls now.", "the one here does not serve now"]),
        ((seen(relay(), secret_hash=64 * "0"),), "a", ["another secret"]),
    ],
)
def test_all_of_them_together(machines, own, said):
    found = list(judge_machines(machines, own, HASH))
    assert len(found) == len(said)
    assert all(each in one.said for each, one in zip(said, found, strict=True))


@pytest.mark.parametrize(
    ("ahead", "verdict", "said"),
    [(0.4, Verdict.GOOD, "the same time"), (3.0, Verdict.SOON, "3.0 s ahead of"), (-9.5, Verdict.SOON, "9.5 s behind")],
)
def test_clocks_that_are_apart(ahead, verdict, said):
    found = judge_clocks(ahead)
    assert (found.verdict, said in found.said) == (verdict, True)


async def look(database: Database, folder: Path, **given: str):
    url = "sqlite:///nowhere" if database.is_sqlite else "postgresql://localhost/fireside"
    settings = read_settings({}, {"data": str(folder), "database_url": url, "secret": SECRET} | given)
    return [each async for each in look_at_machines(settings, database)]


async def test_one_machine_by_itself_is_not_looked_at(database, tmp_path):
    assert await look(database, tmp_path) == []


@on_postgresql
async def test_before_the_first_start_nothing_is_made(database, tmp_path):
    found = await look(database, tmp_path, relay_listen="127.0.0.1:8440")
    assert [each.verdict for each in found] == [Verdict.WRONG, Verdict.SOON, Verdict.GOOD]
    assert list(tmp_path.iterdir()) == []


async def serves(database: Database, identity: MachineIdentity, address: str, *relays: RelayReport) -> None:
    machine = Machine(identity.name, address, "", identity.certificate, HASH)
    async with database.writing() as connection:
        await registry.renew(connection, machine, relays)
        # Long enough for a machine that has other things to do.
        for table in ("machines", "relay_processes"):
            later = text(f"UPDATE {table} SET lease_end = lease_end + CAST(:by AS interval)")  # noqa: S608  # named above
            await connection.execute(later, {"by": timedelta(minutes=1) - LEASE})


@on_postgresql
async def test_a_port_that_nothing_opens_is_said(database, tmp_path):
    await serves(database, MachineIdentity(tmp_path / IDENTITY), "")
    address = f"127.0.0.1:{free_port()}"
    await serves(database, MachineIdentity(tmp_path / "other.pem"), address, relay())
    found = {each.said.partition(" ")[0]: each for each in await look(database, tmp_path)}
    assert (found[address].verdict, "cannot be reached from here" in found[address].said) == (Verdict.WRONG, True)
    assert "Open its port" in found[address].help


@on_postgresql
async def test_a_machine_that_does_not_let_this_one_in_is_said(database, tmp_path):
    """Its port is open, and a relay process would be there."""
    other = MachineIdentity(tmp_path / "other.pem")
    door = RelayDoor(other, lambda relay: tmp_path / "relay.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "relay.sock"))
        listening.listen()
        port = free_port()
        await door.open("127.0.0.1", port)
        await serves(database, MachineIdentity(tmp_path / IDENTITY), "")
        await serves(database, other, f"127.0.0.1:{port}", relay())
        try:
            found = [each for each in await look(database, tmp_path) if "cannot be reached" in each.said]
        finally:
            door.close()
    assert len(found) == 1
    assert found[0].verdict is Verdict.WRONG
