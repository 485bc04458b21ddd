"""Taking people out of a call at once: its catch-up was called off or moved, or their link to it has ended."""

from collections.abc import Callable

from aiohttp import web

from server.calls.actions.entering import find_closed_calls
from server.web.keys import BACKGROUND_TASKS, CALLS, CLOCK, DATABASE, HUB, LeavingReason


async def end_call(request: web.Request, booking_id: int, *people: int, why: LeavingReason = "removed") -> None:
    """Takes these people (ids) out of the booking's call, if they are in it; they find it closed."""
    for person_id in people:
        await request.app[CALLS].remove(str(booking_id), str(person_id), why)


async def end_guest(request: web.Request, booking_id: int, person: str) -> None:
    """Takes a guest out of the booking's call, if they are in it; `person` names them there."""
    await request.app[CALLS].remove(str(booking_id), person)


class OwnCalls:
    """The calls of this process's hub."""

    def __init__(self, app: web.Application) -> None:
        self._app = app

    async def remove(self, call: str, person: str, why: LeavingReason = "removed") -> None:
        await self._app[HUB].remove(call, person, why)

    async def drain(self, relay: int) -> None:
        self._app[HUB].drain(relay)

    async def end_visit(self, visit: str) -> None:
        await self._app[HUB].end_visit(visit)

    async def end_closed(self) -> None:
        app = self._app
        for visit, call in await find_closed_calls(app[DATABASE], app[HUB].visits, app[CLOCK]()):
            await app[HUB].end_visit(visit, call)


class CallsEverywhere:
    """The calls of this process's hub, and of those of other machines, which are told with `tell`: the kind of what is
    to be done, and its values."""

    def __init__(self, own: OwnCalls, tell: Callable[..., None]) -> None:
        self._own = own
        self._tell = tell

    async def remove(self, call: str, person: str, why: LeavingReason = "removed") -> None:
        await self._own.remove(call, person, why)
        self._tell("remove", call, person, why)

    async def drain(self, relay: int) -> None:
        # This hub is connected to every relay process.
        await self._own.drain(relay)

    async def end_visit(self, visit: str) -> None:
        await self._own.end_visit(visit)
        self._tell("end_visit", visit)

    async def end_closed(self) -> None:
        await self._own.end_closed()
        self._tell("end_closed")


def start_ending_closed_calls(app: web.Application) -> None:
    """Does it at once beside the answer: that the database cannot be read now does not undo what was ended."""
    app[BACKGROUND_TASKS].start(app[CALLS].end_closed())
