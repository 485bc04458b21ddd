"""For `fireside doctor`: under which other addresses people have opened the pages, and what proxies add."""

from aiohttp import web

from server.web.client_address import forwarded_hops
from server.web.keys import FOREIGN_ORIGINS


async def show(request: web.Request) -> web.Response:
    forwarded = forwarded_hops(request.headers.getall("X-Forwarded-For", []))
    return web.json_response({"foreign": request.app[FOREIGN_ORIGINS].seen, "forwarded": forwarded})
