"""Ending a call that goes on, and draining a relay process."""

from aiohttp import web

from server.admin.actions.calls import end_running_call, note_drained
from server.admin.queries.session import read_both
from server.calls.pages.ending import end_call
from server.errors import InvalidInput
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of, text
from server.web.keys import CALLS, CLOCK, DATABASE
from server.web.rendering import page, see_other


async def ask(request: web.Request) -> web.Response:
    return await _page(request)


async def end(request: web.Request) -> web.Response:
    """Both leave the call at once, and find it closed."""
    form = await request.post()
    reason = text(form, "reason")
    app, booking_id = request.app, id_of(request)
    try:
        people = await end_running_call(app[DATABASE], visitor_of(request), booking_id, reason, app[CLOCK]())
    except InvalidInput as problem:
        return await _page(request, reason, problem)
    await end_call(request, booking_id, *people, why="over")
    return see_other("/admin/live?done=ended")


async def drain(request: web.Request) -> web.Response:
    number = id_of(request)
    await note_drained(request.app[DATABASE], visitor_of(request), number, request.app[CLOCK]())
    await request.app[CALLS].drain(number - 1)
    return see_other("/admin/live?done=drained")


async def _page(request: web.Request, reason: str = "", problem: InvalidInput | None = None) -> web.Response:
    mentor, mentee = await read_both(request.app[DATABASE], id_of(request))
    return page(
        request,
        "admin/live/ending.html",
        status=status_of(problem),
        id=id_of(request),
        mentor=mentor,
        mentee=mentee,
        reason=reason,
        problem=problem,
        bad=problem.field if problem else "",
    )
