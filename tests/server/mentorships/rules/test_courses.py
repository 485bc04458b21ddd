"""The course of a planned mentorship, from its table and in any order of events."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mentorships.rules.courses import (
    ASKS,
    EMAILS,
    LOOK_AGAIN,
    NEAR,
    PLANNED,
    TRANSITIONS,
    WAITS,
    Course,
    CourseFacts,
    CourseState,
    NotNearlyOver,
    Wish,
    advance,
    check_asks,
    event_of,
    next_look,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FACTS = st.builds(
    CourseFacts,
    st.none() | st.integers(-3, 8),
    st.lists(st.sampled_from(Wish), max_size=2).map(tuple),
)
S = CourseState
BOTH_GO_ON, BOTH_FINISH, ONE_FINISHES = (Wish.GO_ON,) * 2, (Wish.FINISH,) * 2, (Wish.FINISH, Wish.GO_ON)


def course(state, over_at=None):
    return Course(state, NOW - timedelta(days=300), over_at)


@given(st.sampled_from(S), FACTS, st.integers(0, 40))
def test_every_step_is_in_the_table_and_it_comes_to_rest(state, facts, days):
    here = course(state, NOW - timedelta(days=days) if state is S.OVER else None)
    event = event_of(here, facts, NOW)
    assert event is None or (state, event) in TRANSITIONS
    change = advance(here, facts, NOW)
    assert (change is None) == (event is None)
    if change is not None:
        assert change.email == EMAILS.get(change.course.state)
        assert change.ends == (change.course.state is S.FINISHED)
        assert (change.course.over_at is not None) == (change.course.state is S.OVER)


@given(st.sampled_from(S), FACTS, st.integers(0, 13))
def test_one_wish_alone_changes_nothing_before_its_time(state, facts, days):
    """Neither what one of them wishes nor that they wish anything shows in the course, until both did or it is time."""
    here = course(state, NOW - timedelta(days=days) if state is S.OVER else None)
    silent = CourseFacts(facts.left, ())
    for wish in Wish:
        assert advance(here, CourseFacts(facts.left, (wish,)), NOW) == advance(here, silent, NOW)


@given(st.sampled_from(S), FACTS, st.integers(0, 400))
def test_nothing_ends_unless_somebody_wishes_that(state, facts, days):
    change = advance(course(state, NOW - timedelta(days=days)), facts, NOW)
    if change is not None and change.ends:
        assert Wish.FINISH in facts.wishes
        assert facts.left is not None
        assert facts.left <= 0


@pytest.mark.parametrize(
    ("state", "left", "wishes", "follows"),
    [
        (S.UNPLANNED, None, (), None),
        (S.UNPLANNED, 5, (), S.RUNNING),
        (S.RUNNING, NEAR + 1, (), None),
        (S.RUNNING, NEAR, (), S.CLOSING),
        (S.RUNNING, 0, (), S.OVER),
        (S.CLOSING, NEAR, BOTH_GO_ON, S.RUNNING),
        (S.CLOSING, NEAR, BOTH_FINISH, None),
        (S.CLOSING, NEAR + 1, (), S.RUNNING),
        (S.OVER, 1, (), S.CLOSING),
        (S.OVER, 0, BOTH_GO_ON, S.RUNNING),
        (S.OVER, 0, ONE_FINISHES, None),
        (S.OVER, 0, BOTH_FINISH, S.FINISHED),
        (S.FINISHED, None, (), None),
        (S.FINISHED, 5, (), S.RUNNING),
    ],
)
def test_what_follows(state, left, wishes, follows):
    change = advance(course(state, NOW if state is S.OVER else None), CourseFacts(left, wishes), NOW)
    assert (change.course.state if change else None) == follows


def test_one_who_would_like_to_finish_does_not_wait_for_ever():
    here, facts = course(S.OVER, NOW), CourseFacts(0, ONE_FINISHES)
    assert advance(here, facts, NOW + WAITS - timedelta(seconds=1)) is None
    assert advance(here, facts, NOW + WAITS).ends


def test_going_on_counts_from_now_and_asks_again_later():
    change = advance(course(S.OVER, NOW), CourseFacts(0, BOTH_GO_ON), NOW)
    assert (change.course, change.forgets_wishes) == (Course(S.RUNNING, NOW), True)


def test_when_each_is_asked():
    for state in S:
        if state in ASKS:
            check_asks(state)
        else:
            with pytest.raises(NotNearlyOver):
                check_asks(state)


@pytest.mark.parametrize("state", S)
def test_the_clock_looks_at_what_is_planned_each_day_and_when_the_time_is_over(state):
    assert next_look(course(state), NOW) == (NOW + LOOK_AGAIN if state in PLANNED else None)
    over_at = NOW - WAITS + timedelta(hours=3)
    if state is S.OVER:
        assert next_look(course(state, over_at), NOW) == over_at + WAITS
        assert next_look(course(state, over_at), over_at + WAITS) == over_at + WAITS + LOOK_AGAIN
