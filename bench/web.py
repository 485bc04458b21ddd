"""What pages cost: CPU of the web process and the time to answer, next to the same pages from bare handlers.

Run by `make bench`. Fireside and bench/bare.py are processes of their own; each page is asked for SECONDS long by 1, 8
and 32 clients, each on a connection of its own, as fast as they are answered. At last people join a call, one after the
other: a link, the call's page, all of its files, and entering.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urljoin

import aiohttp

from bench.bare import page_paths
from tests.talkers import Talker

SECONDS = 1.0
WARM_UP_S = 0.3
CLIENTS = (1, 8, 32)
JOINS = 10
# As many as browsers open to one host with HTTP/1.1.
BROWSER_CONNECTIONS = 6
TOKEN = re.compile(r"fireside=([^;]+)")
STATIC = re.compile(r'"(/static/[^"]+)"')
IMPORT = re.compile(r'from "(\.[^"]+)"')


class Server:
    """A process that serves pages; `said` is the JSON that it printed at its start."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603  # ours
        assert self.process.stdout is not None
        self.said: Any = json.loads(self.process.stdout.readline())
        self.base: str = self.said["base_url"]

    def cpu(self) -> float:
        """CPU seconds of the process so far, as the scheduler counts them."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)


async def visit(base: str, link: str) -> tuple[str, str]:
    """Opens a link: the cookie, and the page that it leads to."""
    async with aiohttp.ClientSession() as session, session.get(link, allow_redirects=False) as response:
        found = TOKEN.match(response.headers["Set-Cookie"])
        assert found is not None
        return found[1], response.headers["Location"]


async def ask_for(base: str, path: str, token: str, until: float, times: list[float]) -> None:
    """One client: asks again and again, and notes how long each answer took."""
    host, _, port = base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\nCookie: fireside={token}\r\n\r\n"
    while (began := time.perf_counter()) < until:
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        length = re.search(rb"(?i)content-length: (\d+)", answer)
        assert length is not None
        await reader.readexactly(int(length[1]))
        times.append(time.perf_counter() - began)
    writer.close()


async def measure(server: Server, path: str, token: str, clients: int) -> dict[str, float]:
    """CPU of the server for one request and the time to answer, in ms."""

    async def run(seconds: float) -> list[float]:
        until, times = time.perf_counter() + seconds, list[float]()
        await asyncio.gather(*(ask_for(server.base, path, token, until, times) for _ in range(clients)))
        return times

    await run(WARM_UP_S)
    before = server.cpu()
    times = await run(SECONDS)
    used = server.cpu() - before
    return {"cpu": 1000 * used / len(times), "p95": 1000 * quantiles(times, n=20)[-1]}


async def join(server: Server, link: str) -> tuple[float, int]:
    """CPU of the web process for one person who joins, in ms, and how many files the call's page needed."""
    before = server.cpu()
    token, page = await visit(server.base, link)
    connector = aiohttp.TCPConnector(limit_per_host=BROWSER_CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, headers={"Cookie": f"fireside={token}"}) as session:

        async def read(path: str) -> str:
            async with session.get(server.base + path) as response:
                return await response.text()

        files, wanted = set[str](), set(STATIC.findall(await read(page.replace("bookings", "calls"))))
        while wanted:
            files |= wanted
            texts = await asyncio.gather(*(read(path) for path in wanted))
            imported = zip(wanted, map(IMPORT.findall, texts), strict=True)
            wanted = {urljoin(path, name) for path, names in imported for name in names} - files
    talker = await Talker.enter(server.base, int(page.rpartition("/")[2]), token)
    used = server.cpu() - before
    await talker.socket.close()
    await talker.leave()
    return 1000 * used, len(files)


async def show_pages(fireside: Server, bare: Server) -> None:
    links = fireside.said
    _, booking = await visit(fireside.base, links["booking_mentor"])
    _, offer = await visit(fireside.base, links["offer"])
    token, _ = await visit(fireside.base, links["mentor"])
    print("page             clients   CPU ms   bare    p95 ms   bare")
    for name, path in page_paths(booking, offer).items():
        for clients in CLIENTS:
            ours = await measure(fireside, path, token, clients)
            floor = await measure(bare, bare.said["paths"][name], token, clients)
            cpu, p95 = ((ours[kind], floor[kind]) for kind in ("cpu", "p95"))
            print(f"{name:16} {clients:7}  {cpu[0]:7.2f} {cpu[1]:6.2f}  {p95[0]:8.1f} {p95[1]:6.1f}", flush=True)


async def main() -> None:
    print(f"{os.cpu_count()} cores; load average before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        fireside = Server("server", "demo", "--json", "--port", "0", "--data", folder)
        bare = Server("bench.bare")
        try:
            await show_pages(fireside, bare)
            both = [fireside.said["booking_mentor"], fireside.said["booking_mentee"]]
            joins = [await join(fireside, link) for link in JOINS * both]
            print(f"one person who joins, with {joins[0][1]} files: {median(cpu for cpu, _ in joins):.1f} ms CPU")
        finally:
            bare.end()
            fireside.end()


if __name__ == "__main__":
    asyncio.run(main())
