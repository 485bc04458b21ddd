"""Who is in calls, where, and how good their connections are."""

from signaling.hub.attendances import LiveAttendance, LiveAttendances
from signaling.news import Joined, Sample

ANN, BOB = Joined("a", "7", "ann", 1.0), Joined("b", "7", "bob", 2.0)
FIRST, SECOND = Sample("a", 10.0, 0.0, 0.1, 1.0, 2.0), Sample("a", 20.0, 0.5, 0.1, 1.0, 2.0)


def test_it_knows_the_newest_sample_and_hands_each_out_once() -> None:
    found: LiveAttendances[str] = LiveAttendances()
    found.add(ANN, "one")
    found.add(BOB, "two")
    found.measure([FIRST, SECOND, Sample("gone", 20.0, 0.0, 0.1, 1.0, 2.0)])
    assert found.live == (LiveAttendance(ANN, "one", SECOND), LiveAttendance(BOB, "two", None))
    assert (found.take_samples(), found.take_samples()) == ((FIRST, SECOND), ())
    assert (found.calls, list(found)) == ({"7"}, ["a", "b"])


def test_those_of_a_lost_relay_process_are_forgotten() -> None:
    found: LiveAttendances[object] = LiveAttendances()
    one, two = object(), object()
    found.add(ANN, one)
    found.add(BOB, two)
    assert found.remove_all(one) == [ANN]
    found.remove("unknown")
    assert list(found) == ["b"]


def test_who_watches_is_told_of_each_change_until_they_stop() -> None:
    found: LiveAttendances[str] = LiveAttendances()
    told: list[int] = []
    with found.watch(lambda: told.append(len(found))):
        found.add(ANN, "one")
        found.measure([FIRST])
        found.remove("a")
    found.add(BOB, "one")
    assert told == [1, 1, 0]
