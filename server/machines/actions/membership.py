"""This machine among those that serve the database: it renews its lease, and follows who else serves what."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database, Unavailable
from server.db.set_aside import log_fault
from server.machines.rules import RENEW_EVERY, USE_EVERY, Machine, QuietMoments, RelayReport, refuse_misfits
from server.machines.store import events, placements, registry
from signaling.hub.directory import PROTOCOLS, CallPlace, OwnRelay, RelayAddress

log = logging.getLogger(__name__)


class OwnHub(Protocol):
    """What is done with the hub of this process."""

    @property
    def calls(self) -> frozenset[str]: ...

    @property
    def yielded(self) -> bool: ...

    def own_relays(self) -> tuple[OwnRelay, ...]: ...

    async def follow(self, addresses: Collection[RelayAddress]) -> None: ...

    def note_placed(self, placed: Mapping[str, CallPlace]) -> None: ...


class Admission(Protocol):
    """The door of this machine."""

    def admit(self, certificates: Collection[str]) -> None: ...


class MachineMembership:
    """`db` should notice soon that the database is away: meanwhile nothing is renewed. `door` is None where this
    machine has no relay processes. `follows`: whether browsers here are served in relay processes of others."""

    def __init__(
        self, db: Database, machine: Machine, hub: OwnHub, door: Admission | None, *, follows: bool = True
    ) -> None:
        self._follows = follows
        self._certificates: dict[str, str] = {}
        # Called when calls were moved from here, so that the others look at once.
        self.note_moved: Callable[[], None] = _do_nothing
        self._wake = asyncio.Event()
        self._db = db
        self._machine = machine
        self._hub = hub
        self._door = door
        self._used_at = float("-inf")
        self._away = False
        self._quiet = QuietMoments()

    async def join(self) -> None:
        """Takes part from now on. Raises CannotTakePart or Unavailable."""
        async with self._db.reading() as connection:
            refuse_misfits(self._machine, await registry.living_machines(connection))
        await self.round()

    async def run(self) -> None:
        """Keeps taking part until it is cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(RENEW_EVERY.total_seconds()):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.round()
                self._away = False
            except Unavailable as error:
                if not self._away:
                    log.error("this machine cannot renew its lease: %s", error)
                self._away = True
            except Exception as error:
                log_fault(log, "this machine could not renew its lease", error)

    async def look_soon(self) -> None:
        """Calls were moved by another machine: those who are in them here are to come back at once."""
        self._wake.set()

    async def leave(self, *, calls_go_on: bool) -> None:
        """The process ends: nothing of it goes on, or its relay processes do, until the next process comes. If that is
        here already, there is nothing to say."""
        if self._hub.yielded:
            return
        with suppress(Unavailable):
            async with self._db.writing() as connection:
                if calls_go_on:
                    await registry.prolong(connection, self._machine.name)
                else:
                    await registry.leave(connection, self._machine.name)

    async def round(self) -> None:
        """Says that this machine serves, and learns who else does and where the calls are. Raises Unavailable."""
        calls = self._hub.calls
        if not self._hub.yielded:
            await self._renew()
        # Not in the same transaction: what others have just written counts.
        async with self._db.reading() as connection:
            living = await registry.living_relays(connection) if self._follows else ()
            await self._learn_machines(connection)
            placed = await placements.placed(connection, calls) if calls else {}
        await self._hub.follow([self._address_of(each) for each in living if self._is_followed(each)])
        self._hub.note_placed({call: _place_of(each) for call, each in placed.items()})
        if time.monotonic() - self._used_at >= USE_EVERY.total_seconds():
            await self._tidy(calls)

    async def _learn_machines(self, connection: AsyncConnection) -> None:
        """Reads the certificates of those that are new, and lets in who is there."""
        names = await registry.machine_names(connection)
        if names == self._certificates.keys():
            return
        new = await registry.certificates(connection, names - self._certificates.keys())
        known = self._certificates | new
        self._certificates = {name: known[name] for name in names}
        if self._door is not None:
            self._door.admit(self._certificates.values())

    async def _renew(self) -> None:
        machine, relays = self._machine, self._hub.own_relays()
        own = [_report_of(each) for each in relays]
        async with self._db.writing() as connection:
            await registry.renew(connection, machine, own)
        talking = {each.relay: each.talking for each in relays if each.draining}
        if talking:
            where = machine.name, machine.region, PROTOCOLS
            staying = self._quiet.staying(talking, time.monotonic())
            async with self._db.writing() as connection:
                moved = await placements.move_from_draining(connection, *where, staying)
            if moved:
                self.note_moved()

    async def _tidy(self, calls: Collection[str]) -> None:
        async with self._db.writing() as connection:
            await placements.use(connection, calls)
            await placements.forget_unused(connection, self._machine.name)
            await registry.forget_gone(connection, self._machine.name)
            await events.forget_events(connection)
        self._used_at = time.monotonic()

    def _is_followed(self, relay: registry.LivingRelay) -> bool:
        return relay.machine != self._machine.name and relay.protocol in PROTOCOLS

    def _address_of(self, relay: registry.LivingRelay) -> RelayAddress:
        where = relay.address, self._certificates[relay.machine]
        return RelayAddress.at(relay.name, relay.machine, relay.number, relay.protocol, *where)


def _do_nothing() -> None:
    """Where nobody else has to be told."""


def _report_of(relay: OwnRelay) -> RelayReport:
    return RelayReport(relay.relay, relay.number, relay.protocol, relay.draining, relay.people, relay.age)


def _place_of(placed: placements.PlacedCall) -> CallPlace:
    return CallPlace(placed.relay, placed.at.timestamp(), placed.settled)
