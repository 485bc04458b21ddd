"""What the system takes for a datagram in and a datagram out, in batches and at the relay's pace, and nothing else.

    python -m bench.echo

Prints its process id and port as JSON, and sends everything back to where it came from until it is ended.
"""

import asyncio
import json
import os

from signaling.packet import Address, Packet
from signaling.sockets.batch import BatchPort


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
    asyncio.run(serve())
