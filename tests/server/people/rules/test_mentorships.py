"""The states of a mentorship."""

import pytest

from server.people.rules.mentorships import (
    TRANSITIONS,
    MentorshipAtRest,
    MentorshipEvent,
    MentorshipState,
    MentorshipUnchanged,
    check_active,
    next_state,
)


@pytest.mark.parametrize("state", MentorshipState)
@pytest.mark.parametrize("event", MentorshipEvent)
def test_each_event_leads_on_or_is_refused(state: MentorshipState, event: MentorshipEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert next_state(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(MentorshipUnchanged):
            next_state(state, event)


def test_only_an_active_one_takes_something_new() -> None:
    check_active(MentorshipState.ACTIVE)
    for state in (MentorshipState.PAUSED, MentorshipState.ENDED):
        with pytest.raises(MentorshipAtRest):
            check_active(state)
