"""What a mentor may propose, and how often."""

import pytest

from server.errors import InvalidInput
from server.introductions.rules.introductions import IntroductionState, Part
from server.introductions.rules.proposals import (
    MOST_IN_A_MONTH,
    MOST_WAITING,
    WORDS_LIMIT,
    Proposal,
    TooManyIntroductions,
    check_proposal,
    check_quota,
    words_for,
)

OWN = "maya@example.org"
GOOD = Proposal("She leads a kitchen.", "He would like to cook.", "Ana", "ana@example.org")


def test_it_is_taken_without_extra_spaces():
    typed = Proposal(" She leads a kitchen.\n", "He would like to cook. ", " Ana ", " ana@example.org ")
    assert check_proposal(typed, OWN) == GOOD


def test_somebody_of_an_own_mentorship_needs_no_name_and_address():
    assert check_proposal(Proposal("a", "b", "typed", "and left", 7), OWN) == Proposal("a", "b", third_mentorship=7)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Proposal("a", "b", "", "ana@example.org"), "third_name"),
        (Proposal("a", "b", "Ana", "ana"), "third_email"),
        (Proposal("a", "b", "Ana", "Maya@example.org"), "third_email"),
        (Proposal(" ", "b", "Ana", "ana@example.org"), "for_mentee"),
        (Proposal("a", "b" * (WORDS_LIMIT + 1), "Ana", "ana@example.org"), "for_third"),
    ],
)
def test_what_is_missing_or_too_long_is_named(typed, field):
    with pytest.raises(InvalidInput) as refusal:
        check_proposal(typed, OWN)
    assert refusal.value.field == field


def test_few_wait_at_once_and_few_are_made_in_a_month():
    asked, lapsed = IntroductionState.ASKED, IntroductionState.LAPSED
    check_quota([asked] * (MOST_WAITING - 1) + [lapsed])
    check_quota([lapsed] * (MOST_IN_A_MONTH - 1))
    for recent in ([asked] * MOST_WAITING, [lapsed] * MOST_IN_A_MONTH):
        with pytest.raises(TooManyIntroductions):
            check_quota(recent)


def test_each_of_the_two_reads_their_own_words():
    proposal = Proposal("for him", "for her", "Ana", "ana@example.org")
    assert [words_for(part, proposal) for part in (Part.MENTOR, Part.MENTEE, Part.THIRD)] == ["", "for him", "for her"]
    assert words_for(Part.MENTEE, None) == ""
