"""News is kept, in its order, until it is heard."""

from signaling.news import Came, Went
from signaling.protocol import control
from signaling.quality import NOTHING
from signaling.worker.unacknowledged import Unheard


def test_news_is_numbered_and_kept_until_it_is_heard() -> None:
    box = Unheard()
    came = box.add(Came("s", "7", "ann", 1.0))
    went = box.add(Went("s", "7", "ann", 2.0, "left", 0.5))
    assert came == control.StayCame(1, "s", "7", "ann", 1.0)
    assert went == control.StayWent(2, "s", "7", "ann", 2.0, "left", 0.5, NOTHING)
    assert list(box) == [came, went]
    box.heard(1)
    assert list(box) == [went]
    box.heard(0)
    box.heard(9)
    assert len(box) == 0
    assert box.add(Came("t", "7", "bob", 3.0)).number == 3
