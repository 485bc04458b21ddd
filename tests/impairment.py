"""A bad network in front of the relay's UDP port: loss, delay, jitter, a rate limit, an outage, a new address.

Seeded; within this machine only. A page is led through it by replacing the port in the answer that it gets; the
address stays, as Firefox does not send from its own to 127.0.0.1.
"""

import asyncio
import random
from dataclasses import dataclass
from typing import cast

MAX_QUEUE_S = 0.3

# Run in a page before its own scripts: candidates of the answer lead to the proxy, and there is no way round it.
THROUGH = """(() => {
  const take = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const sdp = description.sdp
      .replace(/^(a=candidate:\\S+ \\d+ udp \\d+ \\S+) \\d+/gim, "$1 PORT")
      .replace(/^a=candidate:\\S+ \\d+ tcp .*\\r\\n/gim, "");
    return take.call(this, {type: description.type, sdp});
  };
})()"""


@dataclass
class Impairment:
    """What happens to datagrams in one direction. `rate` is bits/s, times are seconds, `loss` a share."""

    loss: float = 0.0
    delay: float = 0.0
    jitter: float = 0.0
    rate: float | None = None


class Way:
    """One direction of the proxy."""

    def __init__(self, dice: random.Random, impairment: Impairment) -> None:
        self.impairment = impairment
        self.passed = self.lost = 0
        self._dice = dice
        self._free_at = 0.0

    def send(self, transport: asyncio.DatagramTransport, data: bytes, to: tuple[str, int] | None, cut: bool) -> None:
        loop, how = asyncio.get_running_loop(), self.impairment
        wait = how.delay + self._dice.random() * how.jitter
        if how.rate is not None:
            self._free_at = max(self._free_at, loop.time()) + len(data) * 8 / how.rate
            wait += self._free_at - loop.time()
        if cut or self._dice.random() < how.loss or wait > MAX_QUEUE_S + how.delay + how.jitter:
            if how.rate is not None:
                self._free_at -= len(data) * 8 / how.rate
            self.lost += 1
            return
        self.passed += 1
        loop.call_later(wait, _send, transport, data, to)


def _send(transport: asyncio.DatagramTransport, data: bytes, to: tuple[str, int] | None) -> None:
    if not transport.is_closing():
        transport.sendto(data, to)


class Upstream(asyncio.DatagramProtocol):
    """A socket towards the relay, for one client."""

    def __init__(self, proxy: "Proxy", client: tuple[str, int]) -> None:
        self.proxy = proxy
        self.client = client

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self.proxy.down.send(self.proxy.transport, data, self.client, self.proxy.cut)


class Proxy(asyncio.DatagramProtocol):
    """Stands in front of `relay_port`. `cut` loses everything both ways."""

    def __init__(self, relay_port: int, seed: int, up: Impairment, down: Impairment) -> None:
        dice = random.Random(seed)
        self.relay_port = relay_port
        self.up, self.down = Way(dice, up), Way(dice, down)
        self.cut = False
        self.transport: asyncio.DatagramTransport
        self._upstreams: dict[tuple[str, int], asyncio.DatagramTransport] = {}
        self._waiting: dict[tuple[str, int], list[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(
        cls, relay_port: int, *, seed: int = 1, up: Impairment | None = None, down: Impairment | None = None
    ) -> "Proxy":
        proxy = cls(relay_port, seed, up or Impairment(), down or Impairment())
        loop = asyncio.get_running_loop()
        everywhere = ("0.0.0.0", 0)  # noqa: S104 as the relay does
        proxy.transport, _ = await loop.create_datagram_endpoint(lambda: proxy, local_addr=everywhere)
        return proxy

    @property
    def script(self) -> str:
        """For `add_init_script`: leads a page through here."""
        return THROUGH.replace("PORT", str(self.transport.get_extra_info("sockname")[1]))

    def datagram_received(self, data: bytes, client: tuple[str, int]) -> None:
        upstream = self._upstreams.get(client)
        if upstream is not None:
            self.up.send(upstream, data, None, self.cut)
        elif client in self._waiting:
            self._waiting[client].append(data)
        else:
            self._waiting[client] = [data]
            task = asyncio.create_task(self._open(client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _open(self, client: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Upstream(self, client), remote_addr=("127.0.0.1", self.relay_port)
        )
        self._upstreams[client] = cast(asyncio.DatagramTransport, transport)
        for data in self._waiting.pop(client):
            self.datagram_received(data, client)

    def change_addresses(self) -> None:
        """From now on the relay sees every client at a new address."""
        for transport in self._upstreams.values():
            transport.close()
        self._upstreams.clear()

    def close(self) -> None:
        self.change_addresses()
        self.transport.close()
