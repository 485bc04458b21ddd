"""News is told in order, again until it is taken, and confirmed afterwards."""

import asyncio
from collections.abc import Callable

import pytest

from signaling.hub import delivery
from signaling.hub.delivery import Delivery
from signaling.news import News, Present


def confirm(heard: list[object], number: int) -> Callable[[], None]:
    return lambda: heard.append(number)


async def test_news_is_told_in_order_and_then_confirmed() -> None:
    heard: list[object] = []

    async def take(news: News) -> None:
        heard.append(news)

    made = Delivery(take)
    first, second, third = (Present((), float(at)) for at in range(3))
    made.add(first, confirm(heard, 1))
    made.add(second)
    running = asyncio.create_task(made.run())
    made.add(third, confirm(heard, 3))
    await made.flush()
    running.cancel()
    assert heard == [first, 1, second, third, 3]


async def test_news_is_told_again_until_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "RETRY_AFTER", 0)
    heard: list[object] = []

    async def take(news: News) -> None:
        heard.append(news)
        if len(heard) < 3:
            raise OSError("the disk is full")

    made = Delivery(take)
    first, second = Present((), 0.0), Present((), 1.0)
    made.add(first, confirm(heard, 1))
    made.add(second)
    running = asyncio.create_task(made.run())
    await made.flush()
    running.cancel()
    assert heard == [first, first, first, 1, second]


async def test_the_end_waits_for_the_last_news_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FLUSH_WITHIN", 0.05)

    async def never(news: News) -> None:
        await asyncio.Event().wait()

    made = Delivery(never)
    running = asyncio.create_task(made.run())
    made.add(Present((), 0.0))
    await asyncio.wait_for(made.flush(), 5)
    running.cancel()
