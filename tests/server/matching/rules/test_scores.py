from dataclasses import replace

import pytest

from server.matching.rules.model import TERMS, Applicant, MatchSide, Term
from server.matching.rules.scores import points

ONE = Applicant(1, MatchSide.MENTOR, frozenset({"en"}), frozenset({1, 2}), frozenset({"video"}))
OTHER = replace(ONE, id=2, side=MatchSide.MENTEE)


def test_the_terms_are_at_most_six_and_together_a_hundred() -> None:
    assert TERMS.keys() == set(Term)
    assert len(TERMS) <= 6
    assert sum(TERMS.values()) == 100


def test_two_with_the_least_in_common() -> None:
    assert points(ONE, OTHER, 0) == dict.fromkeys(Term, 0) | {Term.HOURS: 1}


@pytest.mark.parametrize(
    ("brings", "seeks", "expected"),
    [
        ((), (1,), 0),
        ((1,), (), 0),
        ((1,), (1,), 40),
        ((1,), (1, 2), 20),
        ((1,), (1, 2, 3), 13),
        ((1, 2, 3), (1, 2, 3, 4, 5), 40),
    ],
)
def test_topics(brings: tuple[int, ...], seeks: tuple[int, ...], expected: int) -> None:
    mentor, mentee = replace(ONE, topics=frozenset(brings)), replace(OTHER, topics=frozenset(seeks))
    assert points(mentor, mentee, 0)[Term.TOPICS] == expected


@pytest.mark.parametrize(("common", "expected"), [({1, 2}, 1), ({1, 2, 3}, 2), ({335, 0, 7}, 1), (set(range(60)), 20)])
def test_hours(common: set[int], expected: int) -> None:
    free = frozenset(common)
    assert points(replace(ONE, slots=free), replace(OTHER, slots=free | {100}), 0)[Term.HOURS] == expected


@pytest.mark.parametrize(("common", "expected"), [(("en",), 0), (("en", "de"), 3), (("en", "de", "ar"), 5)])
def test_languages(common: tuple[str, ...], expected: int) -> None:
    mentor, mentee = replace(ONE, languages=frozenset(common)), replace(OTHER, languages=frozenset((*common, "tr")))
    assert points(mentor, mentee, 0)[Term.LANGUAGES] == expected


def test_media_and_words() -> None:
    both = frozenset({"video", "phone"})
    counted = points(replace(ONE, media=both), replace(OTHER, media=both), 17)
    assert (counted[Term.MEDIA], counted[Term.WORDS]) == (5, 17)


def test_what_somebody_says_of_themselves_counts_only_when_the_other_asked() -> None:
    woman = frozenset({"a woman"})
    assert points(replace(ONE, says=woman), replace(OTHER, says=woman), 0)[Term.WISHES] == 0
    assert points(replace(ONE, says=woman), replace(OTHER, wishes=woman), 0)[Term.WISHES] == 10
    assert points(ONE, replace(OTHER, wishes=woman), 0)[Term.WISHES] == 0
    assert points(replace(ONE, says=woman, wishes=woman), replace(OTHER, wishes=woman), 0)[Term.WISHES] == 5
