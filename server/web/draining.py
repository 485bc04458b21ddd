"""Ending without a failed request: what runs is finished, and each connection learns which response is its last."""

import asyncio
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler

from server.log_format import REQUEST_ID
from server.web.keys import HANDED_ON, MEASURER, REQUESTS, TRACER

LOOK_EVERY_S = 0.02


async def drain(
    app: web.Application,
    connections: Callable[[], int],
    linger: float,
    within: float,
    processes: Callable[[], int] = lambda: 0,
) -> None:
    """Waits until no connection is left, or no request runs and `linger` seconds are over; `within` seconds at most.

    As long as other `processes` run, they may hand connections on to this one.

    A proxy may send one more request on a connection that it keeps open: in that time it is answered, and the proxy
    told to use another connection.
    """
    requests = app[REQUESTS]
    requests.last = True
    loop = asyncio.get_running_loop()
    began = loop.time()
    while connections() or processes():
        passed = loop.time() - began
        if passed >= within or (passed >= linger and not requests.running and not processes()):
            return
        await asyncio.sleep(LOOK_EVERY_S)


@web.middleware
async def requests_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts the requests that run, measures and traces them if asked to; gives each an id for the log."""
    requests = request.app[REQUESTS]
    requests.running += 1
    begun = time.monotonic()
    REQUEST_ID.set(secrets.token_hex(8))
    tracer = request.app.get(TRACER)
    if tracer is not None:
        tracer.begin_request()
    try:
        response = await handler(request)
    finally:
        requests.running -= 1
    if HANDED_ON in request or (tracer is None and MEASURER not in request.app):
        return response
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "none"
    if MEASURER in request.app:
        request.app[MEASURER].note_request(request.method, route, response.status, time.monotonic() - begun)
    if tracer is not None:
        tracer.end_request(request.method, route, response.status)
    return response


async def announce_last(request: web.Request, response: web.StreamResponse) -> None:
    """Before each response: whether its connection is closed after it."""
    if request.app[REQUESTS].last and response.status != HTTPStatus.SWITCHING_PROTOCOLS:
        response.force_close()
        response.headers["Connection"] = "close"
