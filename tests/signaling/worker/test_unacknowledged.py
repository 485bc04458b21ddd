"""News is kept, in its order, until it is acknowledged."""

from signaling.news import Joined, Left
from signaling.protocol import control
from signaling.quality import UNMEASURED
from signaling.worker.unacknowledged import Unacknowledged


def test_news_is_numbered_and_kept_until_it_is_acknowledged() -> None:
    news = Unacknowledged()
    joined = news.add(Joined("s", "7", "ann", 1.0))
    left = news.add(Left("s", "7", "ann", 2.0, "left", 0.5))
    assert joined == control.StayCame(1, "s", "7", "ann", 1.0)
    assert left == control.StayWent(2, "s", "7", "ann", 2.0, "left", 0.5, UNMEASURED)
    assert list(news) == [joined, left]
    news.ack(1)
    assert list(news) == [left]
    news.ack(0)
    news.ack(9)
    assert len(news) == 0
    assert news.add(Joined("t", "7", "bob", 3.0)).number == 3
