"""How long the two would like to work together: each says it for themselves."""

from aiohttp import web

from server.catchups.rules.routines import Every
from server.errors import DomainError, InvalidInput
from server.mentorships.actions.courses import say_length, say_wish
from server.mentorships.posting import path_of
from server.mentorships.queries.course import read_length_page
from server.mentorships.rules.courses import Wish
from server.mentorships.rules.lengths import USUAL, checked_length
from server.room.pages.content import SEALER
from server.web.access import UnreadableRequest, visitor_of
from server.web.errors import status_of
from server.web.forms import Form, id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page, see_other


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def save(request: web.Request) -> web.Response:
    form, app = await request.post(), request.app
    try:
        length = checked_length(text(form, "catchups"), text(form, "every"))
        await say_length(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), length, app[CLOCK]())
    except DomainError as problem:
        return await _page(request, problem, form)
    return see_other(f"{path_of(id_of(request))}/length?done=said")


async def wish(request: web.Request) -> web.Response:
    """`wish` is go_on, finish, or nothing to take it back."""
    form, app = await request.post(), request.app
    try:
        wished = Wish(text(form, "wish")) if text(form, "wish") else None
    except ValueError as error:
        raise UnreadableRequest from error
    await say_wish(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), wished, app[CLOCK]())
    return see_other(f"{path_of(id_of(request))}#course")


async def _page(request: web.Request, problem: DomainError | None = None, form: Form | None = None) -> web.Response:
    """With what was typed, what the visitor said before, or what is usual. Raises NotFound."""
    app = request.app
    found = await read_length_page(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), app[CLOCK]())
    said = found.course.own_length
    typed = (str(said.catchups), said.every.value) if said else (str(USUAL), Every.TWO_WEEKS.value)
    if form is not None:
        typed = (text(form, "catchups"), text(form, "every"))
    return page(
        request,
        "mentorships/length.html",
        status=status_of(problem),
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        typed=typed,
        every=tuple(Every),
        done=request.query.get("done", "") if problem is None else "",
        **fields_of(found),
    )
