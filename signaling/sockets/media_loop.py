"""An event loop that waits for datagrams without turning.

A turn of asyncio's loop costs as much as ten packets. So the sockets with media are read where the loop waits: its
selector returns only when something else is to be done, such as a control message, a timer or a connection.
"""

import asyncio
import contextvars
import select
import selectors
import time
from collections.abc import Callable
from typing import TypeVarTuple

_Ts = TypeVarTuple("_Ts")
# Datagrams a second above which the loop pauses after it has read, so that the next batch is larger. Each wake-up costs
# as much as some packets, but nobody sees or hears half a millisecond. The pause follows the load: 0.35 ms at 10,000.
BUSY = 5000
SECONDS_A_DATAGRAM_A_SECOND = 35e-9
LONGEST_PAUSE = 0.0005
MEASURE_INTERVAL = 0.05


class _MediaSelector(selectors.EpollSelector):
    """A selector that reads media sockets while it waits for the others."""

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        super().__init__()
        self._failed = failed
        # The set of the others can be waited for like a socket.
        self._others = super().fileno()
        self._waiting = select.epoll()
        self._waiting.register(self._others, select.EPOLLIN)
        self._media: dict[int, Callable[[], int]] = {}
        # Seconds; 0 for none.
        self.pause = 0.0
        self._received = 0
        self._measured_at = 0.0
        # Whether the loop has got something to do since it began to wait.
        self.interrupted = False

    def add_media(self, number: int, read: Callable[[], int]) -> None:
        self._media[number] = read
        self._waiting.register(number, select.EPOLLIN)

    def remove_media(self, number: int) -> None:
        if self._media.pop(number, None) is not None:
            self._waiting.unregister(number)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.interrupted = False
        wait, now = timeout, time.monotonic()
        end = None if timeout is None else now + timeout
        while True:
            if self.pause and wait != 0 and select.select((self._others,), (), (), self.pause)[0]:
                break
            if self._read(wait) or self.interrupted:
                break
            now = time.monotonic()
            self._measure(now)
            if end is not None and (wait := end - now) <= 0:
                break
        return super().select(0)

    def _read(self, wait: float | None) -> bool:
        """Reads all media sockets that can be read, the first one within `wait` seconds; whether others can, too."""
        others, media = False, self._media
        for number, _ in self._waiting.poll(wait):
            read = media.get(number)
            if read is not None:
                try:
                    self._received += read()
                except Exception as error:
                    self._failed(error)
            elif number == self._others:
                others = True
        return others

    def _measure(self, now: float) -> None:
        passed = now - self._measured_at
        if passed >= MEASURE_INTERVAL:
            rate = self._received / passed
            self.pause = min(LONGEST_PAUSE, SECONDS_A_DATAGRAM_A_SECOND * rate) if rate > BUSY else 0.0
            self._measured_at, self._received = now, 0

    def close(self) -> None:
        self._waiting.close()
        super().close()


class MediaLoop(asyncio.SelectorEventLoop):
    """asyncio's loop, with sockets whose datagrams are read while it waits. Linux."""

    def __init__(self) -> None:
        self._media_selector = _MediaSelector(self._report)
        super().__init__(self._media_selector)

    def add_media_reader(self, number: int, read: Callable[[], int]) -> None:
        """Calls `read` each time the socket with this file number can be read, without a turn of the loop.

        It returns how many datagrams it has read.
        """
        self._media_selector.add_media(number, read)

    def remove_media_reader(self, number: int) -> None:
        """Ends that; nothing happens when there was none."""
        self._media_selector.remove_media(number)

    @property
    def pause(self) -> float:
        """How long the loop pauses between reading, in seconds: 0 unless much media comes."""
        return self._media_selector.pause

    def _report(self, error: Exception) -> None:
        self.call_exception_handler({"message": "reading media failed", "exception": error})

    def call_soon(
        self,
        callback: Callable[[*_Ts], object],
        *args: *_Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        self._media_selector.interrupted = True
        return super().call_soon(callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*_Ts], object],
        *args: *_Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        self._media_selector.interrupted = True
        return super().call_at(when, callback, *args, context=context)
