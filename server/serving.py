"""One life of the web process: it takes the data folder and the port, serves, and hands over or ends."""

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web

from server.app import make_app, make_relay_app
from server.config import Settings
from server.folder_lock import FolderLock, lock_folder
from server.handover import Handed, ask_for_handover, offer_handover
from server.listening import listening_sockets
from server.page_processes import PageProcesses
from server.web.connections import ConnectionLimits, LimitedSite, most_connections, raise_descriptor_limit
from server.web.draining import drain
from server.web.keys import EVENT_STREAMS, HUB

# How long connections are kept for one more request. A process that another one has replaced has time; systemd starts
# the next one only after the end of this one.
LINGERS_S = 1.0
LINGERS_AFTER_HANDOVER_S = 10.0
# What still runs then is broken off.
FINISHES_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Claim:
    """What only one web process of a data folder has. `handed`, if another process had it before."""

    lock: FolderLock
    sockets: tuple[socket.socket, ...]
    handed: Handed | None = None

    @property
    def port(self) -> int:
        """The port of the pages."""
        return int(self.sockets[0].getsockname()[1])

    def release(self) -> None:
        """Another process may have it."""
        for each in self.sockets:
            each.close()
        self.lock.release()
        if self.handed is not None:
            self.handed.connection.close()


async def claim(settings: Settings, *, replace: bool = False, pages: bool = True) -> Claim:
    """Takes the folder and the port before anything is touched; with `replace`, from the process that has them. Who
    serves no `pages` needs no port.

    Raises FolderInUse or OSError, and then everything is as it was.
    """
    handed = await asyncio.to_thread(ask_for_handover, settings.data) if replace else None
    lock = handed.lock if handed is not None else await lock_folder(settings.data)
    sockets = handed.sockets if handed is not None else ()
    try:
        if settings.port and settings.port not in [each.getsockname()[1] for each in sockets]:
            for each in sockets:
                each.close()
            sockets = ()
        if pages:
            sockets = sockets or listening_sockets(settings.host, settings.port)
    except BaseException:
        Claim(lock, (), handed).release()
        raise
    return Claim(lock, sockets, handed)


async def serve(settings: Settings, claimed: Claim, announce: Callable[[], None], *, pages: bool = True) -> None:
    """Serves until SIGINT, which also ends the calls, or until SIGTERM or another process that takes over, which leave
    them running. Without `pages`, only the relay processes of this machine, for the others."""
    raise_descriptor_limit()
    app = make_app(settings) if pages else make_relay_app(settings)
    asked_to_stop = asyncio.Event()
    linger = LINGERS_S

    def stop(calls_go_on: bool) -> None:
        app[HUB].calls_go_on = calls_go_on
        asked_to_stop.set()

    for number, calls_go_on in ((signal.SIGINT, False), (signal.SIGTERM, True)):
        asyncio.get_running_loop().add_signal_handler(number, stop, calls_go_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    sites: list[LimitedSite] = []
    page_processes = PageProcesses(settings, claimed.sockets, app, lambda *connection: sites[0].serve(*connection))
    try:
        # In the try block, because a start that fails half-way has jobs to stop and a database to close.
        await runner.setup()
        limits = ConnectionLimits(settings.proxies, most_connections())
        for each in claimed.sockets:
            sites.append(LimitedSite(runner, each.dup(), limits, settings.web_processes))
            await sites[-1].start()
        await page_processes.start()
        if claimed.handed is not None:
            claimed.handed.go()
        claimed.lock.sign()
        announce()
        if await _wait(claimed, settings, app, asked_to_stop):
            stop(calls_go_on=True)
            linger = LINGERS_AFTER_HANDOVER_S
        else:
            claimed.lock.mark_ending()
        page_processes.end(linger if app[HUB].calls_go_on else None)
        await _stop_accepting(runner, claimed)
        if app[HUB].calls_go_on:
            app[HUB].close_sockets()
            app[EVENT_STREAMS].close()
            await drain(
                app,
                lambda: len(runner.server.connections) if runner.server else 0,
                linger,
                FINISHES_WITHIN_S,
                lambda: page_processes.running,
            )
    finally:
        await page_processes.ended()
        await runner.cleanup()
        claimed.release()


async def _wait(claimed: Claim, settings: Settings, app: web.Application, asked_to_stop: asyncio.Event) -> bool:
    """Until this process is to end; whether another one has taken over."""
    offering = asyncio.create_task(offer_handover(settings.data, claimed.lock, claimed.sockets, app[HUB]))
    stopping = asyncio.create_task(asked_to_stop.wait())
    try:
        await asyncio.wait((offering, stopping), return_when=asyncio.FIRST_COMPLETED)
        return offering.done()
    finally:
        for task in (offering, stopping):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await offering


async def _stop_accepting(runner: web.AppRunner, claimed: Claim) -> None:
    for site in runner.sites:
        await site.stop()
    for each in claimed.sockets:
        each.close()
