"""Two real Chromium browsers in a call through the real relay process."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectionError, ClientSession
from playwright.async_api import Page, async_playwright

from tests.cast import PATIENCE_S, free_port
from tests.signaling.callers import news_in

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
SCRIPT = Path(__file__).with_name("small_web.py")
ROOT = Path(__file__).parents[2]


@dataclass
class Site:
    """A web process of its own."""

    directory: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    async def start(self) -> dict[str, Any]:
        """Start it, and return the health of its only relay once that is ready."""
        self.process = self._spawn()
        async with ClientSession() as session, asyncio.timeout(60):
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/health") as answer:
                        health: dict[str, Any] = await answer.json()
                        assert health["ready"]
                        relay: dict[str, Any] = health["relays"][0]
                        return relay
                except ClientConnectionError:
                    assert self.process.poll() is None, (self.directory / "log").read_text()

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(SCRIPT), str(self.directory), str(self.port)]
        with (self.directory / "log").open("a") as log:
            return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=log)

    def end(self) -> None:
        """Stop it gracefully, its relay with it."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        self.process.wait(15)

    def news(self, *kinds: str) -> list[tuple[str, str]]:
        return [(news["person"], news.get("why", "")) for news in news_in(self.directory, *kinds)]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    running = Site(tmp_path, free_port())
    yield running
    running.end()


@pytest.fixture
async def pages(site: Site) -> AsyncIterator[list[Page]]:
    await site.start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        opened = []
        for person in ("ann", "bob"):
            page = await browser.new_page()
            page.on("console", lambda message: print(message.text))
            await page.goto(f"http://127.0.0.1:{site.port}/?person={person}")
            opened.append(page)
        yield opened
        await browser.close()


async def media_flows(page: Page, frames: int = 30, within: float = PATIENCE_S) -> None:
    """Wait until this many more video frames are decoded, and audio energy grew."""
    before = await page.evaluate("figures()")
    end = time.monotonic() + within
    while True:
        now = await page.evaluate("figures()")
        if now["connection"] != before["connection"]:
            before = {"connection": now["connection"], "frames": 0, "energy": 0}
        if now["frames"] >= before["frames"] + frames and now["energy"] > before["energy"]:
            return
        assert time.monotonic() < end, f"from {before} only to {now}"
        await asyncio.sleep(0.05)


async def test_each_sees_and_hears_the_other(site: Site, pages: list[Page]) -> None:
    for page in pages:
        await media_flows(page, frames=60)
    assert [await page.evaluate("seen.errors") for page in pages] == [[], []]
    assert site.news("Joined", "Left") in ([("ann", ""), ("bob", "")], [("bob", ""), ("ann", "")])


async def test_who_leaves_is_gone_at_once(site: Site, pages: list[Page]) -> None:
    for page in pages:
        await media_flows(page)
    await pages[1].evaluate("say({type: 'leave'})")
    await pages[0].wait_for_function("seen.rosters.at(-1).length == 0", timeout=1000 * PATIENCE_S, polling=50)
    (went,) = news_in(site.directory, "Left")
    assert (went["person"], went["why"]) == ("bob", "left")
    quality = went["quality"]
    print(f"kept of the attendance: {quality}")
    assert quality["seconds"] > 0
    assert min(quality["bytes_in"], quality["bytes_out"]) > 10_000
    assert 0 <= quality["round_trip"] < 1
    assert 0 <= quality["loss"] < 0.5
    assert quality["jitter"] is not None


async def test_a_reloaded_page_comes_back_into_the_same_seat(site: Site, pages: list[Page]) -> None:
    for page in pages:
        await media_flows(page)
    await pages[1].reload()
    await pages[0].wait_for_function("seen.rosters.some(people => people[0]?.here == 'reconnecting')")
    for page in pages:
        await media_flows(page)
    sizes = await pages[0].evaluate("seen.rosters.map(people => people.length)")
    assert set(sizes[sizes.index(1) :]) == {1}, "neither an empty seat nor a ghost twin"
    assert (len(site.news("Joined")), site.news("Left")) == (2, [])
