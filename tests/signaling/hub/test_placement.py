"""Which relay process a call lives in: spread, kept, moved when one is lost, and not in one that drains."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from signaling.hub.placement import Placement


@dataclass(eq=False)
class Relay:
    up: bool = True
    draining: bool = False


def test_new_calls_go_where_the_fewest_are() -> None:
    relays = [Relay(), Relay(), Relay()]
    placement = Placement(relays)
    assert [relays.index(placement.place(call)) for call in "abcdef"] == [0, 1, 2, 0, 1, 2]
    placement.forget("b")
    assert placement.place("g") is relays[1]


def test_a_call_stays_and_waits_for_its_relay_process() -> None:
    relays = [Relay(), Relay()]
    placement = Placement(relays)
    relay = placement.place("a")
    for call in "bcd":
        placement.place(call)
    assert placement.place("a") is relay
    relay.up = False
    assert placement.place("a") is None
    assert placement.relay_of("a") is relay
    placement.evict(relay)
    assert placement.place("a") is relays[1]


def test_one_that_drains_gets_new_calls_only_when_no_other_can() -> None:
    relays = [Relay(draining=True), Relay()]
    placement = Placement(relays)
    placement.assign("old", relays[0])
    assert [placement.place(call) for call in ("a", "b", "old")] == [relays[1], relays[1], relays[0]]
    relays[1].up = False
    assert placement.place("c") is relays[0]
    relays[0].up = False
    assert placement.place("d") is None


@given(st.lists(st.tuples(st.sampled_from("pfelud"), st.integers(0, 5), st.integers(0, 2)), max_size=60))
def test_a_call_never_moves_while_its_relay_process_lives(steps: list[tuple[str, int, int]]) -> None:
    relays = [Relay(), Relay(), Relay()]
    placement = Placement(relays)
    known: dict[str, Relay] = {}
    for what, call, at in steps:
        name, relay = str(call), relays[at]
        if what == "p":
            placed = placement.place(name)
            assert placed is None or placed.up
            assert placed in (None, known.get(name, placed))
            if placed is not None:
                known[name] = placed
        elif what == "f":
            placement.forget(name)
            known.pop(name, None)
        elif what == "e":
            placement.evict(relay)
            known = {each: relay for each, relay in known.items() if relay is not relay}
        elif what in "lu":
            relay.up = what == "u"
        else:
            relay.draining = not relay.draining
