"""Asking to be forgotten, and taking it back while it waits."""

from aiohttp import web

from server.privacy.actions.erasure_requests import ask_to_be_erased, take_back_request
from server.privacy.queries.own_erasure import read_own_request
from server.privacy.rules.erasure import REQUEST_WAITS
from server.privacy.rules.places import PLACES, OnErasure
from server.web.access import visitor_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import page, see_other

PAGE = "/me/erasure"


async def show(request: web.Request) -> web.Response:
    return page(
        request,
        "privacy/own_erasure.html",
        asked=await read_own_request(request.app[DATABASE], visitor_of(request)),
        days=REQUEST_WAITS.days,
        going=[place for place in PLACES if place.on_erasure is OnErasure.GOES or place.blanked],
        staying=[place for place in PLACES if place.on_erasure is OnErasure.STAYS and not place.blanked],
    )


async def ask(request: web.Request) -> web.Response:
    await ask_to_be_erased(request.app[DATABASE], visitor_of(request), request.app[CLOCK]())
    return see_other(PAGE)


async def take_back(request: web.Request) -> web.Response:
    await take_back_request(request.app[DATABASE], visitor_of(request))
    return see_other(PAGE)
