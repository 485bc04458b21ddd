"""A rate limit: so many tries at once, each back after its time, never more than the whole."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import TooManyTries
from server.people.rules.rate_limits import ALL, BucketState, RateLimit, counted_address, full_bucket, take_token

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TWENTY = RateLimit("twenty", 20, timedelta(hours=1))
FULL = full_bucket(TWENTY, NOW)


def after(times: int) -> BucketState:
    state = FULL
    for _ in range(times):
        state = take_token(state, TWENTY, NOW)
    return state


def test_the_twenty_first_is_too_many_and_says_when_to_come_back() -> None:
    with pytest.raises(TooManyTries) as refusal:
        take_token(after(20), TWENTY, NOW)
    assert refusal.value.again_at == NOW + timedelta(minutes=3)
    assert take_token(after(20), TWENTY, refusal.value.again_at).tokens == 0


def test_one_is_too_early_just_before() -> None:
    with pytest.raises(TooManyTries) as refusal:
        take_token(after(20), TWENTY, NOW + timedelta(minutes=1))
    assert refusal.value.again_at == NOW + timedelta(minutes=3)


def test_after_the_whole_time_all_are_back_and_no_more() -> None:
    assert take_token(after(20), TWENTY, NOW + timedelta(days=2)).tokens == 19


def test_an_address_is_counted_under_a_name_that_takes_the_key_to_compute() -> None:
    here = counted_address(b"key", "192.0.2.1")
    assert here == counted_address(b"key", "192.0.2.1")
    assert len({here, counted_address(b"another", "192.0.2.1"), counted_address(b"key", "192.0.2.2")}) == 3
    assert sha256(b"192.0.2.1").hexdigest() != here


def test_times_that_come_in_another_order_bring_none_back() -> None:
    earlier = take_token(after(5), TWENTY, NOW - timedelta(minutes=30))
    assert earlier == BucketState(14.0, NOW)


@pytest.mark.parametrize("limit", ALL, ids=lambda limit: limit.name)
def test_the_next_try_passes_at_the_time_that_was_said(limit: RateLimit) -> None:
    state = full_bucket(limit, NOW)
    for _ in range(limit.tries):
        state = take_token(state, limit, NOW)
    with pytest.raises(TooManyTries) as refusal:
        take_token(state, limit, NOW)
    assert take_token(state, limit, refusal.value.again_at).at == refusal.value.again_at


@given(st.lists(st.integers(-60, 600), max_size=200))
def test_never_more_pass_than_there_were_and_came_back(steps: list[int]) -> None:
    state, now, passed = FULL, NOW, 0
    latest, waits = NOW, []
    for seconds in steps:
        now += timedelta(seconds=seconds)
        latest = max(latest, now)
        try:
            state = take_token(state, TWENTY, now)
            passed += 1
        except TooManyTries as refusal:
            waits.append((now, refusal.again_at, latest))
    assert all(now < again_at <= latest + TWENTY.each for now, again_at, latest in waits)
    assert passed <= 20 + (latest - NOW) / TWENTY.each


def test_each_has_a_name_of_its_own() -> None:
    assert len({limit.name for limit in ALL}) == len(ALL)
