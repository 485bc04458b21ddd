"""What a machine tells, every other one hears once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text

from server.db.database import Database
from server.machines.actions import events
from server.machines.actions.events import MachineEvents
from server.machines.store.events import forget_events
from tests.cast import until


class Machine:
    """One that notes what it hears."""

    def __init__(self, db: Database, name: str) -> None:
        self.heard: list[tuple[str, ...]] = []
        self.events = MachineEvents(db, name, {"remove": self._note, "odd": self._fail})
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.events.begin()
        self.task = asyncio.create_task(self.events.run())

    async def _note(self, *values: Any) -> None:
        self.heard.append(values)

    async def _fail(self) -> None:
        raise ValueError


@pytest.fixture
async def start(shared: Database) -> AsyncIterator[Callable[[str], Any]]:
    started: list[Machine] = []

    async def make(name: str) -> Machine:
        started.append(Machine(shared, name))
        await started[-1].start()
        return started[-1]

    yield make
    for each in started:
        assert each.task is not None
        each.task.cancel()
        with suppress(asyncio.CancelledError):
            await each.task


async def test_all_others_hear_it_once_and_in_order(start: Callable[[str], Any]) -> None:
    a, b, c = [await start(name) for name in "abc"]
    wanted = [("7", str(number)) for number in range(20)]
    for values in wanted:
        a.events.tell("remove", *values)
    for other in (b, c):
        await until(lambda other=other: len(other.heard) >= 20, what="what was told")
        assert other.heard == wanted
    assert a.heard == []
    late = await start("d")
    b.events.tell("remove", "8", "1")
    for other in (a, late):
        await until(lambda other=other: other.heard, what="what was told")
        assert other.heard == [("8", "1")]


async def test_without_a_notification_it_is_heard_within_a_second_or_so(
    start: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "CHANNEL", "another")
    a, b = [await start(name) for name in "ab"]
    a.events.tell("remove", "7", "1")
    await until(lambda: b.heard == [("7", "1")])


async def test_one_that_is_committed_late_is_heard_once(start: Callable[[str], Any], shared: Database) -> None:
    """Its number is lower than that of the next one, which is there before."""
    a, b = [await start(name) for name in "ab"]
    add = "INSERT INTO machine_events (machine, content, made_at) VALUES ('a', '[\"remove\", \"late\"]', now())"
    async with shared.writing() as connection:
        await connection.execute(text(add))
        a.events.tell("remove", "soon")
        await until(lambda: b.heard)
    await until(lambda: len(b.heard) == 2)
    await b.events.look()
    assert b.heard == [("soon",), ("late",)]


async def test_what_cannot_be_followed_holds_up_nothing(start: Callable[[str], Any]) -> None:
    a, b = [await start(name) for name in "ab"]
    for kind in ("odd", "of a newer version", "remove"):
        a.events.tell(kind)
    await until(lambda: b.heard == [()])


async def test_they_are_forgotten_after_minutes(
    start: Callable[[str], Any], shared: Database, passes: Callable[[float], Any]
) -> None:
    a, b = [await start(name) for name in "ab"]
    a.events.tell("remove", "7", "1")
    await until(lambda: b.heard)
    for seconds, kept in ((200, 1), (200, 0)):
        await passes(seconds)
        async with shared.writing() as connection:
            await forget_events(connection)
            assert (await connection.execute(text("SELECT count(*) FROM machine_events"))).scalar_one() == kept
