"""What hubs are told of a relay process that drains; test_main.py has a whole one."""

from types import SimpleNamespace
from typing import Any

from signaling.protocol import control
from signaling.worker.draining import DrainState
from signaling.worker.hubs import Hubs
from tests.signaling.worker.test_hubs import Told


def test_it_says_who_talks_to_the_hub_that_keeps_the_record_once_it_drains() -> None:
    rooms: Any = SimpleNamespace(attendances={"a": None}, talking=("7",))
    hubs: Any = Hubs()
    recording, observing = Told(observes=False), Told(observes=True)
    for hub in (recording, observing):
        hubs.add(hub)
    draining = DrainState(hubs, rooms)
    draining.say_who_talks()
    draining.greet(observing)  # type: ignore[arg-type]
    assert (recording.posted, observing.posted, draining.over) == ([], [], False)
    draining.begin()
    rooms.talking = ()
    draining.say_who_talks()
    assert recording.posted == [control.Talking(("7",)), control.Draining(), control.Talking(())]
    assert observing.posted == [control.Draining()]
    draining.greet(observing)  # type: ignore[arg-type]
    assert observing.posted == [control.Draining()] * 2
    assert not draining.over
    rooms.attendances.clear()
    assert draining.over
