"""One's own choices: what one chose, and on which wording."""

from aiohttp import web

from server.catchups.queries.choices import read_choices_page
from server.errors import DomainError
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import entry_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    return await choices_page(request)


async def choices_page(request: web.Request, problem: DomainError | None = None) -> web.Response:
    """The choices, with the problem of a withdrawal."""
    before = entry_number(request.query, "before")
    found = await read_choices_page(request.app[DATABASE], visitor_of(request), request.app[CLOCK](), before)
    status = status_of(problem)
    return page(request, "catchups/choices.html", status=status, **fields_of(found), problem=problem)
