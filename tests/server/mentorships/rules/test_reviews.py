"""Who is asked when, and what is shown: only what both would like to change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidInput
from server.mentorships.rules.reviews import (
    EVERY,
    LOOK_AGAIN,
    OPEN,
    Answer,
    Answers,
    Matter,
    Review,
    ReviewFacts,
    asks_at,
    checked_answers,
    shared_wishes,
)
from tests.server.actors import NOW

HALF_A_YEAR_AGO = ReviewFacts(NOW - EVERY, None, last_catchups=False)
MOMENT = timedelta(microseconds=1)
SAID = st.builds(
    lambda chosen: Answers(chosen) if chosen else Answers(not_now=True),
    st.dictionaries(st.sampled_from(Matter), st.sampled_from(Answer)),
)


@pytest.mark.parametrize(
    ("facts", "at"),
    [
        (HALF_A_YEAR_AGO, NOW),
        (replace(HALF_A_YEAR_AGO, began_at=NOW), NOW + EVERY),
        (replace(HALF_A_YEAR_AGO, began_at=NOW - 5 * EVERY - OPEN), NOW + EVERY - OPEN),
        (replace(HALF_A_YEAR_AGO, planned=NOW + OPEN), NOW + OPEN),
        (replace(HALF_A_YEAR_AGO, began_at=NOW - MOMENT, planned=NOW - MOMENT), NOW),
        (replace(HALF_A_YEAR_AGO, last_catchups=True), NOW + LOOK_AGAIN),
        (replace(HALF_A_YEAR_AGO, planned=NOW + OPEN, last_catchups=True), NOW + OPEN),
    ],
)
def test_half_a_year_after_the_beginning_or_the_last_round(facts, at):
    assert asks_at(facts, NOW) == at


@given(st.integers(0, 1000), st.none() | st.integers(-500, 500), st.booleans())
def test_it_is_never_asked_early_and_never_in_the_last_catchups(began, planned, last):
    facts = ReviewFacts(
        NOW - timedelta(days=began),
        None if planned is None else NOW + timedelta(days=planned),
        last_catchups=last,
    )
    at = asks_at(facts, NOW)
    assert at >= NOW
    if at == NOW:
        assert not last
        assert (facts.planned or facts.began_at + EVERY) <= NOW


def test_a_round_is_open_until_its_end_and_not_once_it_is_closed():
    review = Review(NOW)
    assert (review.is_open(NOW - MOMENT), review.is_open(NOW)) == (True, False)
    assert not Review(NOW, ()).is_open(NOW - MOMENT)


@given(SAID, SAID)
def test_what_is_shared_is_what_each_said_and_the_same_for_both(one, other):
    shared = shared_wishes(one, other)
    assert shared == shared_wishes(other, one)
    for matter in Matter:
        wishes = [said.by_matter.get(matter) is Answer.CHANGE for said in (one, other)]
        assert (matter in shared) == all(wishes)


@given(SAID, SAID, st.sampled_from(Matter))
def test_who_does_not_wish_a_change_learns_nothing_about_that_matter(one, other, matter):
    """Whatever the other says about it, what is shared is the same; so also for one who said nothing at all."""
    one = Answers({each: said for each, said in one.by_matter.items() if each is not matter})
    for mine in (one, Answers({**one.by_matter, matter: Answer.FITS})):
        seen = {
            shared_wishes(mine, Answers({**other.by_matter, matter: theirs} if theirs else other.by_matter))
            for theirs in (*Answer, None)
        }
        without = Answers({each: said for each, said in other.by_matter.items() if each is not matter})
        assert seen == {shared_wishes(mine, without)}


def test_one_answer_is_enough_and_none_is_not_now():
    typed = dict.fromkeys(Matter, "") | {Matter.HOUR: "change"}
    assert checked_answers(typed) == Answers({Matter.HOUR: Answer.CHANGE})
    for wrong in ("", "perhaps"):
        with pytest.raises(InvalidInput):
            checked_answers({Matter.HOUR: wrong})
