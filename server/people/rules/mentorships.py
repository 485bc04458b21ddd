"""The state of a mentorship: either of the two, or those who run the scheme, pause it, let it go on and end it.

    active -> paused -> active
    active | paused -> ended -> active

Those who run the scheme bring back what has ended. While it is paused or ended, nothing new is offered, and what waited
for an answer is taken back. What was agreed stays, unless it is called off with it.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from server.errors import DomainError
from server.i18n.texts import N_

# How often both are asked whether things still fit. After a rest as long as LONG_REST it is counted from its end.
HALF_YEAR = timedelta(days=182)
LONG_REST = timedelta(days=28)


class MentorshipState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class MentorshipEvent(StrEnum):
    PAUSE = "pause"
    END = "end"
    RESUME = "resume"


class Side(StrEnum):
    """Who changes the state: either of the two, or those who run the scheme. A transition may be open to ANYONE."""

    EITHER = "either"
    SCHEME = "scheme"
    ANYONE = "anyone"


TRANSITIONS: Mapping[tuple[MentorshipState, MentorshipEvent], tuple[Side, MentorshipState]] = {
    (MentorshipState.ACTIVE, MentorshipEvent.PAUSE): (Side.ANYONE, MentorshipState.PAUSED),
    (MentorshipState.ACTIVE, MentorshipEvent.END): (Side.ANYONE, MentorshipState.ENDED),
    (MentorshipState.PAUSED, MentorshipEvent.END): (Side.ANYONE, MentorshipState.ENDED),
    (MentorshipState.PAUSED, MentorshipEvent.RESUME): (Side.ANYONE, MentorshipState.ACTIVE),
    (MentorshipState.ENDED, MentorshipEvent.RESUME): (Side.SCHEME, MentorshipState.ACTIVE),
}


class MentorshipAtRest(DomainError):
    """Somebody wants to offer something in a mentorship that is paused or ended."""

    sentence = N_(
        "Your mentorship is paused or has ended, so nothing new can be offered. What you two agreed stays, and you can "
        "withdraw from it at any time."
    )


class MentorshipUnchanged(DomainError):
    sentence = N_("The mentorship is in another state now. Nothing was changed; this page shows where it stands.")


class OnlyScheme(DomainError):
    """One of the two wants to bring back what has ended, or to end a pause that the scheme began."""

    sentence = N_("Only your scheme can bring this mentorship back. Please write to them if you would like to go on.")


def next_state(
    state: MentorshipState, event: MentorshipEvent, by: Side, rests_by: Side | None = None
) -> MentorshipState:
    """`rests_by` is who began the pause or the end that stands. A pause of the scheme's is ended by the scheme.

    Raises MentorshipUnchanged where the event changes nothing, or OnlyScheme.
    """
    if (state, event) not in TRANSITIONS:
        raise MentorshipUnchanged
    side, following = TRANSITIONS[state, event]
    ends_pause = event is MentorshipEvent.RESUME and state is MentorshipState.PAUSED
    if by is Side.EITHER and (side is Side.SCHEME or (ends_pause and rests_by is not Side.EITHER)):
        raise OnlyScheme
    return following


def check_active(state: MentorshipState) -> None:
    """Returns when the two may offer each other something new. Raises MentorshipAtRest."""
    if state is not MentorshipState.ACTIVE:
        raise MentorshipAtRest
