"""The export of a long session history: how long it takes, how far the server's memory grows, and how long others
wait, on both databases.

    python -m bench.export [DOUBLINGS] [sqlite | postgresql]

Run by `make bench` with 7. The server is asked for the whole session history as CSV, JSON and as a workbook. 10
DOUBLINGS of a thousand sessions are a million, which takes an hour; memory that stays the same shows that the rows are
streamed.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from bench.history import DOUBLINGS, Size, served
from server.admin.pages.history_columns import COLUMNS
from tests.cluster import Cluster
from tests.conftest import new_postgresql_database

LOOK_EVERY_S = 0.2
ASK_EVERY_S = 0.01
MB = 1024 * 1024


async def main() -> None:
    doublings = int(sys.argv[1]) if len(sys.argv) > 1 else DOUBLINGS
    databases = sys.argv[2:] or ["sqlite", "postgresql"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "sqlite" in databases:
            print("SQLite", flush=True)
            await measure(f"sqlite+aiosqlite:///{folder / 'large.sqlite3'}", folder, doublings)
        if "postgresql" in databases:
            cluster = Cluster(folder / "cluster", durable=False)
            cluster.start()
            try:
                print("PostgreSQL", flush=True)
                await measure(await new_postgresql_database(cluster.url), folder, doublings)
            finally:
                cluster.remove()


async def measure(url: str, folder: Path, doublings: int) -> None:
    async with AsyncExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        size = await stack.enter_async_context(served(url, data, doublings))
        for kind in ("csv", "json", "xlsx"):
            await export(size, kind)


async def export(size: Size, kind: str) -> None:
    """Downloads everything, and prints rows, size, seconds and by how much the server's own memory grew at most,
    and how long others waited."""
    browser = size.browsers["admin"]
    async with browser.get("/history") as answer:
        csrf = (await answer.text()).partition('name="csrf" value="')[2].partition('"')[0]
    form = aiohttp.FormData([("csrf", csrf), ("reason", "A measurement"), ("format", kind)])
    for column in COLUMNS:
        form.add_field("column", column)
    process = size.process
    before = highest = process.memory()
    began = looked = time.monotonic()
    received = lines = 0
    headers = {"Origin": str(browser._base_url).rstrip("/")}
    timeout = aiohttp.ClientTimeout(total=None, sock_read=300)
    waits: list[float] = []
    other = asyncio.create_task(ask_meanwhile(str(browser._base_url), waits))
    async with browser.post("/history/export", data=form, headers=headers, timeout=timeout) as answer:
        assert answer.status == 200, answer.status
        async for piece in answer.content.iter_any():
            received += len(piece)
            lines += piece.count(b"\n")
            if time.monotonic() - looked > LOOK_EVERY_S:
                highest, looked = max(highest, process.memory()), time.monotonic()
    took = time.monotonic() - began
    other.cancel()
    print(
        f"  {kind:6}{size.sessions:>10,} sessions, {lines:>10,} lines, {received / MB:7.1f} MB in {took:6.1f} s; "
        f"memory {before / MB:.0f} MB, at most {(highest - before) / MB:.0f} MB more; "
        f"others waited {1000 * statistics.median(waits):.0f} ms at the median, {1000 * max(waits):.0f} at most",
        flush=True,
    )


async def ask_meanwhile(base_url: str, waits: list[float]) -> None:
    """Asks for a small page again and again, and notes how long each answer took, in seconds."""
    async with aiohttp.ClientSession(base_url) as browser:
        while True:
            began = time.monotonic()
            async with browser.get("/healthz") as answer:
                await answer.read()
            waits.append(time.monotonic() - began)
            await asyncio.sleep(ASK_EVERY_S)


if __name__ == "__main__":
    asyncio.run(main())
