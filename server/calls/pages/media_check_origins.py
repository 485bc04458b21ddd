"""For `fireside doctor`: other addresses under which people have opened the pages."""

from aiohttp import web

from server.web.keys import FOREIGN_ORIGINS


async def show(request: web.Request) -> web.Response:
    return web.json_response({"foreign": request.app[FOREIGN_ORIGINS].seen})
