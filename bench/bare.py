"""The least that pages cost: bare aiohttp handlers with the templates of Fireside, without database or access.

    python -m bench.bare

Fireside makes the demo pair's pages once, in this process; from then on only their templates are rendered again, with
the same values. Prints where, and the pages, as JSON.
"""

import asyncio
import json
import logging
import socket
import tempfile
from typing import Any

import aiohttp
from aiohttp import web

from server.app import make_app, utc_now
from server.config import read_settings
from server.db.database import Database
from server.db.schema import migrate
from server.demo import prepare_demo
from server.web.assets import asset, static_files
from server.web.keys import TEMPLATES

STYLE = "css/fireside.css"


def page_paths(booking: str, offer: str) -> dict[str, str]:
    """The address of each measured page by its name; `booking` and `offer` are the paths of theirs."""
    return {
        "/home": "/home",
        "/me": "/me",
        "/bookings/{id}": booking,
        "/offers/{id}": offer,
        "/calls/{id}": booking.replace("bookings", "calls"),
        "/healthz": "/healthz",
        "a stylesheet": asset(STYLE),
    }


class Recording:
    """Stands for the environment of the pages' templates, and keeps what was rendered last."""

    def __init__(self, environment: Any) -> None:
        self._environment = environment
        self.last: tuple[Any, dict[str, Any]] = (None, {})

    def get_template(self, name: str) -> "Recording":
        self.last = self._environment.get_template(name), {}
        return self

    def render(self, **context: Any) -> str:
        self.last = self.last[0], context
        return str(self.last[0].render(context))


async def record(base: str, app: web.Application, links: Any) -> dict[str, Any]:
    """The template and values of each page, by its address."""
    found = {}
    app[TEMPLATES] = recording = Recording(app[TEMPLATES])  # type: ignore[assignment]  # it takes the place of one
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        booking = (await session.get(base + links.booking_mentor)).url.path
        offer = (await session.get(base + links.offer)).url.path
        await session.get(base + links.mentor)
        paths = page_paths(booking, offer)
        for name, path in paths.items():
            await session.get(base + path)
            found[name] = recording.last
    return {"paths": paths, "pages": found}


def bare(paths: dict[str, str], pages: dict[str, Any]) -> web.Application:
    app = web.Application()
    for name, path in paths.items():
        app.router.add_get(path, _handler(name, *pages[name]))
    return app


def _handler(name: str, template: Any, values: dict[str, Any]) -> Any:
    style = static_files()[STYLE]

    async def show(request: web.Request) -> web.Response:
        if name == "/healthz":
            return web.json_response({"pages": True, "database": True, "relay": True})
        if name == "a stylesheet":
            return web.Response(body=style.gzipped, headers={"Content-Encoding": "gzip"}, content_type="text/css")
        return web.Response(text=template.render(values), content_type="text/html")

    return show


async def serve(app: web.Application) -> tuple[str, web.AppRunner]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.SockSite(runner, listener.dup()).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}", runner


async def main() -> None:
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({}, given={"data": folder, "base_url": "http://127.0.0.1", "media_port": "0"})
        database = Database(settings.database_url)
        await migrate(database)
        links = await prepare_demo(database, settings.join_window, utc_now())
        await database.close()
        app = make_app(settings)
        base, runner = await serve(app)
        recorded = await record(base, app, links)
        await runner.cleanup()
    where, _ = await serve(bare(**recorded))
    print(json.dumps({"base_url": where, "paths": recorded["paths"]}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
