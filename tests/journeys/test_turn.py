"""TURN servers that the admin names reach the browser's connection, also the one made ready before the server spoke."""

import base64
import hashlib
import hmac
import time
from pathlib import Path

from playwright.async_api import Page

from tests.cast import Fireside
from tests.journeys.conftest import forget_the_outage, into_call
from tests.journeys.seen import sees_and_hears

URLS = ["turn:127.0.0.1:9?transport=udp", "turns:127.0.0.1:9?transport=tcp"]
SHARED = "shared with coturn"


async def test_the_browser_is_configured_and_the_call_runs(tmp_path: Path, mentor: Page, mentee: Page) -> None:
    house = await Fireside.start(tmp_path / "data", FIRESIDE_TURN_URLS=",".join(URLS), FIRESIDE_TURN_SECRET=SHARED)
    try:
        await into_call(house, mentor, mentee)
        for page in (mentor, mentee):
            await sees_and_hears(page.evaluate, frames=5)
            servers = await page.evaluate("window.fireside.pc().getConfiguration().iceServers")
            [server] = servers
            assert server["urls"] == URLS
            expires, _, person = server["username"].partition(":")
            assert person.isdigit()
            assert abs(int(expires) - time.time() - 6 * 3600) < 120
            digest = hmac.digest(SHARED.encode(), server["username"].encode(), hashlib.sha1)
            assert server["credential"] == base64.b64encode(digest).decode()
            assert SHARED not in await page.content()
    finally:
        await house.stop()
        forget_the_outage(mentor, mentee)
