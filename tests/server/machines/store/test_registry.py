"""Machines and relay processes that serve, by the database's clock."""

from server.machines.rules import RelayReport
from server.machines.store.registry import (
    certificates,
    forget_gone,
    leave,
    living_machines,
    living_relays,
    machine_names,
    prolong,
    renew,
)


def relay(name, age=0.0, draining=False, people=0, number=0):
    return RelayReport(name, number, 6, draining, people, age)


async def said(shared, machine, *relays):
    async with shared.writing() as connection:
        await renew(connection, machine, relays)


async def living(shared):
    async with shared.reading() as connection:
        return [each.name for each in await living_relays(connection)]


async def test_a_machine_with_its_relay_processes_is_found_by_others(shared, machine):
    await said(shared, machine("a"), relay("one"), relay("two", number=1))
    async with shared.reading() as connection:
        first, _ = await living_relays(connection)
        assert (first.name, first.machine, first.number, first.protocol) == ("one", "a", 0, 6)
        assert first.address == "a.example:8440"
        assert [each.name for each in await living_machines(connection)] == ["a"]
        assert await machine_names(connection) == {"a"}
        assert await certificates(connection, ["a", "unknown"]) == {"a": "certificate of a"}


async def test_a_lease_is_over_when_a_witness_saw_it_end(shared, machine, passes):
    await said(shared, machine("a"), relay("one"))
    await said(shared, machine("b"))
    for _ in range(5):
        await passes(1.0)
        await said(shared, machine("b"))
    assert await living(shared) == []
    await said(shared, machine("a"), relay("one"))
    assert await living(shared) == ["one"]


async def test_the_lease_begins_with_the_latest_heartbeat(shared, machine, passes):
    await said(shared, machine("a"), relay("one"), relay("two", age=3.0, number=1), relay("three", age=9.0, number=2))
    await said(shared, machine("b"))
    assert await living(shared) == ["one", "two"]
    await passes(1.0)
    await said(shared, machine("b"))
    assert await living(shared) == ["one"]


async def test_after_a_time_without_the_database_nobody_is_lost_before_they_could_renew(shared, machine, passes):
    await said(shared, machine("a"), relay("one"))
    await said(shared, machine("b"))
    await passes(60.0)
    assert await living(shared) == ["one"]
    await said(shared, machine("b"))
    assert await living(shared) == ["one"]
    for _ in range(2):
        await passes(1.4)
        await said(shared, machine("b"))
    assert await living(shared) == ["one"]
    await passes(1.0)
    await said(shared, machine("b"))
    assert await living(shared) == []


async def test_one_that_died_is_lost_at_once_when_its_machine_says_so(shared, machine):
    await said(shared, machine("a"), relay("one"), relay("two", number=1))
    await said(shared, machine("a"), relay("three"), relay("two", number=1))
    assert await living(shared) == ["three", "two"]


async def test_a_machine_that_ends_takes_its_relay_processes_along_or_leaves_them_to_the_next(shared, machine, passes):
    for name in ("a", "b"):
        await said(shared, machine(name), relay(f"of {name}"))
    await said(shared, machine("c"))
    async with shared.writing() as connection:
        await leave(connection, "a")
        await prolong(connection, "b")
    for _ in range(8):
        await passes(1.0)
        await said(shared, machine("c"))
    assert await living(shared) == ["of b"]


async def test_one_that_is_gone_for_good_is_forgotten_by_who_saw_the_database_all_the_time(shared, machine, passes):
    await said(shared, machine("a"), relay("one"))
    await said(shared, machine("b"))

    async def forgotten():
        async with shared.writing() as connection:
            return await forget_gone(connection, "b")

    await passes(100.0)
    await said(shared, machine("b"))
    assert await forgotten() == 0
    for _ in range(61):
        await passes(1.0)
        await said(shared, machine("b"))
    assert await forgotten() == 1
    async with shared.reading() as connection:
        assert [each.name for each in await living_machines(connection)] == ["b"]
