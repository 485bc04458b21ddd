"""The state of a mentorship: those who run the scheme pause it, end it and bring it back.

    active -> paused -> active
    active | paused -> ended -> active

While it is paused or ended, nothing new is offered, and what waited for an answer is taken back. What was agreed stays,
unless those who run the scheme call it off.
"""

from collections.abc import Mapping
from enum import StrEnum

from server.errors import DomainError
from server.i18n.texts import N_


class MentorshipState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class MentorshipEvent(StrEnum):
    PAUSE = "pause"
    END = "end"
    RESUME = "resume"


TRANSITIONS: Mapping[tuple[MentorshipState, MentorshipEvent], MentorshipState] = {
    (MentorshipState.ACTIVE, MentorshipEvent.PAUSE): MentorshipState.PAUSED,
    (MentorshipState.ACTIVE, MentorshipEvent.END): MentorshipState.ENDED,
    (MentorshipState.PAUSED, MentorshipEvent.END): MentorshipState.ENDED,
    (MentorshipState.PAUSED, MentorshipEvent.RESUME): MentorshipState.ACTIVE,
    (MentorshipState.ENDED, MentorshipEvent.RESUME): MentorshipState.ACTIVE,
}


class MentorshipAtRest(DomainError):
    """Somebody wants to offer something in a mentorship that is paused or ended."""

    sentence = N_(
        "Your mentorship is paused or has ended, so nothing new can be offered. What you two agreed stays, and you can "
        "withdraw from it at any time."
    )


class MentorshipUnchanged(DomainError):
    sentence = N_("The mentorship is in another state now. Nothing was changed; this page shows where it stands.")


def next_state(state: MentorshipState, event: MentorshipEvent) -> MentorshipState:
    """Raises MentorshipUnchanged where the event changes nothing."""
    if (state, event) not in TRANSITIONS:
        raise MentorshipUnchanged
    return TRANSITIONS[state, event]


def check_active(state: MentorshipState) -> None:
    """Returns when the two may offer each other something new. Raises MentorshipAtRest."""
    if state is not MentorshipState.ACTIVE:
        raise MentorshipAtRest
