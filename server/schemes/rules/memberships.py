"""A membership: one person's place in a scheme. Its states, and what follows from each change of them.

    unconfirmed -> applied | waiting_list -> member
    applied | waiting_list -> declined
    unconfirmed | applied | waiting_list | member -> left
    member -> ended
    member -> waiting_list
    declined | left | ended -> unconfirmed

Nobody is in a scheme before they confirmed: that, and leaving, is a choice in the ledger. Where all places are taken, a
confirmation leads to the waiting list. Those who coordinate the scheme decide about the others. A member waits for a
match until there is one; one whose mentorship has ended may go back to the end of the waiting list. In the states in
which nothing is to come, what the person wrote is deleted.

`apply` is the only way from one state to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.catchups.rules.ledger import ChoiceKind, NewChoice, Statement
from server.errors import DomainError
from server.i18n.texts import N_
from server.people.rules.audit import Act

# How long a sign-up waits to be confirmed; then it is forgotten.
CONFIRM_WITHIN = timedelta(days=7)
# The email to somebody who signs up for a scheme in which they are already.
SIGNED_UP_ALREADY = "sign_up_again"


class MembershipState(StrEnum):
    UNCONFIRMED = "unconfirmed"
    APPLIED = "applied"
    WAITING_LIST = "waiting_list"
    MEMBER = "member"
    DECLINED = "declined"
    LEFT = "left"
    ENDED = "ended"


class MembershipEvent(StrEnum):
    """`CONFIRM_FULL`: the person confirms while all places are taken."""

    SIGN_UP = "sign_up"
    CONFIRM = "confirm"
    CONFIRM_FULL = "confirm_full"
    LEAVE = "leave"
    ACCEPT = "accept"
    PUT_ON_LIST = "put_on_list"
    DECLINE = "decline"
    END = "end"
    WAIT_AGAIN = "wait_again"


class MembershipSide(StrEnum):
    PERSON = "person"
    COORDINATOR = "coordinator"


class MembershipRole(StrEnum):
    """As what somebody takes part. Who is both may have a mentor and mentees, each with somebody else."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    BOTH = "both"

    @property
    def mentors(self) -> bool:
        return self is not MembershipRole.MENTEE

    @property
    def is_mentored(self) -> bool:
        return self is not MembershipRole.MENTOR

    @property
    def each(self) -> "tuple[MembershipRole, ...]":
        """Mentor, mentee, or these two."""
        return (MembershipRole.MENTOR,) * self.mentors + (MembershipRole.MENTEE,) * self.is_mentored


S, E, PERSON, COORDINATOR = MembershipState, MembershipEvent, MembershipSide.PERSON, MembershipSide.COORDINATOR

TRANSITIONS: Mapping[tuple[MembershipState, MembershipEvent], tuple[MembershipSide, MembershipState]] = {
    (S.UNCONFIRMED, E.SIGN_UP): (PERSON, S.UNCONFIRMED),
    (S.UNCONFIRMED, E.CONFIRM): (PERSON, S.APPLIED),
    (S.UNCONFIRMED, E.CONFIRM_FULL): (PERSON, S.WAITING_LIST),
    (S.UNCONFIRMED, E.LEAVE): (PERSON, S.LEFT),
    (S.APPLIED, E.ACCEPT): (COORDINATOR, S.MEMBER),
    (S.APPLIED, E.PUT_ON_LIST): (COORDINATOR, S.WAITING_LIST),
    (S.APPLIED, E.DECLINE): (COORDINATOR, S.DECLINED),
    (S.APPLIED, E.LEAVE): (PERSON, S.LEFT),
    (S.WAITING_LIST, E.ACCEPT): (COORDINATOR, S.MEMBER),
    (S.WAITING_LIST, E.DECLINE): (COORDINATOR, S.DECLINED),
    (S.WAITING_LIST, E.LEAVE): (PERSON, S.LEFT),
    (S.MEMBER, E.END): (COORDINATOR, S.ENDED),
    (S.MEMBER, E.LEAVE): (PERSON, S.LEFT),
    (S.MEMBER, E.WAIT_AGAIN): (PERSON, S.WAITING_LIST),
    (S.DECLINED, E.SIGN_UP): (PERSON, S.UNCONFIRMED),
    (S.LEFT, E.SIGN_UP): (PERSON, S.UNCONFIRMED),
    (S.ENDED, E.SIGN_UP): (PERSON, S.UNCONFIRMED),
}

