"""Whether a link can be opened and a call entered: pages, database and relay are up."""

from aiohttp import web

from server.web.keys import HUB, READINESS, SETTINGS


async def show(request: web.Request) -> web.Response:
    """200 when all are up, else 503; the JSON says which are up and which files are missing.

    To who names an Origin that browsers must not have here, it also says the right one: `fireside doctor` asks so.
    """
    readiness = request.app[READINESS]
    up = {
        "pages": not readiness.missing,
        "database": readiness.database,
        "relay": bool(request.app[HUB].health()["ready"]),
    }
    body: dict[str, object] = dict(up)
    if readiness.missing:
        body["missing"] = readiness.missing
    own = request.app[SETTINGS].base_url
    if request.headers.get("Origin", own) != own:
        body["base_url"] = own
    return web.json_response(body, status=200 if all(up.values()) else 503)
