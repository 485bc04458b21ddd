"""What the system alone needs to receive and send a datagram, in batches and on the relay's loop.

    python -m bench.echo

Prints its process id and port as JSON, and sends each datagram back to its sender until it is ended.
"""

import asyncio
import json
import os

from signaling.packet import Address, Packet
from signaling.sockets.batch import BatchPort
from signaling.sockets.media_loop import MediaLoop


async def serve() -> None:
    port = BatchPort("127.0.0.1", 0)
    waiting: list[tuple[Packet, Address]] = []

    def send() -> None:
        port.send(waiting)
        waiting.clear()

    port.start(lambda packet, source, now: waiting.append((packet, source)), send)
    print(json.dumps({"pid": os.getpid(), "port": port.port}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=MediaLoop) as runner:
        runner.run(serve())