# In these the person has confirmed and is not out: they can edit what they wrote.
STANDING = frozenset({S.APPLIED, S.WAITING_LIST, S.MEMBER})
# In these nothing is to come: what the person wrote is deleted.
OVER = frozenset({S.DECLINED, S.LEFT, S.ENDED})


@dataclass(frozen=True, slots=True)
class MembershipConsequence:
    """What follows from an event: the person's choice in the ledger, the act in the audit log, the email to them."""

    choice: ChoiceKind | None = None
    act: Act | None = None
    email: str | None = None


CONSEQUENCES: Mapping[MembershipEvent, MembershipConsequence] = {
    E.SIGN_UP: MembershipConsequence(email="sign_up"),
    E.CONFIRM: MembershipConsequence(ChoiceKind.JOINED_SCHEME),
    E.CONFIRM_FULL: MembershipConsequence(ChoiceKind.JOINED_SCHEME),
    E.LEAVE: MembershipConsequence(ChoiceKind.LEFT_SCHEME),
    E.ACCEPT: MembershipConsequence(act=Act.ACCEPTED_MEMBER, email="membership_accepted"),
    E.PUT_ON_LIST: MembershipConsequence(act=Act.LISTED_MEMBER, email="membership_listed"),
    E.DECLINE: MembershipConsequence(act=Act.DECLINED_MEMBER, email="membership_declined"),
    E.END: MembershipConsequence(act=Act.ENDED_MEMBERSHIP, email="membership_ended"),
    E.WAIT_AGAIN: MembershipConsequence(),
}


class MembershipUnchanged(DomainError):
    sentence = N_("This has changed since you opened the page. Nothing was done; the page shows how it is now.")


class NotYetConfirmed(DomainError):
    sentence = N_("Please confirm first that you would like to take part.")


@dataclass(frozen=True, slots=True)
class Membership:
    """`state_at` is since when it is in this state, `since` when the person signed up."""

    id: int
    scheme_id: int
    person_id: int
    role: MembershipRole
    state: MembershipState
    state_at: datetime
    since: datetime

    @property
    def stands(self) -> bool:
        return self.state in STANDING

    @property
    def confirm_by(self) -> datetime:
        return self.state_at + CONFIRM_WITHIN


@dataclass(frozen=True, slots=True)
class MembershipOutcome:
    """The new state and everything that follows. `forgets`: what the person wrote is deleted."""

    state: MembershipState
    choice: NewChoice | None = None
    act: Act | None = None
    email: str | None = None
    forgets: bool = False


def next_state(state: MembershipState | None, event: MembershipEvent, by: MembershipSide) -> MembershipState:
    """`state` is None where the person never signed up. Raises MembershipUnchanged."""
    if state is None:
        side, following = TRANSITIONS[S.UNCONFIRMED, event] if event is E.SIGN_UP else (None, S.UNCONFIRMED)
    else:
        side, following = TRANSITIONS.get((state, event), (None, state))
    if side is not by:
        raise MembershipUnchanged
    return following


def apply(
    state: MembershipState | None, event: MembershipEvent, by: MembershipSide, said: Statement | None = None
) -> MembershipOutcome:
    """What follows from an event. Joining and leaving need what the person `said`, but for a sign-up that was never
    confirmed: there is no choice to take back.

    Raises MembershipUnchanged, or ValueError without the statement.
    """
    following, consequence = next_state(state, event, by), CONSEQUENCES[event]
    choice = None
    if consequence.choice is not None and not (event is E.LEAVE and state is S.UNCONFIRMED):
        if said is None:
            raise ValueError(f"{event} is a choice, and needs its statement")
        choice = NewChoice(consequence.choice, said)
    return MembershipOutcome(following, choice, consequence.act, consequence.email, following in OVER)


def check_standing(state: MembershipState) -> None:
    """Returns when the person can edit what they wrote. Raises NotYetConfirmed or MembershipUnchanged."""
    if state is S.UNCONFIRMED:
        raise NotYetConfirmed
    if state not in STANDING:
        raise MembershipUnchanged
