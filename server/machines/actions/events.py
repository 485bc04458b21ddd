"""Telling all other machines what has ended or changed, and hearing what they tell.

Each event is a row in a transaction of its own. A notification says that there is one; as it can be lost, all look
every second as well.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from server.db.database import Database, Unavailable
from server.db.set_aside import log_fault
from server.machines.store.events import CHANNEL, OVERLAP, add_events, events_after, newest_event

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
AGAIN_AFTER_S = 0.5
# What was not told for so long is found by the others themselves: they look at everything every ten seconds.
MOST_WAITING = 10_000

# Takes the values of an event.
Handler = Callable[..., Awaitable[None]]


class MachineEvents:
    """`machine` names this one; `handlers`, by kind, take each event of the others, once. Of a kind that is not there,
    as a newer version may tell, nothing is heard."""

    def __init__(self, db: Database, machine: str, handlers: Mapping[str, Handler]) -> None:
        self._db = db
        self._machine = machine
        self._handlers = handlers
        self._waiting: list[str] = []
        self._told = asyncio.Event()
        self._hint = asyncio.Event()
        self._newest = 0
        self._known: set[int] = set()

    def tell(self, kind: str, *values: object) -> None:
        """Tells the others soon: as soon as the database takes it."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(json.dumps([kind, *values]))
            self._told.set()

    async def begin(self) -> None:
        """What is told from now on is heard. Raises Unavailable."""
        async with self._db.reading() as connection:
            self._newest = await newest_event(connection)
            self._known = {number for number, _, _ in await events_after(connection, self._newest)}

    async def run(self) -> None:
        """Tells and hears until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_telling())
            tasks.create_task(self._keep_listening())
            tasks.create_task(self._keep_looking())

    async def _keep_telling(self) -> None:
        while True:
            await self._told.wait()
            self._told.clear()
            contents = list(self._waiting)
            try:
                async with self._db.writing() as connection:
                    await add_events(connection, self._machine, contents)
            except Unavailable:
                # Said elsewhere. It is told twice if its outcome was unknown: each event may come twice.
                self._told.set()
                await asyncio.sleep(AGAIN_AFTER_S)
            else:
                del self._waiting[: len(contents)]

    async def _keep_listening(self) -> None:
        while True:
            with suppress(Unavailable):
                async with self._db.own_connection() as connection:
                    lost = asyncio.Event()
                    connection.add_termination_listener(lambda _, lost=lost: lost.set())
                    await connection.add_listener(CHANNEL, lambda *_: self._hint.set())
                    await lost.wait()
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _keep_looking(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._hint.wait()
            self._hint.clear()
            try:
                await self.look()
            except Unavailable:
                await asyncio.sleep(AGAIN_AFTER_S)

    async def look(self) -> None:
        """Hears what is new. Raises Unavailable."""
        async with self._db.reading() as connection:
            found = await events_after(connection, self._newest)
        for number, machine, content in found:
            if number not in self._known:
                self._known.add(number)
                self._newest = max(self._newest, number)
                if machine != self._machine:
                    await self._hear_one(content)
        self._known = {number for number in self._known if number > self._newest - OVERLAP}

    async def _hear_one(self, content: str) -> None:
        try:
            kind, *values = json.loads(content)
            if kind in self._handlers:
                await self._handlers[kind](*values)
        except Exception as error:
            log_fault(log, "an event of another machine could not be followed", error)
