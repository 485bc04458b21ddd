"""Streams of server-sent events: what changes is pushed to the pages that show it.

A page opens its stream with EventSource, which comes back by itself after the server was away. The event `over` asks it
not to: the page may not have the stream any more.
"""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from aiohttp import web

from server.db.database import Unavailable
from server.errors import NotFound

log = logging.getLogger(__name__)

STREAMS_EACH = 8
# A proxy ends what is silent for longer, and a browser that is gone is noticed only by writing to it.
KEEP_ALIVE_S = 15.0
SEND_WITHIN_S = 10.0
# How soon to look again while the database does not answer.
WITHOUT_DATABASE = timedelta(seconds=10)
# All pages come back after a restart, but not in the same moment.
RETRY_MS = (500, 3000)
HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}


class EventStream:
    """The stream of one open page. Each event is sent when it differs from the last one of its name."""

    def __init__(self, request: web.Request) -> None:
        self.response = web.StreamResponse(headers=HEADERS)
        self._request = request
        self._told: dict[str, str] = {}
        self._woken = asyncio.Event()
        self._ended = False

    @property
    def open(self) -> bool:
        transport = self._request.transport
        return not self._ended and transport is not None and not transport.is_closing()

    def wake(self) -> None:
        """Ends `wait`: there may be something to tell."""
        self._woken.set()

    def end(self) -> None:
        """Ends the stream as soon as it is not writing; the browser comes back."""
        self._ended = True
        self._woken.set()

    async def tell(self, event: str, data: str, version: str | None = None) -> None:
        """Sends the event, unless its `version` (the data, when not given) was sent before."""
        version = data if version is None else version
        if self._told.get(event) != version:
            lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
            await self._write(f"event: {event}\n{lines}\n")
            self._told[event] = version

    async def finish(self) -> None:
        """Ends the stream for good: the browser does not come back."""
        await self._write("event: over\ndata:\n\n")
        self.end()

    async def follow(self, tell: Callable[[], Awaitable[timedelta]]) -> None:
        """Tells again whenever the stream is woken, and after the time that `tell` returns, until the stream ends. It
        ends for good when `tell` raises NotFound."""
        while self.open:
            try:
                longest = await tell()
            except NotFound:
                await self.finish()
                return
            except Unavailable:
                longest = WITHOUT_DATABASE
            await self.wait(longest)

    async def wait(self, longest: timedelta) -> bool:
        """Until the stream is woken or ended, or this time has passed; whether it was woken or ended."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest.total_seconds()):
                while self.open and not self._woken.is_set():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), KEEP_ALIVE_S)
                    if not self._woken.is_set():
                        await self._write(":\n\n")
        woken = self._woken.is_set()
        self._woken.clear()
        return woken

    async def begin(self) -> None:
        try:
            await self.response.prepare(self._request)
        except ConnectionError:
            self.end()
        await self._write(f"retry: {random.randint(*RETRY_MS)}\n\n")  # noqa: S311 it only spreads the load

    async def _write(self, text: str) -> None:
        """A browser that is gone, or does not read, loses the stream."""
        if not self.open:
            return
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await self.response.write(text.encode())
        except (ConnectionError, TimeoutError):
            self.end()


class EventStreams:
    """The open streams of all visits."""

    def __init__(self) -> None:
        self._of: defaultdict[int, list[EventStream]] = defaultdict(list)
        self._closed = False

    @asynccontextmanager
    async def open(self, request: web.Request, visit_id: int) -> AsyncIterator[EventStream]:
        """A new stream of this visit, which has at most STREAMS_EACH: the oldest one gives way to it."""
        stream = EventStream(request)
        await stream.begin()
        streams = self._of[visit_id]
        streams.append(stream)
        await self._limit(streams)
        if self._closed:
            stream.end()
        try:
            yield stream
        except Exception:
            # What has begun cannot become an error page any more.
            log.exception("a stream of events failed")
        finally:
            streams.remove(stream)
            if not streams:
                self._of.pop(visit_id, None)

    def close(self) -> None:
        """Ends all streams, and each that is opened from now on: the server stops."""
        self._closed = True
        for streams in self._of.values():
            for stream in streams:
                stream.end()

    @staticmethod
    async def _limit(streams: list[EventStream]) -> None:
        open_ones = [stream for stream in streams if stream.open]
        for stream in open_ones[:-STREAMS_EACH]:
            await stream.finish()
