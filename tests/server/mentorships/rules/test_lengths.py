"""Planned lengths: the smaller of two holds, and the last catch-up is foreseen from the rhythm."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.routines import Every
from server.errors import InvalidInput
from server.mentorships.rules.lengths import (
    APART,
    LEAST,
    MOST,
    PlannedLength,
    checked_length,
    last_planned,
    standing_length,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LENGTHS = st.builds(PlannedLength, st.integers(LEAST, MOST), st.sampled_from(Every))


def test_each_rhythm_has_its_days():
    assert APART.keys() == set(Every)


def test_what_is_typed():
    assert checked_length(" 10 ", "month") == PlannedLength(10, Every.MONTH)
    for typed in ("", "2", "61", "-3", "3.5", "٣٣٣٣", "1000000"):
        with pytest.raises(InvalidInput) as wrong:
            checked_length(typed, "month")
        assert wrong.value.field == "catchups"
    with pytest.raises(InvalidInput) as wrong:
        checked_length("10", "year")
    assert wrong.value.field == "every"


@given(LENGTHS, LENGTHS)
def test_the_smaller_holds_in_either_order(one, other):
    holds = standing_length(one, other)
    assert holds == standing_length(other, one)
    for said in (one, other):
        assert holds.catchups <= said.catchups
        assert APART[holds.every] >= APART[said.every]
    assert standing_length(one, one) == one
    assert standing_length(one, None) is standing_length(None, one) is None


@given(LENGTHS, st.integers(0, 70), st.integers(0, 400))
def test_the_last_is_not_foreseen_in_the_past_and_comes_sooner_with_each_that_was_held(length, held, days):
    newest = NOW - timedelta(days=days)
    at = last_planned(length, held, newest, NOW)
    if held >= length.catchups:
        assert at == newest
    else:
        assert at >= NOW
        assert last_planned(length, held + 1, newest, NOW) <= at


def test_six_of_ten():
    assert last_planned(PlannedLength(10, Every.TWO_WEEKS), 6, NOW, NOW) == NOW + timedelta(weeks=8)
