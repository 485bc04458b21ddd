"""More time in the call: its page's script asks for it, agrees or refuses; the event stream brings what follows."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from aiohttp import web

from server.calls.actions.more_time import refuse_more_time, request_more_time
from server.calls.rules.errors import NoMoreTime
from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.web.access import UnreadableRequest, visitor_of
from server.web.forms import id_of, text
from server.web.keys import DATABASE

Action = Callable[[Database, Visitor, int, datetime], Awaitable[None]]


async def ask(request: web.Request) -> web.Response:
    return await _answer(request, request_more_time)


async def refuse(request: web.Request) -> web.Response:
    return await _answer(request, refuse_more_time)


async def _answer(request: web.Request, act: Action) -> web.Response:
    """`end` is when the call was to end as the page knew it, as its event stream wrote it."""
    given = text(await request.post(), "end")
    try:
        seen = datetime.fromisoformat(given)
    except ValueError as error:
        raise UnreadableRequest from error
    # That there is none, the page knows or is about to hear.
    with suppress(NoMoreTime):
        await act(request.app[DATABASE], visitor_of(request), id_of(request), seen)
    return web.Response(status=204)
