"""Which hub is told what."""

from typing import Any

from signaling.news import Joined
from signaling.protocol import control
from signaling.worker.hubs import Hubs
from signaling.worker.unacknowledged import Unacknowledged

JOINED = Joined("a", "7", "ann", 1.0)


class Told:
    """A connection that keeps what it is to send."""

    def __init__(self, *, observes: bool) -> None:
        self.observes = observes
        self.posted: list[control.RelayMessage] = []
        self.post = self.posted.append


def test_the_latest_that_records_gets_the_news_and_all_that_observe_are_told() -> None:
    hubs: Any = Hubs()
    earlier, latest, observing = Told(observes=False), Told(observes=False), Told(observes=True)
    for hub in (earlier, latest, observing):
        hubs.add(hub)
    news = Unacknowledged()
    hubs.report(news.add(JOINED))
    hubs.repeat(news, earlier)
    hubs.repeat(news, observing)
    assert [hub.posted for hub in (earlier, latest)] == [[control.NumberedNews(1, JOINED)]] * 2
    assert observing.posted == [control.Noted(JOINED)]
    assert hubs.recording == (earlier, latest)
    hubs.post(control.Draining())
    assert [hub.posted[-1] for hub in (earlier, latest, observing)] == [control.Draining()] * 3
    hubs.record(control.Talking(("7",)))
    assert [hub.posted[-1] == control.Talking(("7",)) for hub in (earlier, latest, observing)] == [False, True, False]


def test_one_that_is_gone_or_never_came_is_told_nothing() -> None:
    hubs: Any = Hubs()
    gone = Told(observes=True)
    hubs.add(gone)
    hubs.remove(gone)
    hubs.remove(Told(observes=False))
    hubs.post(control.Draining())
    assert (gone.posted, hubs.recording) == ([], ())
