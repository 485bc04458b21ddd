"""A membership's states: what the table allows, and what follows."""

import itertools

import pytest

from server.catchups.rules.ledger import ChoiceKind, ShownWording, Statement
from server.people.rules.audit import Act
from server.schemes.rules.memberships import (
    CONSEQUENCES,
    OVER,
    STANDING,
    TRANSITIONS,
    MembershipEvent,
    MembershipSide,
    MembershipState,
    MembershipUnchanged,
    NotYetConfirmed,
    apply,
    check_standing,
)

SAID = Statement(1, 2, ShownWording("You take part.", "en"))
ALL = [*itertools.product((None, *MembershipState), MembershipEvent, MembershipSide)]


@pytest.mark.parametrize(("state", "event", "by"), ALL)
def test_only_what_the_table_says_is_possible_and_by_whom(state, event, by):
    start = MembershipState.UNCONFIRMED if state is None and event is MembershipEvent.SIGN_UP else state
    side, following = TRANSITIONS.get((start, event), (None, None))
    if side is by:
        assert apply(state, event, by, SAID).state is following
    else:
        with pytest.raises(MembershipUnchanged):
            apply(state, event, by, SAID)


def test_every_event_has_its_consequence():
    assert set(CONSEQUENCES) == set(MembershipEvent) == {event for _, event in TRANSITIONS}


def test_joining_and_leaving_are_choices_and_decisions_are_acts():
    joined = apply(MembershipState.UNCONFIRMED, MembershipEvent.CONFIRM, MembershipSide.PERSON, SAID)
    assert (joined.choice.kind, joined.act, joined.forgets) == (ChoiceKind.JOINED_SCHEME, None, False)
    left = apply(MembershipState.MEMBER, MembershipEvent.LEAVE, MembershipSide.PERSON, SAID)
    assert (left.choice.kind, left.forgets) == (ChoiceKind.LEFT_SCHEME, True)
    ended = apply(MembershipState.MEMBER, MembershipEvent.END, MembershipSide.COORDINATOR)
    assert (ended.choice, ended.act, ended.email, ended.forgets) == (
        None,
        Act.ENDED_MEMBERSHIP,
        "membership_ended",
        True,
    )


def test_who_never_confirmed_takes_back_no_choice():
    assert apply(MembershipState.UNCONFIRMED, MembershipEvent.LEAVE, MembershipSide.PERSON).choice is None
    with pytest.raises(ValueError, match="needs its statement"):
        apply(MembershipState.MEMBER, MembershipEvent.LEAVE, MembershipSide.PERSON)


def test_no_state_is_both_standing_and_over():
    assert STANDING | OVER | {MembershipState.UNCONFIRMED} == set(MembershipState)
    assert not STANDING & OVER


def test_only_who_stands_may_edit():
    check_standing(MembershipState.WAITING_LIST)
    with pytest.raises(NotYetConfirmed):
        check_standing(MembershipState.UNCONFIRMED)
    with pytest.raises(MembershipUnchanged):
        check_standing(MembershipState.LEFT)
