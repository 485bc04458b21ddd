"""A proposal: a mentee and a mentor of a scheme are asked, one after the other, whether they would like to be matched.

    asks_mentee -> asks_mentor -> agreed
    asks_mentee | asks_mentor -> declined | lapsed | withdrawn

The mentee is asked first, and the mentor only after the mentee's yes. Saying yes is agreeing to a first call at one of
the times that the mentee chose. A no, silence, and a proposal that was taken back look the same to the other: it did
not come about. While it waits it holds one of the mentor's places.

`apply` is the only way from one state to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError, InvalidInput
from server.i18n.texts import N_

# How long each has to answer.
ANSWER_WITHIN = timedelta(days=5)
# The mentor answers at the latest this long before the last time that the mentee chose.
BEFORE_CALL = timedelta(hours=2)
# How far ahead the times lie among which the mentee chooses, so that the mentor has time to answer.
NOTICE = timedelta(days=2)
AHEAD = timedelta(weeks=3)
TIMES_SHOWN = 3
FIRST_CALL_MINUTES = 30
FIRST_CALL_LENGTH = timedelta(minutes=FIRST_CALL_MINUTES)
# Not longer than zones and hours of people differ: each one's times begin with their own hours.
STEP = timedelta(minutes=15)
WORDS_LIMIT = 500

ASKED_EMAIL = "match_asked"
OVER_EMAIL = "match_over"


class ProposalState(StrEnum):
    ASKS_MENTEE = "asks_mentee"
    ASKS_MENTOR = "asks_mentor"
    AGREED = "agreed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class ProposalEvent(StrEnum):
    """`MEMBER_LEFT`: one of the two does not take part in the scheme any more. `WITHDRAW`: who coordinates the scheme
    takes the proposal back."""

    AGREE = "agree"
    DECLINE = "decline"
    TAKE_BACK = "take_back"
    TIME_OVER = "time_over"
    WITHDRAW = "withdraw"
    MEMBER_LEFT = "member_left"


class ProposalSide(StrEnum):
    MENTEE = "mentee"
    MENTOR = "mentor"
    COORDINATOR = "coordinator"
    CLOCK = "clock"
    SYSTEM = "system"


S, E, MENTEE, MENTOR = ProposalState, ProposalEvent, ProposalSide.MENTEE, ProposalSide.MENTOR

TRANSITIONS: Mapping[tuple[ProposalState, ProposalEvent], tuple[ProposalSide, ProposalState]] = {
    (S.ASKS_MENTEE, E.AGREE): (MENTEE, S.ASKS_MENTOR),
    (S.ASKS_MENTEE, E.DECLINE): (MENTEE, S.DECLINED),
    (S.ASKS_MENTOR, E.AGREE): (MENTOR, S.AGREED),
    (S.ASKS_MENTOR, E.DECLINE): (MENTOR, S.DECLINED),
    (S.ASKS_MENTOR, E.TAKE_BACK): (MENTEE, S.WITHDRAWN),
    (S.ASKS_MENTEE, E.TIME_OVER): (ProposalSide.CLOCK, S.LAPSED),
    (S.ASKS_MENTOR, E.TIME_OVER): (ProposalSide.CLOCK, S.LAPSED),
    (S.ASKS_MENTEE, E.WITHDRAW): (ProposalSide.COORDINATOR, S.WITHDRAWN),
    (S.ASKS_MENTOR, E.WITHDRAW): (ProposalSide.COORDINATOR, S.WITHDRAWN),
    (S.ASKS_MENTEE, E.MEMBER_LEFT): (ProposalSide.SYSTEM, S.WITHDRAWN),
    (S.ASKS_MENTOR, E.MEMBER_LEFT): (ProposalSide.SYSTEM, S.WITHDRAWN),
}
OPEN = frozenset({S.ASKS_MENTEE, S.ASKS_MENTOR})
CHOICES: Mapping[ProposalEvent, ChoiceKind] = {
    E.AGREE: ChoiceKind.AGREED_MATCH,
    E.TAKE_BACK: ChoiceKind.LEFT_MATCH,
}


class ProposalOver(DomainError):
    sentence = N_("This question is not open any more. Nothing was changed; this page shows where it stands.")


class TimeNotFree(InvalidInput):
    def __init__(self) -> None:
        super().__init__("start", N_("That time is not free any more. Please choose another one."))


@dataclass(frozen=True, slots=True)
class MatchProposal:
    """`mentor` and `mentee` are ids of people, those of their memberships stand beside. `starts` are the times which
    the mentee chose, none before. `due_at` is by when the one who is asked answers, None once it is over."""

    id: int
    scheme_id: int
    mentor_membership_id: int
    mentee_membership_id: int
    mentor_id: int
    mentee_id: int
    state: ProposalState
    made_at: datetime
    due_at: datetime | None
    starts: tuple[datetime, ...] = ()
    mentorship_id: int | None = None
    booking_id: int | None = None

    def side_of(self, person_id: int) -> ProposalSide | None:
        """None for somebody who has no part in it."""
        return {self.mentor_id: MENTOR, self.mentee_id: MENTEE}.get(person_id)

    def other(self, person_id: int) -> int:
        return self.mentee_id if person_id == self.mentor_id else self.mentor_id

    def membership_of(self, side: ProposalSide) -> int:
        """The id of the membership of one of the two."""
        return self.mentor_membership_id if side is MENTOR else self.mentee_membership_id

    @property
    def asks(self) -> int | None:
        """The id of the person whose answer it waits for."""
        return {S.ASKS_MENTEE: self.mentee_id, S.ASKS_MENTOR: self.mentor_id}.get(self.state)


@dataclass(frozen=True, slots=True)
class ProposalOutcome:
    """The new state and what follows: until when it waits, the choice in the ledger of the one who acts, and who gets
    which email (ids of people)."""

    state: ProposalState
    due_at: datetime | None = None
    choice: ChoiceKind | None = None
    emails: tuple[tuple[int, str], ...] = ()


def apply(
    proposal: MatchProposal,
    event: ProposalEvent,
    by: ProposalSide,
    now: datetime,
    starts: tuple[datetime, ...] = (),
) -> ProposalOutcome:
    """What follows from an event. `starts` are the times that a mentee who says yes has chosen.

    Nobody is told what they did themselves, and of the end only those who were asked. Raises ProposalOver.
    """
    following = check(proposal, event, by, now)
    choice = CHOICES.get(event)
    if following is S.ASKS_MENTOR:
        due_at = min(now + ANSWER_WITHIN, max(starts) - BEFORE_CALL)
        return ProposalOutcome(following, due_at, choice, ((proposal.mentor_id, ASKED_EMAIL),))
    if following is S.AGREED:
        return ProposalOutcome(following, None, choice)
    actor = {MENTEE: proposal.mentee_id, MENTOR: proposal.mentor_id}.get(by)
    asked = (proposal.mentee_id,) if proposal.state is S.ASKS_MENTEE else (proposal.mentee_id, proposal.mentor_id)
    return ProposalOutcome(following, None, choice, tuple((each, OVER_EMAIL) for each in asked if each != actor))


def check(proposal: MatchProposal, event: ProposalEvent, by: ProposalSide, now: datetime) -> ProposalState:
    """The state that `apply` leads to. Raises ProposalOver, also where the time to answer is over and the clock has not
    come to it."""
    side, following = TRANSITIONS.get((proposal.state, event), (None, proposal.state))
    over = by in (MENTEE, MENTOR) and proposal.due_at is not None and now >= proposal.due_at
    if side is not by or over:
        raise ProposalOver
    return following


class ProposalStatus(StrEnum):
    """Where a proposal stands for one of the two: see `status_for`."""

    ASKED = "asked"
    WAITS = "waits"
    AGREED = "agreed"
    SAID_NO = "said_no"
    NOT_COME_ABOUT = "not_come_about"


def status_for(proposal: MatchProposal, side: ProposalSide, now: datetime, *, said_no: bool) -> ProposalStatus | None:
    """None for a mentor who is not asked yet: nothing of it is there for them. `said_no`: this reader did."""
    over = proposal.due_at is not None and now >= proposal.due_at
    if proposal.state in OPEN and not over:
        if side is MENTOR and proposal.state is S.ASKS_MENTEE:
            return None
        asked = proposal.asks == (proposal.mentor_id if side is MENTOR else proposal.mentee_id)
        return ProposalStatus.ASKED if asked else ProposalStatus.WAITS
    if proposal.state is S.AGREED:
        return ProposalStatus.AGREED
    if side is MENTOR and not proposal.starts:
        return None
    return ProposalStatus.SAID_NO if said_no else ProposalStatus.NOT_COME_ABOUT


def check_what_would_change(words: str) -> str:
    """What somebody says would change their answer, stripped. Raises InvalidInput."""
    words = words.strip()
    if len(words) > WORDS_LIMIT:
        raise InvalidInput("words", N_("Please shorten this to %(most)s characters."), most=WORDS_LIMIT)
    return words


def common_times(mentor: tuple[datetime, ...], mentee: tuple[datetime, ...]) -> tuple[datetime, ...]:
    """The times at which both are free, earliest first."""
    return tuple(sorted(set(mentor) & set(mentee)))


def check_starts(chosen: tuple[datetime, ...], free: tuple[datetime, ...]) -> tuple[datetime, ...]:
    """The times that the mentee chose, sorted, each once. Raises InvalidInput."""
    starts = tuple(sorted(set(chosen)))
    if not starts:
        raise InvalidInput("start", N_("Please choose at least one time for your first call."))
    if not set(starts) <= set(free):
        raise TimeNotFree
    return starts
