"""Wanting no emails about new offers of somebody, and wanting them again."""

from aiohttp import web

from server.catchups.actions import mutes
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def begin(request: web.Request) -> web.Response:
    await mutes.mute(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"/catchups/{id_of(request)}")


async def end(request: web.Request) -> web.Response:
    await mutes.unmute(request.app[DATABASE], visitor_of(request), id_of(request))
    return see_other(f"/catchups/{id_of(request)}")


async def end_at_home(request: web.Request) -> web.Response:
    await mutes.unmute_at_home(request.app[DATABASE], visitor_of(request), id_of(request))
    return see_other("/home#people")
