"""This machine where several serve one database: its certificate, its door, and the task that keeps its lease."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from server.calls.pages.ending import CallsEverywhere, OwnCalls
from server.config import PREFIX, Settings
from server.db.changes import Changes, Topic
from server.db.database import Database
from server.machines.actions.directory import DatabaseDirectory
from server.machines.actions.events import Handler, MachineEvents
from server.machines.actions.membership import MachineMembership
from server.machines.rules import Machine
from server.secret import ServerSecret
from signaling.hub.certificates import MachineIdentity
from signaling.hub.directory import Several
from signaling.hub.door import RelayDoor
from signaling.hub.hub import Hub

IDENTITY = "machine.pem"
PURPOSE = "machines"
# Its own connections notice a database that is away sooner than those of pages.
AWAY_AFTER_S = 2

log = logging.getLogger(__name__)


class OwnMachine:
    """Made before the hub, which gets `several`; takes part once the hub runs. Who serves no `pages` has no browsers
    for the relay processes of others. Raises OSError."""

    def __init__(self, settings: Settings, secret: ServerSecret, *, pages: bool) -> None:
        self._pages = pages
        self._settings = settings
        self._db = Database(settings.database_url, AWAY_AFTER_S)
        self._identity = MachineIdentity(settings.data / IDENTITY)
        self.machine = Machine(
            name=self._identity.name,
            address=settings.relay_listen,
            region=settings.region,
            certificate=self._identity.certificate,
            secret_hash=secret.key(PURPOSE).hex(),
        )
        self.several = Several(self._identity, DatabaseDirectory(self._db, settings.region))
        self._door: RelayDoor | None = None
        self._membership: MachineMembership | None = None
        self._taking_part: asyncio.Task[None] | None = None
        self._events: MachineEvents | None = None
        self._telling: asyncio.Task[None] | None = None

    async def join(self, hub: Hub) -> None:
        """Opens the door, and takes part from now on. Raises CannotTakePart, Unavailable or OSError."""
        if self._settings.relays:
            self._door = await self._open_door(hub)
        self._membership = MachineMembership(self._db, self.machine, hub, self._door, follows=self._pages)
        if self._events is not None:
            self._membership.note_moved = partial(self._events.tell, "moved")
        await self._membership.join()
        self._taking_part = asyncio.create_task(self._membership.run())
        if self._events is not None:
            await self._events.begin()
            self._telling = asyncio.create_task(self._events.run())
        log.info("this machine is %s among those that serve the database", self.machine.name)

    def spread(self, own: OwnCalls, changes: Changes) -> CallsEverywhere:
        """From `join` on, tells the others what ends and changes here, and does what they tell. The calls that are
        returned are those of all machines."""
        handlers: dict[str, Handler] = {
            "remove": own.remove,
            "end_visit": own.end_visit,
            "end_closed": own.end_closed,
            "changed": partial(_hear_changes, changes),
            "moved": self._look_soon,
        }
        self._events = MachineEvents(self._db, self.machine.name, handlers)
        changes.pass_on = partial(_tell_changes, self._events)
        return CallsEverywhere(own, self._events.tell)

    async def leave(self, *, calls_go_on: bool) -> None:
        """This process ends. Does nothing when it has not joined."""
        if self._taking_part is not None and self._membership is not None:
            self._taking_part.cancel()
            with suppress(asyncio.CancelledError):
                await self._taking_part
            await self._membership.leave(calls_go_on=calls_go_on and self._settings.relays > 0)
            self._taking_part = None

    async def close(self) -> None:
        """Cuts off what others have open here."""
        if self._telling is not None:
            self._telling.cancel()
            with suppress(asyncio.CancelledError):
                await self._telling
        if self._door is not None:
            self._door.close()
        await self._db.close()

    async def _look_soon(self) -> None:
        if self._membership is not None:
            await self._membership.look_soon()

    async def _open_door(self, hub: Hub) -> RelayDoor:
        door = RelayDoor(self._identity, hub.control_path)
        host, _, port = self.machine.address.rpartition(":")
        try:
            await door.open(host.strip("[]"), int(port))
        except OSError as error:
            raise OSError(f"{PREFIX}RELAY_LISTEN={self.machine.address} cannot be opened: {error}") from error
        return door


def _tell_changes(events: MachineEvents, topics: Collection[Topic]) -> None:
    if topics:
        events.tell("changed", list(topics))


async def _hear_changes(changes: Changes, topics: Sequence[Any]) -> None:
    changes.hear([Topic(*topic) for topic in topics])
