"""The states of an introduction, what each of its three is told, and whose contact data is shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from server.catchups.rules.ledger import (
    ChoiceKind,
    NewChoice,
    ShownWording,
    Statement,
    introduction_subject,
    make_choice,
)
from server.guests.store.seats import IN_CONTACT as SEATS_STAND_IN
from server.introductions.rules import introductions as rules
from server.introductions.rules.introductions import (
    AFTER_THANKS,
    AGREED_EMAIL,
    ANSWER_WITHIN,
    CONTACT_LASTS,
    IN_CONTACT,
    LASTS,
    LIVE,
    THANKS_EMAIL,
    TRANSITIONS,
    Change,
    Introduction,
    IntroductionEvent,
    IntroductionOver,
    IntroductionState,
    IntroductionStatus,
    Part,
    contact_of,
    next_state,
    sharing,
    status_for,
)
from server.privacy.rules.erasure import REQUEST_WAITS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAYA, SAM, ANA, EVE = 1, 2, 3, 4
S = IntroductionState
ASKED = Introduction(7, 5, MAYA, SAM, ANA, S.ASKED, NOW, None, NOW + ANSWER_WITHIN)
AGREED = replace(ASKED, state=S.AGREED, due_at=NOW + CONTACT_LASTS)
CONTINUED = replace(ASKED, state=S.CONTINUED, due_at=NOW + AFTER_THANKS)
OVER = [replace(ASKED, state=state, due_at=None) for state in sorted(set(S) - LIVE)]
BOTH = frozenset({SAM, ANA})


def entries(*made):
    """The ledger after these choices: who, and which."""
    kept, previous = [], "0" * 64
    for person_id, kind in made:
        new = NewChoice(kind, Statement(person_id, 1, ShownWording("x", "en")))
        kept.append(make_choice(previous, new, introduction_subject(7), NOW))
        previous = kept[-1].hash
    return kept


@pytest.mark.parametrize("state", sorted(S))
@pytest.mark.parametrize("event", sorted(IntroductionEvent))
def test_only_the_arrows_of_the_table_are_gone_along(state, event):
    if (state, event) in TRANSITIONS:
        assert next_state(state, event) is TRANSITIONS[state, event][1]
    else:
        with pytest.raises(IntroductionOver):
            next_state(state, event)


def test_what_lasts_ends_by_the_clock_and_what_is_over_stays():
    assert set(LASTS) == LIVE == {state for state, event in TRANSITIONS if event is IntroductionEvent.TIME_OVER}
    assert not any(state not in LIVE for state, _ in TRANSITIONS)


def test_an_erasure_that_one_asks_for_comes_after_the_time_to_answer():
    assert ANSWER_WITHIN <= REQUEST_WAITS


def test_who_has_part_in_it():
    assert [ASKED.part_of(each) for each in (MAYA, SAM, ANA, EVE)] == [Part.MENTOR, Part.MENTEE, Part.THIRD, None]
    assert (ASKED.other(SAM), ASKED.other(ANA)) == (ANA, SAM)
    nobody_yet = replace(ASKED, third_id=None)
    assert (nobody_yet.other(SAM), nobody_yet.part_of(ANA)) == (None, None)


def test_the_first_yes_waits_and_the_second_brings_them_together():
    assert rules.agree(ASKED, SAM, (), NOW) == Change(S.ASKED, ASKED.due_at, ChoiceKind.AGREED_CONTACT, refused=False)
    assert rules.agree(ASKED, SAM, {SAM}, NOW) == Change(S.ASKED, ASKED.due_at, refused=False)
    told = tuple((each, AGREED_EMAIL) for each in (SAM, ANA, MAYA))
    together = Change(S.AGREED, NOW + CONTACT_LASTS, ChoiceKind.AGREED_CONTACT, refused=False, emails=told)
    assert rules.agree(ASKED, ANA, {SAM}, NOW) == together
    assert rules.agree(AGREED, ANA, BOTH, NOW) == Change(S.AGREED, AGREED.due_at, refused=False)


def test_a_no_changes_no_state_and_tells_nobody():
    assert rules.refuse(ASKED, ANA, (), NOW) == Change(S.ASKED, ASKED.due_at, refused=True)
    taken_back = Change(S.ASKED, ASKED.due_at, ChoiceKind.ENDED_CONTACT, refused=True)
    assert rules.refuse(ASKED, ANA, {ANA}, NOW) == taken_back
    for live in (AGREED, CONTINUED):
        assert rules.refuse(live, ANA, BOTH, NOW) == Change(S.ENDED, None, ChoiceKind.ENDED_CONTACT)


def test_thanks_reach_the_mentor_once():
    thanked = Change(S.CONTINUED, NOW + AFTER_THANKS, emails=((MAYA, THANKS_EMAIL),))
    assert rules.thank(AGREED, NOW) == thanked
    assert rules.thank(CONTINUED, NOW) == Change(S.CONTINUED, CONTINUED.due_at)
    with pytest.raises(IntroductionOver):
        rules.thank(ASKED, NOW)


def test_the_mentor_takes_back_what_is_asked_only():
    assert rules.take_back(ASKED, NOW) == Change(S.WITHDRAWN, None)
    with pytest.raises(IntroductionOver):
        rules.take_back(AGREED, NOW)


@pytest.mark.parametrize("over", [*OVER, replace(ASKED, due_at=NOW)], ids=lambda each: each.state.value)
def test_nothing_is_answered_any_more_once_it_is_over(over):
    for verb in (rules.agree, rules.refuse):
        with pytest.raises(IntroductionOver):
            verb(over, SAM, (), NOW)
    for act in (rules.thank, rules.take_back):
        with pytest.raises(IntroductionOver):
            act(over, NOW)


def test_erasing_one_of_the_two_changes_nothing_that_others_see_while_they_are_asked():
    assert rules.erased(ASKED, ANA, ()) == Change(S.ASKED, ASKED.due_at)
    assert rules.erased(ASKED, ANA, {ANA}) == Change(S.ASKED, ASKED.due_at, ChoiceKind.ENDED_CONTACT)
    assert rules.erased(AGREED, SAM, BOTH) == Change(S.ENDED, None, ChoiceKind.ENDED_CONTACT)


def test_erasing_the_mentor_ends_what_is_asked_and_leaves_the_two_in_contact():
    assert rules.erased(ASKED, MAYA, ()) == Change(S.WITHDRAWN, None)
    assert rules.erased(AGREED, MAYA, BOTH) == Change(S.AGREED, AGREED.due_at)


def test_the_ledger_says_whose_consent_stands():
    agreed, ended = ChoiceKind.AGREED_CONTACT, ChoiceKind.ENDED_CONTACT
    assert sharing(entries((SAM, agreed), (ANA, agreed))) == BOTH
    assert sharing(entries((SAM, agreed), (ANA, agreed), (SAM, ended))) == {ANA}
    assert sharing(entries((SAM, agreed), (SAM, ended), (SAM, agreed))) == {SAM}


def test_contact_data_is_shown_to_the_two_alone_and_only_while_both_consents_stand():
    everybody = (MAYA, SAM, ANA, EVE)
    some = [frozenset(), {SAM}, {ANA}, BOTH]
    states = [replace(ASKED, state=state, due_at=NOW + AFTER_THANKS if state in LIVE else None) for state in S]
    shown = {
        (here.state, reader): contact_of(here, reader, consents, NOW)
        for here, reader, consents in product(states, everybody, some)
        if contact_of(here, reader, consents, NOW) is not None
    }
    assert shown == {
        (S.AGREED, SAM): ANA,
        (S.AGREED, ANA): SAM,
        (S.CONTINUED, SAM): ANA,
        (S.CONTINUED, ANA): SAM,
    }
    assert contact_of(AGREED, SAM, {SAM}, NOW) is None
    assert contact_of(AGREED, SAM, BOTH, NOW + CONTACT_LASTS) is None


def test_what_a_reader_is_told_comes_of_their_own_answer_alone():
    """Of nothing else than the state, the time and what they said: the other's answer is not even asked for."""
    own = {
        (False, False): IntroductionStatus.ASKED,
        (True, False): IntroductionStatus.YES,
        (False, True): IntroductionStatus.NO,
    }
    for (agreed, refused), status in own.items():
        for part in (Part.MENTEE, Part.THIRD):
            assert status_for(ASKED, part, NOW, agreed=agreed, refused=refused) is status
            late = status_for(ASKED, part, NOW + ANSWER_WITHIN, agreed=agreed, refused=refused)
            assert late is IntroductionStatus.NOT_COME_ABOUT
        assert status_for(ASKED, Part.MENTOR, NOW, agreed=agreed, refused=refused) is IntroductionStatus.ASKED


