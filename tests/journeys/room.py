"""Rooms of up to four with the real call page, hub and relays, before the product books such meetings itself."""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.catchups.pages.consent import wording_in
from server.config import read_settings
from server.i18n.catalog import ENGLISH
from server.web import assets as static
from server.web.rendering import make_templates
from signaling.hub.hub import Hub, RelaySettings, browser_socket
from signaling.news import News
from signaling.seat import Seat

NAMES = {"ann": "Ann", "ben": "Ben", "cleo": "Cleo", "dan": "Dan"}


@dataclass
class Room:
    """Serves `/{call}/{person}` for everybody in NAMES; `news` is what the product would hear. Firefox reaches no relay
    that is bound to a loopback address."""

    folder: Path
    seats: int
    relays: int = 1
    bind: str = "127.0.0.1"
    news: list[dict[str, object]] = field(default_factory=list)

    async def __aenter__(self) -> "Room":
        self.hub = Hub(RelaySettings(self.folder / "run", self.bind, 0, relays=self.relays), self._hear)
        self._pages = make_templates(read_settings({}), wording=wording_in)
        app = web.Application()
        app.on_startup.append(lambda app: self.hub.start())
        app.on_shutdown.append(lambda app: self.hub.stop())
        app.router.add_get("/static/{version}/{path:.*}", static.serve)
        app.router.add_get("/{call}/{person}", self._page)
        app.router.add_get("/{call}/{person}/socket", self._socket)
        self.server = TestServer(app, host="127.0.0.1")
        await self.server.start_server()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.server.close()

    def link(self, person: str, call: str = "room") -> str:
        return f"http://localhost:{self.server.port}/{call}/{person}"

    async def _hear(self, news: News) -> None:
        self.news.append({"news": type(news).__name__, **msgspec.to_builtins(news)})

    async def _page(self, request: web.Request) -> web.Response:
        person = request.match_info["person"]
        names = " and ".join(name for each, name in NAMES.items() if each != person)
        others = {"person": "", "name": names, "needs": ""}
        call = {
            "socket": f"{request.path}/socket",
            "slots": self.seats - 1,
            "me": {"person": person, "name": NAMES[person]},
            "other": others,
            "back": "/",
            "phone": None,
        }
        text = self._pages.get_template("calls/call.html").render(
            call=call, other=others, situation=None, nonce="", visitor=None, language=ENGLISH
        )
        return web.Response(text=text, content_type="text/html")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        person = request.match_info["person"]
        socket = browser_socket()
        await socket.prepare(request)
        await self.hub.serve(socket, Seat(request.match_info["call"], person, NAMES[person], self.seats))
        return socket
