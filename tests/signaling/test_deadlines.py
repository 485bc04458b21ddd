"""The earliest of many times, held against a dictionary that is searched each time."""

from hypothesis import given
from hypothesis import strategies as st

from signaling.deadlines import SPARE, Deadlines

STEPS = st.tuples(st.sampled_from("sbt"), st.integers(0, 5), st.none() | st.integers(0, 9))


@given(st.lists(STEPS, max_size=100))
def test_it_knows_the_earliest_of_all(steps: list[tuple[str, int, int | None]]) -> None:
    deadlines: Deadlines[int] = Deadlines()
    plain: dict[int, float] = {}
    for what, key, when in steps:
        if what == "t":
            now = when or 0
            assert sorted(deadlines.take_due(now)) == sorted(each for each in plain if plain[each] <= now)
            plain = {each: at for each, at in plain.items() if at > now}
        elif what == "b" and when is not None:
            deadlines.bring_forward(key, when)
            plain[key] = min(when, plain.get(key, when))
        else:
            deadlines.set(key, when)
            if when is None:
                plain.pop(key, None)
            else:
                plain[key] = when
        assert deadlines.due == min(plain.values(), default=None)


def test_what_is_out_of_date_does_not_pile_up() -> None:
    """As when a consent is renewed again and again while nothing is due."""
    deadlines: Deadlines[str] = Deadlines()
    for when in range(10_000):
        deadlines.set("consent", float(when))
    assert len(deadlines._heap) <= 2 + SPARE
    assert deadlines.take_due(10_000.0) == ["consent"]
    assert deadlines.due is None
