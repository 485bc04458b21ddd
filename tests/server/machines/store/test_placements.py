"""In which relay process a call is served: one answer for all who ask."""

import asyncio
from collections import Counter

import pytest

from server.machines.rules import RelayReport
from server.machines.store.placements import forget_unused, move_from_draining, place, placed, use
from server.machines.store.registry import renew


@pytest.fixture
def said(shared):
    async def renewed(machine, *relays):
        async with shared.writing() as connection:
            await renew(connection, machine, relays)

    return renewed


@pytest.fixture
def where(shared):
    async def ask(call, region="", protocols=(6,)):
        async with shared.writing() as connection:
            return await place(connection, call, region, protocols)

    return ask


def relays(machine, count, draining=False, age=0.0):
    return [RelayReport(f"{machine.name}{number}", number, 6, draining, 0, age) for number in range(count)]


async def test_without_a_relay_process_there_is_no_place(where):
    assert await where("7") is None


async def test_a_call_stays_where_it_was_placed(said, where, machine, shared):
    await said(machine("a"), *relays(machine("a"), 3))
    first = await where("7")
    assert {await where("7") for _ in range(5)} == {first}
    async with shared.reading() as connection:
        assert {call: each.relay for call, each in (await placed(connection, ["7", "8"])).items()} == {"7": first}


async def test_the_one_with_the_fewest_calls_is_taken(said, where, machine):
    await said(machine("a"), *relays(machine("a"), 2))
    found = Counter([await where(str(call)) for call in range(20)])
    assert found == {"a0": 10, "a1": 10}


async def test_one_of_the_region_comes_first_and_one_that_drains_last(said, where, machine):
    north, south = machine("n", region="north"), machine("s", region="south")
    await said(north, *relays(north, 2))
    await said(south, *relays(south, 2))
    assert {await where(f"n{call}", "north") for call in range(8)} == {"n0", "n1"}
    assert {await where(f"s{call}", "south") for call in range(8)} == {"s0", "s1"}
    await said(north, *relays(north, 2, draining=True))
    assert {await where(f"m{call}", "north") for call in range(8)} == {"s0", "s1"}
    # Where calls are, they stay.
    assert (await where("n1", "south"))[0] == "n"
    await said(south, *relays(south, 2, draining=True))
    assert await where("x", "north") in ("n0", "n1")


async def test_one_of_another_protocol_is_left_out(said, where, machine):
    await said(machine("a"), *relays(machine("a"), 1))
    assert await where("7", protocols=(7,)) is None


async def test_the_calls_of_a_lost_one_are_placed_again_by_who_asks_first(said, where, machine, passes):
    a, b = machine("a"), machine("b")
    await said(a, *relays(a, 1))
    assert await where("7") == "a0"
    await said(b, *relays(b, 3))
    for _ in range(5):
        await passes(1.0)
        await said(b, *relays(b, 3))
    found = set(await asyncio.gather(*(where("7") for _ in range(20))))
    assert len(found) == 1
    assert found < {"b0", "b1", "b2"}
    # It has come back, and the call stays where it is now.
    await said(a, *relays(a, 1))
    assert {await where("7")} == found


async def test_all_who_ask_at_once_are_told_the_same(said, where, machine):
    await said(machine("a"), *relays(machine("a"), 8))
    for call in range(10):
        assert len(set(await asyncio.gather(*(where(str(call)) for _ in range(10))))) == 1


async def test_a_call_in_which_nobody_is_is_forgotten(said, where, machine, passes, shared):
    async def forgotten():
        async with shared.writing() as connection:
            return await forget_unused(connection, "a")

    await said(machine("a"), *relays(machine("a"), 1))
    await where("7")
    await where("8")
    for second in range(130):
        await passes(1.0)
        await said(machine("a"), *relays(machine("a"), 1))
        if second == 60:
            async with shared.writing() as connection:
                await use(connection, ["8"])
    assert await forgotten() == 1
    async with shared.reading() as connection:
        assert set(await placed(connection, ["7", "8"])) == {"8"}
    # Not by one that did not see the database for a while: others may have had no way to say what they use.
    await passes(500.0)
    await said(machine("a"), *relays(machine("a"), 1))
    assert await forgotten() == 0


async def test_calls_of_one_that_drains_are_moved_some_at_a_time(said, where, machine, passes, shared):
    a, b = machine("a"), machine("b")
    await said(a, *relays(a, 1))
    calls = [str(number) for number in range(5)]
    for call in calls:
        await where(call)

    async def move(*staying):
        async with shared.writing() as connection:
            return await move_from_draining(connection, "a", "", (6,), staying)

    await said(a, *relays(a, 1, draining=True))
    # There is no other.
    assert await move() == 0
    await said(b, *relays(b, 2))
    await passes(10)
    await said(a, *relays(a, 1, draining=True))
    await said(b, *relays(b, 2))
    assert [await move("1", "2"), await move("1", "2"), await move("1"), await move("1")] == [3, 0, 1, 0]
    assert [await move(), await move()] == [1, 0]
    async with shared.reading() as connection:
        found = await placed(connection, calls)
    assert {each.relay for each in found.values()} <= {"b0", "b1"}
    assert not any(each.settled for each in found.values())
    await passes(10)
    async with shared.reading() as connection:
        assert all(each.settled for each in (await placed(connection, calls)).values())
