"""Withdrawing from within the call."""

from aiohttp import web

from server.catchups.pages.booking_withdrawal import withdraw_on
from server.catchups.rules.ledger import Channel


async def withdraw(request: web.Request) -> web.Response:
    """The page stays as it is; its socket brings what changes on it."""
    await withdraw_on(request, Channel.CALL)
    return web.Response(status=204)
