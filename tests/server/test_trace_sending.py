"""Traces as a collector gets them, from the main process and from the processes for pages."""

import re
import shutil

import aiohttp
from aiohttp import web

from tests.cast import Fireside, until

PERSONAL = re.compile(r"@|/feed/[^{]|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}")


async def test_each_process_sends_its_requests_and_nothing_personal(tmp_path, migrated):
    got: list[dict] = []
    texts: list[str] = []

    async def take(request: web.Request) -> web.Response:
        assert request.content_type == "application/json"
        texts.append(await request.text())
        for resource in (await request.json())["resourceSpans"]:
            got.extend(span for scope in resource["scopeSpans"] for span in scope["spans"])
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    collector = f"http://127.0.0.1:{runner.addresses[0][1]}"
    (tmp_path / "data").mkdir(mode=0o700)
    url = f"sqlite+aiosqlite:///{shutil.copy(migrated, tmp_path / 'data')}"
    house = await Fireside.serve(tmp_path / "data", url, FIRESIDE_TRACES=collector, FIRESIDE_WEB_PROCESSES="2")
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
            for _ in range(20):
                async with session.get(f"{house.base_url}/feed/{'A' * 43}.ics"):
                    pass

        def requests() -> list[dict]:
            return [span for span in got if span["name"] == "GET /feed/{secret}.ics"]

        await until(lambda: len(requests()) == 20, what="a span for each request")
        reading = [span for span in got if span["name"] == "database read"]
        ids = {(span["traceId"], span["spanId"]) for span in got}
        assert reading
        assert [span for span in reading if (span["traceId"], span["parentSpanId"]) not in ids] == []
        assert [text for text in texts if PERSONAL.search(text)] == []
    finally:
        await house.stop()
        await runner.cleanup()
