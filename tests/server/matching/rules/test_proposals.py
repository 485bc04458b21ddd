"""The states of a proposal: each transition, whom it tells, and what each of the two sees."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.catchups.rules.ledger import ChoiceKind
from server.errors import InvalidInput
from server.matching.rules.proposals import (
    ANSWER_WITHIN,
    ASKED_EMAIL,
    BEFORE_CALL,
    OPEN,
    OVER_EMAIL,
    TRANSITIONS,
    MatchProposal,
    ProposalEvent,
    ProposalOver,
    ProposalSide,
    ProposalState,
    ProposalStatus,
    TimeNotFree,
    apply,
    check_starts,
    check_what_would_change,
    common_times,
    status_for,
)
from tests.server.actors import NOW

MENTOR, MENTEE = 1, 2
TIMES = (NOW + timedelta(days=3), NOW + timedelta(days=9))
ASKED = MatchProposal(1, 1, 11, 12, MENTOR, MENTEE, ProposalState.ASKS_MENTEE, NOW, NOW + ANSWER_WITHIN)
SAID_YES = replace(ASKED, state=ProposalState.ASKS_MENTOR, starts=TIMES)
E, S = ProposalEvent, ProposalState


def in_state(state):
    return replace(SAID_YES if state is S.ASKS_MENTOR else ASKED, state=state)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
@pytest.mark.parametrize("side", ProposalSide)
def test_what_the_table_has_is_possible_and_nothing_else(state, event, side):
    if TRANSITIONS.get((state, event), (None,))[0] is side:
        outcome = apply(in_state(state), event, side, NOW, TIMES)
        assert outcome.state is TRANSITIONS[state, event][1]
        assert (outcome.due_at is None) == (outcome.state not in OPEN)
    else:
        with pytest.raises(ProposalOver):
            apply(in_state(state), event, side, NOW, TIMES)


def test_the_mentor_is_asked_with_the_mentees_yes_and_answers_before_the_last_time():
    outcome = apply(ASKED, E.AGREE, ProposalSide.MENTEE, NOW, TIMES)
    assert (outcome.emails, outcome.choice) == (((MENTOR, ASKED_EMAIL),), ChoiceKind.AGREED_MATCH)
    assert outcome.due_at == NOW + ANSWER_WITHIN
    soon = apply(ASKED, E.AGREE, ProposalSide.MENTEE, NOW, TIMES[:1])
    assert soon.due_at == TIMES[0] - BEFORE_CALL


@pytest.mark.parametrize(
    ("before", "event", "side", "told"),
    [
        (ASKED, E.DECLINE, ProposalSide.MENTEE, []),
        (ASKED, E.TIME_OVER, ProposalSide.CLOCK, [MENTEE]),
        (ASKED, E.WITHDRAW, ProposalSide.COORDINATOR, [MENTEE]),
        (SAID_YES, E.DECLINE, ProposalSide.MENTOR, [MENTEE]),
        (SAID_YES, E.TAKE_BACK, ProposalSide.MENTEE, [MENTOR]),
        (SAID_YES, E.TIME_OVER, ProposalSide.CLOCK, [MENTEE, MENTOR]),
        (SAID_YES, E.MEMBER_LEFT, ProposalSide.SYSTEM, [MENTEE, MENTOR]),
    ],
)
def test_of_the_end_those_are_told_who_were_asked_and_did_not_bring_it_about(before, event, side, told):
    outcome = apply(before, event, side, NOW)
    assert outcome.emails == tuple((each, OVER_EMAIL) for each in told)


def test_nobody_answers_when_the_time_is_over():
    late = NOW + ANSWER_WITHIN
    for before, side in ((ASKED, ProposalSide.MENTEE), (SAID_YES, ProposalSide.MENTOR)):
        with pytest.raises(ProposalOver):
            apply(before, E.AGREE, side, late, TIMES)
        assert apply(before, E.TIME_OVER, ProposalSide.CLOCK, late).state is S.LAPSED


@pytest.mark.parametrize("state", [S.DECLINED, S.LAPSED, S.WITHDRAWN])
def test_a_no_and_silence_look_the_same(state):
    over = replace(SAID_YES, state=state, due_at=None)
    assert status_for(over, ProposalSide.MENTEE, NOW, said_no=False) is ProposalStatus.NOT_COME_ABOUT
    # A mentor who was never asked sees nothing of it.
    never = replace(ASKED, state=state, due_at=None)
    assert status_for(never, ProposalSide.MENTOR, NOW, said_no=False) is None


def test_what_each_sees_while_it_is_open():
    assert [status_for(ASKED, side, NOW, said_no=False) for side in (ProposalSide.MENTEE, ProposalSide.MENTOR)] == [
        ProposalStatus.ASKED,
        None,
    ]
    assert [status_for(SAID_YES, side, NOW, said_no=False) for side in (ProposalSide.MENTEE, ProposalSide.MENTOR)] == [
        ProposalStatus.WAITS,
        ProposalStatus.ASKED,
    ]


def test_times_are_of_those_that_are_free():
    assert common_times(TIMES, TIMES[1:]) == TIMES[1:]
    assert check_starts((TIMES[1], TIMES[0], TIMES[1]), TIMES) == TIMES
    with pytest.raises(InvalidInput):
        check_starts((), TIMES)
    with pytest.raises(TimeNotFree):
        check_starts(TIMES, TIMES[:1])


def test_words_are_stripped_and_not_too_long():
    assert check_what_would_change(" Evenings. ") == "Evenings."
    with pytest.raises(InvalidInput):
        check_what_would_change("x" * 501)
