"""One browser's WebSocket in the hub: what comes is measured and parsed, what goes is queued."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from aiohttp import WSMessage, WSMsgType, web

from signaling.protocol import messages
from signaling.rate_limit import TokenBucket

RATE = 50
BURST = 100
MAX_MALFORMED = 20
MAX_QUEUED = 512
HEARTBEAT = 10.0
# Above the protocol's own limit, so that a message somewhat too long gets an error and not a dead socket.
MAX_FRAME = 2 * messages.MAX_BYTES


def browser_socket() -> web.WebSocketResponse:
    """The WebSocket that `Hub.serve` wants: bounded, and noticing within 15 seconds that a browser vanished."""
    return web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MAX_FRAME, compress=False)


class Browser:
    """`say` takes each message that passed; `name` is the hub's name for this socket."""

    def __init__(
        self, name: str, socket: web.WebSocketResponse, say: Callable[[messages.BrowserMessage], None]
    ) -> None:
        self.name = name
        self._socket = socket
        self._say = say
        self._bucket = TokenBucket(BURST, RATE, time.monotonic())
        self._malformed = 0
        self._closing = False
        self._last = time.monotonic()
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()

    @property
    def silent(self) -> float:
        """Seconds for which nothing had been heard when the socket closed: 0 unless it ceased to answer."""
        timed_out = isinstance(self._socket.exception(), TimeoutError)
        return time.monotonic() - self._last if timed_out else 0.0

    def tell(self, text: str) -> None:
        """Queue a frame; a browser that does not read is cut off."""
        if self._queue.qsize() < MAX_QUEUED:
            self._queue.put_nowait(text)
        else:
            self.close(messages.TOO_MANY)

    def close(self, code: int) -> None:
        """Close with this code after what is queued."""
        self._closing = True
        self._queue.put_nowait(code)

    async def converse(self) -> None:
        """Read and write until the socket is closed, by either side."""
        writing = asyncio.create_task(self._write())
        try:
            async for frame in self._socket:
                self._last = time.monotonic()
                if not self._take(frame):
                    break
            else:
                # When it is our own writer that closes, it must come to the end of it.
                if not self._closing:
                    writing.cancel()
        except asyncio.CancelledError:
            writing.cancel()
            raise
        finally:
            with suppress(asyncio.CancelledError, ConnectionError):
                await writing

    async def _write(self) -> None:
        while True:
            next_one = await self._queue.get()
            if isinstance(next_one, int):
                await self._socket.close(code=next_one)
                return
            with suppress(ConnectionError):
                await self._socket.send_str(next_one)

    def _take(self, frame: WSMessage) -> bool:
        if not self._bucket.take(self._last):
            self._refuse(messages.Refused("too_often", "Too many messages."))
            self.close(messages.TOO_MANY)
            return False
        try:
            self._hear(messages.parse(_text_of(frame)))
        except messages.Refused as refused:
            self._refuse(refused)
            self._malformed += 1
            if self._malformed >= MAX_MALFORMED:
                self.close(messages.TOO_MANY_MALFORMED)
                return False
        return True

    def _hear(self, message: messages.BrowserMessage) -> None:
        if isinstance(message, messages.Ping):
            self.tell(messages.encode(messages.Pong(message.n)))
        else:
            self._say(message)

    def _refuse(self, refused: messages.Refused) -> None:
        self.tell(messages.encode(messages.Error(refused.code, refused.text, refused.about)))


def _text_of(frame: WSMessage) -> str:
    if frame.type is not WSMsgType.TEXT:
        raise messages.Refused("malformed", "Messages are text frames.")
    text: str = frame.data
    return text
