"""Not being reminded of a mentorship this month."""

from aiohttp import web

from server.mentorships.actions.nudges import put_off_nudges
from server.mentorships.posting import path_of
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def pause(request: web.Request) -> web.Response:
    await put_off_nudges(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"{path_of(id_of(request))}?later=1")
