"""All pairs at once against one by one."""

from random import Random

import numpy as np

from server.matching.rules.model import Applicant, MatchSide
from server.matching.rules.words import WordWeights, read_words
from server.matching.solving.pairs import BLOCK, NEVER, Pairs, make_pairs
from server.matching.solving.word_points import WordPoints
from tests.server.matching.drawn_people import draw, reference_scores


def pairs_of(mentors: tuple[Applicant, ...], mentees: tuple[Applicant, ...]) -> Pairs:
    brought, sought = [read_words(each.words) for each in mentors], [read_words(each.words) for each in mentees]
    return make_pairs(mentors, mentees, WordPoints(brought, sought, WordWeights(sought)), lambda done, of: None)


def test_scores_are_those_of_the_rules() -> None:
    random, possible = Random(30), 0
    for _ in range(20):
        given = draw(random, 2 * BLOCK, 20, ruled=False)
        mentors, mentees = (tuple(given.side(side).values()) for side in (MatchSide.MENTOR, MatchSide.MENTEE))
        scores, expected = pairs_of(mentors, mentees).scores, reference_scores(given)
        for row, mentor in enumerate(mentors):
            for column, mentee in enumerate(mentees):
                if mentor.capacity > 0:
                    assert scores[row, column] == expected.get((mentor.id, mentee.id), NEVER)
        possible += len(expected)
    assert possible > 1000


def test_scarcity_raises_no_score() -> None:
    """Mentors leave until one is left: what a pair counts stays what it was."""
    given = draw(Random(31), 30, 30, ruled=False)
    mentors, mentees = (tuple(given.side(side).values()) for side in (MatchSide.MENTOR, MatchSide.MENTEE))
    scores = pairs_of(mentors, mentees).scores
    assert (scores > 0).sum() > 50
    for first in range(1, len(mentors)):
        assert np.array_equal(pairs_of(mentors[first:], mentees).scores, scores[first:])