def test_the_mentor_is_told_three_things_and_of_thanks():
    def told(state):
        return status_for(replace(ASKED, state=state, due_at=None), Part.MENTOR, NOW, agreed=False, refused=False)

    assert {state: told(state) for state in S} == {
        S.ASKED: IntroductionStatus.ASKED,
        S.AGREED: IntroductionStatus.AGREED,
        S.ENDED: IntroductionStatus.AGREED,
        S.CONTINUED: IntroductionStatus.CONTINUED,
        S.WITHDRAWN: IntroductionStatus.NOT_COME_ABOUT,
        S.LAPSED: IntroductionStatus.NOT_COME_ABOUT,
    }


def test_it_stands_as_if_the_clock_had_come_to_it_already():
    just_before = NOW + ANSWER_WITHIN - timedelta(microseconds=1)
    assert ASKED.as_of(just_before) == ASKED
    assert ASKED.as_of(NOW + ANSWER_WITHIN) == replace(ASKED, state=S.LAPSED, due_at=None)
    assert CONTINUED.as_of(NOW + AFTER_THANKS).state is S.ENDED


def test_seats_stand_as_long_as_the_two_are_in_contact():
    """What lies below introductions says it in words of its own."""
    assert set(SEATS_STAND_IN) == IN_CONTACT
