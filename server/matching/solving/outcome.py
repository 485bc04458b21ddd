"""From a matching to what is said of it: suggestions with their reasons, and who was left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from server.matching.rules.common_ground import reach_reason, reasons_for
from server.matching.rules.model import (
    NEXT_BEST,
    LeftOut,
    LeftOutReason,
    MatchSide,
    NextBest,
    Suggestion,
)
from server.matching.rules.scores import points
from server.matching.rules.words import WordText, WordWeights
from server.matching.solving.optimum import NOBODY, MentorOf
from server.matching.solving.problem import MatchProblem


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of mentors and mentees in their order."""

    brought: Sequence[WordText]
    sought: Sequence[WordText]
    weights: WordWeights


def suggestions(problem: MatchProblem, mentor_of: MentorOf, texts: Texts) -> tuple[Suggestion, ...]:
    """The lowest score first; those of equal score by the ids of mentor and mentee."""
    taken = Counter(mentor_of.tolist())
    scores = problem.scores
    pins = {(pin.mentor, pin.mentee) for pin in problem.pins}
    found = []
    for column in np.flatnonzero(mentor_of != NOBODY).tolist():
        row = int(mentor_of[column])
        mentor, mentee = problem.pairs.mentors[row], problem.pairs.mentees[column]
        brought, sought = texts.brought[row], texts.sought[column]
        counted = points(mentor, mentee, texts.weights.points(sought, brought))
        others = scores[:, column].astype(np.int32)
        others[row] = NOBODY
        # The ids are in order: of equal scores the lowest comes first, which the next line's sort keeps.
        ranked = np.argsort(-others, kind="stable")[:NEXT_BEST].tolist()
        next_best = tuple(
            NextBest(other.id, int(others[at]), taken[at] < other.capacity)
            for at in ranked
            if others[at] >= 0
            for other in (problem.pairs.mentors[at],)
        )
        score = sum(counted.values())
        found.append(
            Suggestion(
                mentor=mentor.id,
                mentee=mentee.id,
                score=score,
                points=counted,
                reasons=reasons_for(mentor, mentee, brought, sought, texts.weights),
                pinned=(mentor.id, mentee.id) in pins,
                first_choice=score >= int(others.max()),
                next_best=next_best,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.score, each.mentor, each.mentee)))


def left_out(problem: MatchProblem, mentor_of: MentorOf) -> tuple[LeftOut, ...]:
    """Mentees without a mentor and mentors without a mentee, by side and id."""
    pairs, matched = problem.pairs, set(mentor_of.tolist())
    mentees = [
        LeftOut(mentee.id, MatchSide.MENTEE, reach_reason(int(reach)))
        for mentee, reach, row in zip(pairs.mentees, pairs.mentee_reach, mentor_of, strict=True)
        if row == NOBODY
    ]
    mentors = [
        LeftOut(
            mentor.id, MatchSide.MENTOR, LeftOutReason.NO_PLACE if mentor.capacity <= 0 else reach_reason(int(reach))
        )
        for row, (mentor, reach) in enumerate(zip(pairs.mentors, pairs.mentor_reach, strict=True))
        if row not in matched
    ]
    return (*mentees, *mentors)
