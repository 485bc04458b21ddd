"""A reverse proxy that keeps its connections to the server open for the next request, and never sends one twice.

It is stricter than real ones, which try again: a request that the server takes and does not answer is a failure.
"""

import asyncio
import re
from contextlib import suppress

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
LAST = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class KeepAliveProxy:
    """Listens at a free port of its own. `failed` says of each request that was not answered why."""

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._idle: list[Streams] = []
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self.port = 0
        self.answered = self.opened = 0
        self.failed: list[str] = []

    async def __aenter__(self) -> "KeepAliveProxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        for _, writer in self._idle:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    writer.write(await self._pass_on(*await read_message(reader)))
        finally:
            self._serving.discard(task)
            writer.close()

    async def _pass_on(self, head: bytes, body: bytes) -> bytes:
        try:
            streams = await self._connect()
            streams[1].write(head + body)
            answer, content = await read_message(streams[0])
        except (OSError, asyncio.IncompleteReadError) as error:
            self.failed.append(f"{head.split()[:2]}: {error!r}")
            return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
        self.answered += 1
        if LAST.search(answer):
            streams[1].close()
            answer = LAST.sub(b"", answer)
        else:
            self._idle.append(streams)
        return answer + content

    async def _connect(self) -> Streams:
        while self._idle:
            streams = self._idle.pop()
            if not streams[0].at_eof():
                return streams
            streams[1].close()
        self.opened += 1
        return await asyncio.open_connection("127.0.0.1", self._upstream)


async def read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The head and the body of a request or a response. Raises IncompleteReadError when none comes."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    return head, await reader.readexactly(int(length[1])) if length else b""
