"""Whether pages, database and relay are up."""

import asyncio

from aiohttp import web
from sqlalchemy import text

from server.db.database import Unavailable
from server.web.keys import DATABASE, HUB

WITHIN_S = 3


async def show(request: web.Request) -> web.Response:
    """200 when all are up, else 503; which is which in JSON."""
    up = {
        "pages": True,
        "database": await _database_answers(request),
        "relay": bool(request.app[HUB].health()["ready"]),
    }
    return web.json_response(up, status=200 if all(up.values()) else 503)


async def _database_answers(request: web.Request) -> bool:
    try:
        async with asyncio.timeout(WITHIN_S), request.app[DATABASE].reading() as connection:
            await connection.execute(text("SELECT 1"))
    except (Unavailable, TimeoutError):
        return False
    return True
