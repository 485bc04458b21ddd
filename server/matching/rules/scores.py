"""What a pair counts, in whole points of each term. It is of these two alone: no term knows how many others there are
who bring or seek the same, but for how rare a word is among mentees (`words`)."""

from collections.abc import Mapping

from server.matching.rules.common_ground import hour_begins
from server.matching.rules.model import (
    ENOUGH_TOPICS,
    LANGUAGE_POINTS,
    TERMS,
    Applicant,
    Term,
)


def points(mentor: Applicant, mentee: Applicant, words: int) -> Mapping[Term, int]:
    """Of a pair whom no hard rule keeps apart. `words` are the points of their words."""
    return {
        Term.TOPICS: topic_points(len(mentor.topics & mentee.topics), len(mentee.topics)),
        Term.WORDS: words,
        Term.HOURS: min(TERMS[Term.HOURS], len(hour_begins(mentor.slots & mentee.slots))),
        Term.LANGUAGES: min(TERMS[Term.LANGUAGES], LANGUAGE_POINTS * (len(mentor.languages & mentee.languages) - 1)),
        Term.MEDIA: min(1, len(mentor.media & mentee.media) - 1) * TERMS[Term.MEDIA],
        Term.WISHES: wish_points(
            len(mentee.wishes & mentor.says) + len(mentor.wishes & mentee.says),
            len(mentee.wishes) + len(mentor.wishes),
        ),
    }


def topic_points(common: int, sought: int) -> int:
    enough = min(sought, ENOUGH_TOPICS)
    return TERMS[Term.TOPICS] * min(common, enough) // enough if enough else 0


def wish_points(met: int, asked: int) -> int:
    return TERMS[Term.WISHES] * met // asked if asked else 0
