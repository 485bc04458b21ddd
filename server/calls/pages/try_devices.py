"""Trying camera, microphone and speaker, by anybody and at any time."""

from aiohttp import web

from server.web.rendering import page


async def show(request: web.Request) -> web.Response:
    return page(request, "calls/try_devices.html")
