"""Taking people out of a call at once: its catch-up was called off or moved, or their link to it has ended."""

from aiohttp import web

from server.calls.actions.entering import find_closed_calls
from server.web.keys import BACKGROUND_TASKS, CALLS, CLOCK, DATABASE, HUB


async def end_call(request: web.Request, booking_id: int, *people: int) -> None:
    """Takes these people (ids) out of the booking's call, if they are in it; they find it closed."""
    for person_id in people:
        await request.app[CALLS].remove(str(booking_id), str(person_id))


class OwnCalls:
    """The calls of this process's hub."""

    def __init__(self, app: web.Application) -> None:
        self._app = app

    async def remove(self, call: str, person: str) -> None:
        await self._app[HUB].remove(call, person)

    async def end_visit(self, visit: str) -> None:
        await self._app[HUB].end_visit(visit)

    async def end_closed(self) -> None:
        app = self._app
        for visit, call in await find_closed_calls(app[DATABASE], app[HUB].visits, app[CLOCK]()):
            await app[HUB].end_visit(visit, call)


def start_ending_closed_calls(app: web.Application) -> None:
    """Does it at once beside the answer: that the database cannot be read now does not undo what was ended."""
    app[BACKGROUND_TASKS].start(app[CALLS].end_closed())
