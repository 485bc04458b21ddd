"""The states of a mentorship."""

import pytest

from server.people.rules.mentorships import (
    TRANSITIONS,
    MentorshipAtRest,
    MentorshipEvent,
    MentorshipState,
    MentorshipUnchanged,
    OnlyScheme,
    Side,
    check_active,
    next_state,
)


@pytest.mark.parametrize("state", MentorshipState)
@pytest.mark.parametrize("event", MentorshipEvent)
@pytest.mark.parametrize("by", [Side.EITHER, Side.SCHEME])
def test_each_event_leads_on_or_is_refused(state: MentorshipState, event: MentorshipEvent, by: Side) -> None:
    side, following = TRANSITIONS.get((state, event), (None, None))
    if side is None:
        with pytest.raises(MentorshipUnchanged):
            next_state(state, event, by, by)
    elif side in (by, Side.ANYONE):
        assert next_state(state, event, by, by) is following
    else:
        with pytest.raises(OnlyScheme):
            next_state(state, event, by, by)


def test_what_the_scheme_paused_only_the_scheme_lets_go_on() -> None:
    paused, resume = MentorshipState.PAUSED, MentorshipEvent.RESUME
    with pytest.raises(OnlyScheme):
        next_state(paused, resume, Side.EITHER, Side.SCHEME)
    assert next_state(paused, resume, Side.SCHEME, Side.EITHER) is MentorshipState.ACTIVE
    assert next_state(paused, MentorshipEvent.END, Side.EITHER, Side.SCHEME) is MentorshipState.ENDED


def test_only_an_active_one_takes_something_new() -> None:
    check_active(MentorshipState.ACTIVE)
    for state in (MentorshipState.PAUSED, MentorshipState.ENDED):
        with pytest.raises(MentorshipAtRest):
            check_active(state)
