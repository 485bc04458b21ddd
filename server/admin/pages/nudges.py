"""Reminding a mentor, from the overview."""

from aiohttp import web

from server.admin.actions.nudges import remind_mentor
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def send(request: web.Request) -> web.Response:
    await remind_mentor(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other("/admin/overview?done=reminded")
