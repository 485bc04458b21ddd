from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.matching.rules.common_ground import could_be, free_times, hour_begins, kept_apart, reach_reason, visible_bar
from server.matching.rules.model import WEEK_SLOTS, Applicant, LeftOutReason, MatchSide, PinRefusal, SharedHour

ONE = Applicant(1, MatchSide.MENTOR, frozenset({"en"}), frozenset({1, 2}), frozenset({"video"}), department="Sales")
OTHER = replace(ONE, id=2, side=MatchSide.MENTEE)
SLOTS = st.frozensets(st.integers(0, 20) | st.integers(WEEK_SLOTS - 10, WEEK_SLOTS - 1))


@pytest.mark.parametrize(
    ("slots", "times"),
    [
        ((), ()),
        ((5,), ()),
        ((5, 6), (SharedHour(5, 2),)),
        ((5, 6, 8), (SharedHour(5, 2),)),
        ((335, 0, 1), (SharedHour(335, 3),)),
        (range(WEEK_SLOTS), (SharedHour(0, WEEK_SLOTS),)),
    ],
)
def test_stretches_of_free_time(slots: tuple[int, ...], times: tuple[SharedHour, ...]) -> None:
    assert free_times(frozenset(slots)) == times


@given(SLOTS)
def test_stretches_hold_every_slot_of_an_hour_and_no_other(slots: frozenset[int]) -> None:
    within = [(time.begins + more) % WEEK_SLOTS for time in free_times(slots) for more in range(time.slots)]
    hours = {(begin + more) % WEEK_SLOTS for begin in hour_begins(slots) for more in (0, 1)}
    assert set(within) == hours <= slots
    assert len(within) == len(hours)


@given(SLOTS, SLOTS)
def test_a_common_hour_begins_where_an_hour_of_both_begins(one: frozenset[int], other: frozenset[int]) -> None:
    """By this the hours of all pairs are compared at once."""
    assert hour_begins(one & other) == hour_begins(one) & hour_begins(other)


@pytest.mark.parametrize(
    ("other", "bar"),
    [
        (OTHER, None),
        (replace(OTHER, languages=frozenset({"de"}), slots=frozenset()), PinRefusal.NO_LANGUAGE),
        (replace(OTHER, slots=frozenset({2, 3}), media=frozenset()), PinRefusal.NO_HOUR),
        (replace(OTHER, media=frozenset({"phone"})), PinRefusal.NO_MEDIUM),
    ],
)
def test_rules_that_others_may_know(other: Applicant, bar: PinRefusal | None) -> None:
    assert visible_bar(ONE, other) is bar
    assert could_be(ONE, other) == (bar is None)


@pytest.mark.parametrize(
    ("mentor", "mentee"),
    [
        (ONE, replace(OTHER, id=1)),
        (replace(ONE, not_with=frozenset({2})), OTHER),
        (ONE, replace(OTHER, not_with=frozenset({1}))),
        (replace(ONE, other_department=True), OTHER),
        (ONE, replace(OTHER, other_department=True, department="SALES")),
    ],
)
def test_who_is_kept_apart(mentor: Applicant, mentee: Applicant) -> None:
    assert kept_apart(mentor, mentee)
    assert not could_be(mentor, mentee)
    assert visible_bar(mentor, mentee) is None


def test_who_is_not_kept_apart() -> None:
    """Of the same department where nobody minds; of none where one does."""
    assert not kept_apart(ONE, OTHER)
    nowhere = replace(ONE, department="", other_department=True)
    assert not kept_apart(nowhere, replace(OTHER, department=""))
    assert not kept_apart(nowhere, replace(OTHER, not_with=frozenset({3})))


def test_each_reach_has_its_reason() -> None:
    assert [reach_reason(reach) for reach in range(4)] == [
        LeftOutReason.NO_LANGUAGE,
        LeftOutReason.NO_HOUR,
        LeftOutReason.NO_MEDIUM,
        LeftOutReason.NOT_THIS_TIME,
    ]
