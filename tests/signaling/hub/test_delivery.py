"""News is told in order, and confirmed afterwards: again while the store is away, and aside when it is at fault."""

import asyncio
from collections.abc import Callable

import pytest

from signaling.hub import delivery
from signaling.hub.delivery import Delivery
from signaling.news import Joined, News, Present, StoreAway


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


async def test_while_the_store_is_away_news_waits_and_keeps_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "RETRY_AFTER", 0)
    heard: list[object] = []

    async def take(news: News) -> None:
        heard.append(news)
        if len(heard) < 3:
            raise StoreAway("the disk is full")

    made = Delivery(take)
    first, second = Present((), 0.0), Present((), 1.0)
    made.add(first, confirm(heard, 1))
    made.add(second)
    running = asyncio.create_task(made.run())
    await made.flush()
    running.cancel()
    assert heard == [first, first, first, 1, second]


async def test_news_that_cannot_be_stored_is_set_aside_and_all_behind_it_goes() -> None:
    """Each fault once: 10 of 100 pieces raise whatever they like; each is tried once and acknowledged."""
    faults = (ValueError, KeyError, RecursionError, OSError, TimeoutError)
    tried, aside, confirmed = [], [], []

    async def take(news: News) -> None:
        tried.append(news)
        if news.at % 10 == 3:
            raise faults[int(news.at // 10) % len(faults)](news.person)

    async def set_aside(news: News, error: Exception) -> None:
        aside.append((news, type(error)))

    made = Delivery(take, set_aside)
    news = [Joined(f"stay{at}", "7", "1", float(at)) for at in range(100)]
    for number, each in enumerate(news):
        made.add(each, confirm(confirmed, number))
    running = asyncio.create_task(made.run())
    await made.flush()
    running.cancel()
    assert tried == news
    assert confirmed == list(range(100))
    assert aside == [(news[at], faults[at // 10 % len(faults)]) for at in range(3, 100, 10)]


async def test_what_cannot_even_be_set_aside_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "RETRY_AFTER", 0)
    heard: list[object] = []

    async def take(news: News) -> None:
        if news.at == 0.0:
            raise ValueError

    async def set_aside(news: News, error: Exception) -> None:
        heard.append(news)
        raise StoreAway if len(heard) < 3 else LookupError

    made = Delivery(take, set_aside)
    first, second = Present((), 0.0), Present((), 1.0)
    made.add(first, confirm(heard, 1))
    made.add(second, confirm(heard, 2))
    running = asyncio.create_task(made.run())
    await made.flush()
    running.cancel()
    assert heard == [first, first, first, 1, 2]


async def test_the_end_waits_for_the_last_news_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FLUSH_WITHIN", 0.05)

    async def never(news: News) -> None:
        await asyncio.Event().wait()

    made = Delivery(never)
    running = asyncio.create_task(made.run())
    made.add(Present((), 0.0))
    await asyncio.wait_for(made.flush(), 5)
    running.cancel()
