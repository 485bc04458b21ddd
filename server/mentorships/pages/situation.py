"""Saying how things are with oneself."""

from aiohttp import web

from server.errors import DomainError
from server.mentorships.actions.situations import keep_situation
from server.mentorships.pages.home import mentorship_page
from server.mentorships.posting import path_of
from server.room.pages.content import SEALER
from server.web.access import visitor_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def keep(request: web.Request) -> web.Response:
    """An empty `situation` takes it away."""
    form, app = await request.post(), request.app
    typed, until = text(form, "situation"), text(form, "until")
    try:
        await keep_situation(
            app[DATABASE], app[SEALER], visitor_of(request), id_of(request), typed, until, app[CLOCK]()
        )
    except DomainError as problem:
        return await mentorship_page(request, id_of(request), problem, situation_typed=(typed, until))
    return see_other(path_of(id_of(request)) + "#situations")
