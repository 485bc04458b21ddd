"""Who looks at the machines sees those that serve, those that do not any more, and how far the clocks are apart."""

import time

import pytest

from server.machines.actions.seen import see_machines
from server.machines.rules import RelayReport
from server.machines.store.registry import renew


async def test_who_serves_with_what_and_who_is_late(shared, machine, passes):
    relays = [RelayReport(f"life{number}", number, 6, number == 1, 2 * number, 0.0) for number in (0, 1)]
    async with shared.writing() as connection:
        await renew(connection, machine("a"), relays)
    await passes(60.0)
    async with shared.writing() as connection:
        await renew(connection, machine("b"), [RelayReport("other", 0, 5, False, 7, 1.0)])
    late, serving = (await see_machines(shared, time.time)).machines
    assert (late.name, late.relays, late.late > 50.0) == ("a", (), True)
    assert (serving.name, serving.address, serving.certificate) == ("b", "b.example:8440", "certificate of b")
    assert (serving.secret_hash, serving.late) == ("hash", 0.0)
    [relay] = serving.relays
    assert (relay.name, relay.number, relay.protocol, relay.draining, relay.people) == ("other", 0, 5, False, 7)
    assert relay.age >= 1.0


@pytest.mark.parametrize("ahead", [-100.0, 0.0, 100.0])
async def test_how_far_the_clock_here_is_ahead(shared, ahead):
    seen = await see_machines(shared, lambda: time.time() + ahead)
    assert abs(seen.ahead - ahead) < 10.0
