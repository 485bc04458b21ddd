"""The loop that reads media where it waits: nothing of its own is late, and media is not kept waiting."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from signaling.sockets.batch import BATCH, BatchPort
from signaling.sockets.media_loop import LONGEST_PAUSE, MediaLoop

FLOOD = 20_000


def run(main: Callable[[MediaLoop], Coroutine[Any, Any, None]]) -> None:
    async def started() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, MediaLoop)
        async with asyncio.timeout(60):
            await main(loop)

    with asyncio.Runner(loop_factory=MediaLoop) as runner:
        runner.run(started())


@contextmanager
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    """One with media, and one that sends to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media, socket.socket(type=socket.SOCK_DGRAM) as other:
        media.bind(("127.0.0.1", 0))
        media.setblocking(False)
        other.connect(media.getsockname())
        yield media, other


def test_what_a_reader_asks_for_is_done_at_once() -> None:
    with sockets() as (media, other):

        async def main(loop: MediaLoop) -> None:
            heard: asyncio.Future[bytes] = loop.create_future()
            later = asyncio.Event()

            def read() -> int:
                heard.set_result(media.recv(100))
                loop.call_later(0.01, later.set)
                return 1

            loop.add_media_reader(media.fileno(), read)
            # The loop waits for this one far longer than the test may take.
            far = loop.call_later(3600, later.set)
            loop.call_later(0.05, other.send, b"now")
            assert await heard == b"now"
            await later.wait()
            far.cancel()

        run(main)


def test_timers_and_threads_get_their_turn_in_a_flood() -> None:
    with sockets() as (media, other):

        async def main(loop: MediaLoop) -> None:
            count, over = 0, threading.Event()

            def read() -> int:
                nonlocal count
                media.recv(100)
                # There is always more.
                other.send(b"again")
                count += 1
                return 1

            loop.add_media_reader(media.fileno(), read)
            other.send(b"first")
            await asyncio.sleep(0.05)
            assert await asyncio.to_thread(lambda: "from a thread") == "from a thread"
            assert count > 0
            over.set()
            loop.remove_media_reader(media.fileno())
            counted = count
            await asyncio.sleep(0.05)
            assert count == counted, "it was read after the end"

        run(main)


def test_a_reader_that_fails_is_reported_and_the_others_go_on() -> None:
    with sockets() as (broken, to_broken), sockets() as (media, other):

        async def main(loop: MediaLoop) -> None:
            reported: asyncio.Future[Any] = loop.create_future()
            heard = asyncio.Event()
            loop.set_exception_handler(lambda _, context: reported.set_result(context["exception"]))

            def fail() -> int:
                broken.recv(100)
                raise ValueError("broken")

            def read() -> int:
                media.recv(100)
                heard.set()
                return 1

            loop.add_media_reader(broken.fileno(), fail)
            loop.add_media_reader(media.fileno(), read)
            to_broken.send(b"1")
            assert isinstance(await reported, ValueError)
            other.send(b"2")
            await heard.wait()

        run(main)


@pytest.mark.parametrize("flood", [True, False])
def test_a_busy_port_is_read_after_pauses_and_a_quiet_one_at_once(flood: bool) -> None:
    async def main(loop: MediaLoop) -> None:
        port, received = BatchPort("127.0.0.1", 0), 0
        batches: list[int] = []

        def drained() -> None:
            batches.append(received - sum(batches))

        def receive(*_: object) -> None:
            nonlocal received
            received += 1

        port.start(receive, drained)
        over = threading.Event()

        def send() -> None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as browser:
                browser.connect(("127.0.0.1", port.port))
                while not over.wait(0 if flood else 0.002):
                    browser.send(bytes(100))

        sending = asyncio.create_task(asyncio.to_thread(send))
        longest = 0.0
        while received < (FLOOD if flood else 100):
            await asyncio.sleep(0.01)
            longest = max(longest, loop.pause)
        over.set()
        await sending
        port.close()
        assert (longest > 0) is flood
        assert longest <= LONGEST_PAUSE
        assert max(batches) <= BATCH

    run(main)
