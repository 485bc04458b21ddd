"""News is kept, in its order, until it is acknowledged."""

from signaling.news import Joined, Left
from signaling.protocol.control import NumberedNews
from signaling.worker.unacknowledged import Unacknowledged


def test_news_is_numbered_and_kept_until_it_is_acknowledged() -> None:
    news = Unacknowledged()
    first, second = Joined("s", "7", "ann", 1.0), Left("s", "7", "ann", 2.0, "left")
    joined, left = news.add(first), news.add(second)
    assert (joined, left) == (NumberedNews(1, first), NumberedNews(2, second))
    assert list(news) == [joined, left]
    news.ack(1)
    assert list(news) == [left]
    news.ack(0)
    news.ack(9)
    assert len(news) == 0
    assert news.add(Joined("t", "7", "bob", 3.0)).number == 3
