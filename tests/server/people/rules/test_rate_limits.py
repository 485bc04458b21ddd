"""An allowance: so many tries at once, each back after its time, never more than the whole."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import TooManyTries
from server.people.rules.rate_limits import ALL, Allowance, Tries, give_back, take

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TWENTY = Allowance("twenty", 20, timedelta(hours=1))
WHOLE = Tries(20.0, NOW)


def after(times: int) -> Tries:
    tries = WHOLE
    for _ in range(times):
        tries = take(tries, TWENTY, NOW)
    return tries


def test_the_twenty_first_is_too_many_and_says_when_to_come_back() -> None:
    with pytest.raises(TooManyTries) as refusal:
        take(after(20), TWENTY, NOW)
    assert refusal.value.again_at == NOW + timedelta(minutes=3)
    assert take(after(20), TWENTY, refusal.value.again_at).left == 0


def test_one_is_too_early_just_before() -> None:
    with pytest.raises(TooManyTries) as refusal:
        take(after(20), TWENTY, NOW + timedelta(minutes=1))
    assert refusal.value.again_at == NOW + timedelta(minutes=3)


def test_after_the_whole_time_all_are_back_and_no_more() -> None:
    assert take(after(20), TWENTY, NOW + timedelta(days=2)).left == 19


def test_one_given_back_does_not_count() -> None:
    assert give_back(after(1), TWENTY) == WHOLE
    assert give_back(WHOLE, TWENTY) == WHOLE


def test_times_that_come_in_another_order_bring_none_back() -> None:
    earlier = take(after(5), TWENTY, NOW - timedelta(minutes=30))
    assert earlier == Tries(14.0, NOW)


@given(st.lists(st.integers(-60, 600), max_size=200))
def test_never_more_pass_than_there_were_and_came_back(steps: list[int]) -> None:
    tries, now, passed = WHOLE, NOW, 0
    latest, waits = NOW, []
    for seconds in steps:
        now += timedelta(seconds=seconds)
        latest = max(latest, now)
        try:
            tries = take(tries, TWENTY, now)
            passed += 1
        except TooManyTries as refusal:
            waits.append((now, refusal.again_at, latest))
    assert all(now < again_at <= latest + TWENTY.each for now, again_at, latest in waits)
    assert passed <= 20 + (latest - NOW) / TWENTY.each


def test_each_has_a_name_of_its_own() -> None:
    assert len({allowance.name for allowance in ALL}) == len(ALL)
