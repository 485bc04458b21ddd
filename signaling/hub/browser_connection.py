"""One browser's WebSocket in the hub: what comes in is limited and parsed, what goes out is queued."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR

from aiohttp import WSMessage, WSMsgType, web

from signaling.protocol import messages
from signaling.rate_limit import TokenBucket

RATE = 50
BURST = 100
MAX_MALFORMED = 20
MAX_QUEUED = 512
HEARTBEAT = 10.0
CLOSES_WITHIN = 2.0
# Above the protocol's own limit, so that a message somewhat too long gets an error and not a dead socket.
MAX_FRAME = 2 * messages.MAX_BYTES


def browser_socket() -> web.WebSocketResponse:
    """The WebSocket that `Hub.serve` wants: bounded, and noticing within 15 seconds that a browser vanished."""
    return web.WebSocketResponse(timeout=CLOSES_WITHIN, heartbeat=HEARTBEAT, max_msg_size=MAX_FRAME, compress=False)


class BrowserConnection:
    """`forward` takes each valid message but pings, which are answered here."""

    def __init__(self, socket: web.WebSocketResponse, forward: Callable[[messages.ClientMessage], None]) -> None:
        self._socket = socket
        self._forward = forward
        self._bucket = TokenBucket(BURST, RATE, time.monotonic())
        self._malformed = 0
        self.closing = False
        self._last_received = time.monotonic()
        # Texts to send; a number closes the socket with that code.
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()

    @property
    def silent(self) -> float:
        """Seconds for which nothing had been received when the socket closed: 0 unless it stopped answering."""
        timed_out = isinstance(self._socket.exception(), TimeoutError)
        return time.monotonic() - self._last_received if timed_out else 0.0

    def send(self, text: str) -> None:
        """Queue a frame; a browser that does not read is disconnected."""
        if self._queue.qsize() < MAX_QUEUED:
            self._queue.put_nowait(text)
        else:
            self.close(messages.TOO_MANY)

    def close(self, code: int) -> None:
        """Close with this code after what is queued; a browser that does not take it is cut off soon."""
        if not self.closing:
            asyncio.get_running_loop().call_later(CLOSES_WITHIN, self._cut_off)
        self.closing = True
        self._queue.put_nowait(code)

    async def run(self) -> None:
        """Read and write until either side closes the socket."""
        writing = asyncio.create_task(self._write())
        try:
            async for frame in self._socket:
                self._last_received = time.monotonic()
                if not self._receive(frame):
                    break
            else:
                # If our own writer closed the socket, it must finish.
                if not self.closing:
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

    def _cut_off(self) -> None:
        opened = self._socket.get_extra_info("socket")
        if opened is not None:
            # It may be closed by now.
            with suppress(OSError):
                opened.shutdown(SHUT_RDWR)

    def _receive(self, frame: WSMessage) -> bool:
        """Take one frame; False when no more are read."""
        if not self._bucket.take(self._last_received):
            self._refuse(messages.Refusal("too_often", "Too many messages."))
            self.close(messages.TOO_MANY)
            return False
        try:
            self._handle(messages.parse(_text_of(frame)))
        except messages.Refusal as refusal:
            self._refuse(refusal)
            self._malformed += 1
            if self._malformed >= MAX_MALFORMED:
                self.close(messages.TOO_MANY_MALFORMED)
                return False
        return True

    def _handle(self, message: messages.ClientMessage) -> None:
        if isinstance(message, messages.Ping):
            self.send(messages.encode(messages.Pong(message.n)))
        else:
            self._forward(message)

    def _refuse(self, refusal: messages.Refusal) -> None:
        self.send(messages.encode(messages.ErrorMessage(refusal.code, refusal.text, refusal.about)))


def _text_of(frame: WSMessage) -> str:
    if frame.type is not WSMsgType.TEXT:
        raise messages.Refusal("malformed", "Messages are text frames.")
    text: str = frame.data
    return text
