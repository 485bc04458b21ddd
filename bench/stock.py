"""aiortc's way, for comparison: RTCPeerConnection and MediaRelay, which decode and encode each frame.

    python -m bench.stock SECONDS

One call of two people, each sending a moving picture of 640 by 360. The peers are aiortc's too, in a process of their
own. Prints the CPU time that the server needs for each packet it sends, as JSON.
"""

import asyncio
import json
import random
import sys
import time
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.contrib.media import MediaBlackhole, MediaRelay
from av import VideoFrame

WIDTH, HEIGHT = 640, 360
WARM_UP = 4.0


class Moving(VideoStreamTrack):
    """A picture that changes enough to fill its packets."""

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane in frame.planes:
            row = random.randbytes(plane.line_size)  # noqa: S311  # a picture is no secret
            plane.update(row * plane.height)
        frame.pts, frame.time_base = pts, time_base
        return frame


def connection() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


async def serve(seconds: float) -> None:
    """Relay between the two peers whose offers arrive on standard input; print the figures."""
    relay, connections = MediaRelay(), [connection(), connection()]
    tracks: list[asyncio.Future[Any]] = [asyncio.get_running_loop().create_future() for _ in connections]
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    for index, each in enumerate(connections):
        each.on("track", tracks[index].set_result)
        await each.setRemoteDescription(RTCSessionDescription(**json.loads(await lines.readline())))
    for each, other in zip(connections, reversed(tracks), strict=True):
        each.addTrack(relay.subscribe(await other))
        await each.setLocalDescription(await each.createAnswer())
        print(json.dumps({"sdp": each.localDescription.sdp, "type": "answer"}), flush=True)
    await asyncio.sleep(WARM_UP)
    before, began = await sent(connections), time.process_time()
    await asyncio.sleep(seconds)
    used, packets = time.process_time() - began, await sent(connections) - before
    print(json.dumps({"rate": packets / seconds, "cpu_us": 1e6 * used / packets}), flush=True)


async def sent(connections: list[RTCPeerConnection]) -> int:
    stats = [each for connection in connections for each in (await connection.getStats()).values()]
    return sum(each.packetsSent for each in stats if each.type == "outbound-rtp")


async def load(seconds: float) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.stock", "serve", str(seconds),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 20,
    )  # fmt: skip
    assert server.stdin
    assert server.stdout
    connections = [connection(), connection()]
    for each in connections:
        sink = MediaBlackhole()
        each.on("track", sink.addTrack)
        each.addTrack(Moving())
        await each.setLocalDescription(await each.createOffer())
        server.stdin.write(json.dumps({"sdp": each.localDescription.sdp, "type": "offer"}).encode() + b"\n")
    for each in connections:
        await each.setRemoteDescription(RTCSessionDescription(**json.loads(await server.stdout.readline())))
    print((await server.stdout.readline()).decode().strip())
    server.kill()
    await asyncio.gather(*(each.close() for each in connections))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve(float(sys.argv[2])))
    else:
        asyncio.run(load(float(sys.argv[1])))
