"""Somebody on ICE-TCP whose network stops taking what the relay sends (R10): nobody else notices, nothing piles up.

FIRESIDE_FAULTS=long (`make faults`) stalls for 20 seconds, else for four.
"""

import asyncio
import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.cast import Fireside, until
from tests.faults.test_network import HEARD_AND_SEEN, udp_port_of
from tests.journeys.conftest import into_call, mentee, mentor
from tests.journeys.seen import sees_and_hears

pytestmark = pytest.mark.alone

__all__ = ["mentee", "mentor"]

SEEN_S = 4
STALL_S = 20 if os.environ.get("FIRESIDE_FAULTS") == "long" else SEEN_S

# The answer keeps its TCP candidates alone, and they lead to the proxy.
BY_TCP = """(() => {
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const sdp = description.sdp
      .replace(/^a=candidate:\\S+ \\d+ udp .*\\r\\n/gim, "")
      .replace(/^(a=candidate:\\S+ \\d+ tcp \\d+) \\S+ \\d+/gim, "$1 127.0.0.1 PORT");
    return take.call(this, {type: description.type, sdp});
  };
})()"""


class Stalling:
    """A TCP proxy in front of the relay that takes nothing of what the relay sends while `flows` is not set."""

    def __init__(self, relay_port: int) -> None:
        self.relay_port = relay_port
        self.flows = asyncio.Event()
        self.flows.set()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Stalling":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()

    @property
    def script(self) -> str:
        return BY_TCP.replace("PORT", str(self._server.sockets[0].getsockname()[1]))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = socket.socket()
        upstream.setblocking(False)
        # Little room here, so that it is the relay that has to wait.
        upstream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        await asyncio.get_running_loop().sock_connect(upstream, ("127.0.0.1", self.relay_port))
        from_relay, to_relay = await asyncio.open_connection(sock=upstream, limit=4096)
        for source, sink, may in ((reader, to_relay, asyncio.Event()), (from_relay, writer, self.flows)):
            if may is not self.flows:
                may.set()
            self._tasks.append(asyncio.create_task(self._carry(source, sink, may)))

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, may: asyncio.Event) -> None:
        try:
            while chunk := await source.read(4096):
                await may.wait()
                sink.write(chunk)
                await sink.drain()
        except ConnectionError:
            pass
        finally:
            sink.close()


def resident(pid: int) -> int:
    """Memory of a process in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def frames(page: Page) -> int:
    return int((await page.evaluate(HEARD_AND_SEEN))["frames"])


async def test_a_stalled_reader_is_alone_with_it(fireside: Fireside, mentor: Page, mentee: Page) -> None:
    [pid] = fireside.relay_pids()
    async with Stalling(udp_port_of(pid)) as proxy:
        await mentee.add_init_script(proxy.script)
        await into_call(fireside, mentor, mentee)
        for page in (mentor, mentee):
            await sees_and_hears(page.evaluate)
        before, seen, memory = await frames(mentee), await frames(mentor), resident(pid)
        proxy.flows.clear()
        # Soon after that the stalled page connects anew, and is not seen until it has.
        await asyncio.sleep(SEEN_S)
        fps = (await frames(mentor) - seen) / SEEN_S
        await asyncio.sleep(STALL_S - SEEN_S)
        grown = resident(pid) - memory
        proxy.flows.set()
        began = time.monotonic()
        stalled = await frames(mentee)

        async def again() -> Any:
            return await frames(mentee) >= stalled + 15

        await until(again, what="a moving picture after the stall")
        print(
            f"a reader stalled for {STALL_S} s: the other saw {fps:.1f} frames/s at first, the relay grew by "
            f"{grown} kB, 15 frames more {time.monotonic() - began:.1f} s after it; {stalled - before} came during it"
        )
        assert fps >= 5
        assert grown < 8000
