"""Two thousand half-sent requests from one address, held open: pages answer, and the log stays short."""

import asyncio
import resource
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.cast import IN_THE_CHECKOUT, Fireside, until

HALF_OPEN = 2000
PAGES = 100
FLOODER = "127.0.0.9"
HEADER = b"GET / HTTP/1.1\r\nHost: here\r\nX-Padding: "
FORM = (
    b"POST /lost-link HTTP/1.1\r\nHost: here\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 50000\r\nX-Forwarded-For: 198.51.100.9\r\n\r\nemail="
)


@pytest.fixture(autouse=True)
def own_descriptors() -> Iterator[None]:
    """This process has the other end of each connection."""
    found = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (found[1], found[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, found)


async def hold(port: int, sent: bytes, opened: list[bool]) -> None:
    """Half a request, for as long as the server lets it be."""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(FLOODER, 0))
        writer.write(sent)
        opened.append(True)
        await reader.read()
        writer.close()


async def latencies(house: Fireside, address: str, forwarded: str) -> list[float]:
    """The seconds that each of the pages took, over connections that are new and ones that are kept."""
    found = []
    connector = aiohttp.TCPConnector(local_addr=(address, 0))
    async with aiohttp.ClientSession(connector=connector, headers={"X-Forwarded-For": forwarded}) as session:
        for number in range(PAGES):
            began = time.perf_counter()
            closing = {"Connection": "close"} if number % 2 else {}
            async with session.get(f"{house.base_url}/", headers=closing) as answer:
                assert answer.status == 200
                await answer.read()
            found.append(time.perf_counter() - began)
    return found


def figures(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return f"median {statistics.median(ordered) * 1000:.1f} ms, slowest {ordered[-1] * 1000:.1f} ms"


@pytest.mark.parametrize(
    ("descriptors", "proxies", "sent"), [("as found", "0", HEADER), ("1024", "0", HEADER), ("1024", "1", FORM)]
)
async def test_pages_answer_amid_two_thousand_half_sent_requests(
    tmp_path: Path, descriptors: str, proxies: str, sent: bytes
) -> None:
    """With the descriptors that a process gets here, or with the 1,024 that are common elsewhere and no more."""
    tight = () if descriptors == "as found" else ("prlimit", f"--nofile={descriptors}")
    logged = ("sh", "-c", f'exec "$@" 2> "{tmp_path / "log"}"', "sh")
    program = (*logged, *tight, *IN_THE_CHECKOUT)
    house = await Fireside.start(tmp_path / "data", program, FIRESIDE_PROXIES=proxies)
    opened: list[bool] = []
    try:
        calm = await latencies(house, "127.0.0.1", "198.51.100.1")
        port = urlsplit(house.base_url).port
        flood = [asyncio.create_task(hold(port, sent, opened)) for _ in range(HALF_OPEN)]
        await until(lambda: len(opened) >= HALF_OPEN, what="two thousand connections")
        others = await latencies(house, "127.0.0.1", "198.51.100.1")
        assert await house.healthy()
        if proxies == "0":
            own = await latencies(house, FLOODER, "")
            print(f"from the address that floods: {figures(own)}")
        for task in flood:
            task.cancel()
        await asyncio.gather(*flood, return_exceptions=True)
    finally:
        await house.stop()
    lines = (tmp_path / "log").read_text().splitlines()
    print(f"{descriptors}: before {figures(calm)}; amid {len(opened)} {figures(others)}; {len(lines)} lines logged")
    assert len(lines) < 20
    assert "Traceback" not in "".join(lines)
