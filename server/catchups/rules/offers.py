"""An offer: one invitation to one catch-up. Its states, and what follows from each change of them.

    open -> accepted | declined | withdrawn | expired | superseded
    accepted | declined | superseded -> open

The recipient accepts, declines (for good, or until a later time) or suggests other times (a counter-offer supersedes
the offer, and the author of that answers it). They may undo that as long as nothing depends on it. The author rewords
or withdraws. The clock ends an offer that has run out. The system withdraws an offer that has become pointless. An
offer may ask to move a booking: `moves_id`.

`apply` is the only way from one state to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from server.catchups.rules.drafts import Caller, Draft, Medium, expiry
from server.catchups.rules.effects import Effects, Notice
from server.catchups.rules.errors import MoveNotPutOff, NotYoursToDecide, OfferDecided, OfferExpired, OfferOpen
from server.catchups.rules.invitations import Status
from server.catchups.rules.ledger import ChoiceKind, NewChoice, Statement
from server.i18n.texts import N_


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class OfferEvent(StrEnum):
    """`REPLACE`: new times are offered once it has run out. The last three make it pointless: the booking that it asks
    to move was called off or held, it is a suggestion that was undone, or the mentorship was paused or ended."""

    ACCEPT = "accept"
    DECLINE = "decline"
    POSTPONE = "postpone"
    SUGGEST = "suggest"
    REWORD = "reword"
    WITHDRAW = "withdraw"
    UNDO = "undo"
    EXPIRE = "expire"
    REPLACE = "replace"
    BOOKING_ENDED = "booking_ended"
    SUGGESTION_UNDONE = "suggestion_undone"
    MENTORSHIP_RESTS = "mentorship_rests"


OfferSide = Literal["author", "recipient", "clock", "system"]

TRANSITIONS: Mapping[tuple[OfferState, OfferEvent], tuple[OfferSide, OfferState]] = {
    (OfferState.OPEN, OfferEvent.ACCEPT): ("recipient", OfferState.ACCEPTED),
    (OfferState.OPEN, OfferEvent.DECLINE): ("recipient", OfferState.DECLINED),
    (OfferState.OPEN, OfferEvent.POSTPONE): ("recipient", OfferState.DECLINED),
    (OfferState.OPEN, OfferEvent.SUGGEST): ("recipient", OfferState.SUPERSEDED),
    (OfferState.OPEN, OfferEvent.REWORD): ("author", OfferState.OPEN),
    (OfferState.OPEN, OfferEvent.WITHDRAW): ("author", OfferState.WITHDRAWN),
    (OfferState.OPEN, OfferEvent.EXPIRE): ("clock", OfferState.EXPIRED),
    (OfferState.OPEN, OfferEvent.REPLACE): ("system", OfferState.EXPIRED),
    (OfferState.OPEN, OfferEvent.BOOKING_ENDED): ("system", OfferState.WITHDRAWN),
    (OfferState.OPEN, OfferEvent.SUGGESTION_UNDONE): ("system", OfferState.WITHDRAWN),
    (OfferState.OPEN, OfferEvent.MENTORSHIP_RESTS): ("system", OfferState.WITHDRAWN),
    (OfferState.ACCEPTED, OfferEvent.UNDO): ("recipient", OfferState.OPEN),
    (OfferState.DECLINED, OfferEvent.UNDO): ("recipient", OfferState.OPEN),
    (OfferState.SUPERSEDED, OfferEvent.UNDO): ("recipient", OfferState.OPEN),
}


@dataclass(frozen=True, slots=True)
class OfferConsequence:
    """What follows from an event: the choice in the ledger, the status of the calendar event, and who gets which
    email. `receipts` are emails too: see `Notice`."""

    choice: ChoiceKind | None = None
    calendar: Status | None = None
    emails: Mapping[OfferSide, str] = field(default_factory=dict)
    receipts: Mapping[OfferSide, str] = field(default_factory=dict)


# The emails about an acceptance are those of the booking that it makes, those about a suggestion of the counter-offer.
CONSEQUENCES: Mapping[OfferEvent, OfferConsequence] = {
    OfferEvent.ACCEPT: OfferConsequence(ChoiceKind.ACCEPTED),
    OfferEvent.DECLINE: OfferConsequence(
        ChoiceKind.DECLINED, Status.CANCELLED, {"author": "offer_declined", "recipient": "you_declined"}
    ),
    OfferEvent.POSTPONE: OfferConsequence(
        ChoiceKind.POSTPONED, Status.CANCELLED, {"author": "offer_postponed", "recipient": "you_declined"}
    ),
    OfferEvent.SUGGEST: OfferConsequence(ChoiceKind.SUGGESTED),
    OfferEvent.REWORD: OfferConsequence(ChoiceKind.OFFERED, None, {"recipient": "offer_reworded"}),
    OfferEvent.WITHDRAW: OfferConsequence(
        ChoiceKind.TOOK_BACK, Status.CANCELLED, {"recipient": "offer_withdrawn"}, {"author": "you_withdrew"}
    ),
    OfferEvent.UNDO: OfferConsequence(
        ChoiceKind.UNDID, Status.CANCELLED, {"author": "answer_undone", "recipient": "you_undid"}
    ),
    OfferEvent.EXPIRE: OfferConsequence(
        None, Status.CANCELLED, {"author": "offer_expired"}, {"recipient": "offer_expired"}
    ),
    OfferEvent.REPLACE: OfferConsequence(),
    OfferEvent.BOOKING_ENDED: OfferConsequence(),
    OfferEvent.SUGGESTION_UNDONE: OfferConsequence(),
    # Both get an email about the mentorship.
    OfferEvent.MENTORSHIP_RESTS: OfferConsequence(),
}

# The emails of a wish to move a booking, where they differ. The event stays as it is, so nobody gets a receipt.
MOVE_EMAILS: Mapping[OfferEvent, Mapping[OfferSide, str]] = {
    OfferEvent.DECLINE: {"author": "move_declined"},
    OfferEvent.EXPIRE: {"author": "move_expired"},
}

NOT_THE_AUTHOR = N_("Only the person who made this offer can change it or take it back.")
RUN_OUT = frozenset({OfferEvent.EXPIRE, OfferEvent.REPLACE})


@dataclass(frozen=True, slots=True)
class Offer:
    id: int
    catchup_id: int
    author_id: int
    recipient_id: int
    note: str
    media: frozenset[Medium]
    starts: tuple[datetime, ...]
    minutes: int
    state: OfferState
    made_at: datetime
    expires_at: datetime
    revision: int = 0
    phone_fallback: bool = False
    moves_id: int | None = None
    supersedes_id: int | None = None
    caller: Caller = Caller.MENTOR
    by_routine: bool = False

    def waits(self, now: datetime) -> bool:
        """Whether it is still to be answered."""
        return self.state is OfferState.OPEN and now < self.expires_at

    def still_open(self, now: datetime) -> tuple[datetime, ...]:
        """Its possible times that are still to come."""
        return self.draft.still_open(now)

    @property
    def draft(self) -> Draft:
        """What it proposes."""
        return Draft(
            self.note, self.media, self.starts, self.minutes, self.expires_at, self.phone_fallback, self.caller
        )

    def reads_as(self, draft: Draft) -> bool:
        """Whether it says just what the (checked) draft does."""
        return self.draft == replace(draft, answer_by=expiry(draft))


@dataclass(frozen=True, slots=True)
class PauseEnd:
    """A pause that ends: the one that lasts `until` then, or whichever there is."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OfferTransition(Effects):
    """An offer's new `state`, and what follows. `draft` is how it reads from now on, None when that stays.

    `pause_until` is from when its recipient may be asked again; `pause_end` is the pause of theirs that ends.
    """

    offer: Offer
    state: OfferState
    draft: Draft | None = None
    pause_until: datetime | None = None
    pause_end: PauseEnd | None = None


def apply(
    offer: Offer,
    event: OfferEvent,
    now: datetime,
    by: Statement | None = None,
    *,
    start: datetime | None = None,
    medium: Medium | None = None,
) -> OfferTransition:
    """What `event` does to the offer. `by` is what a person says with it, None for the clock and the system.

    `start` and `medium` are noted with the choice. Raises OfferDecided, OfferExpired, NotYoursToDecide, MoveNotPutOff
    where "not now" is said to a wish to move, or OfferOpen where it has not run out yet.
    """
    state = check(offer, event, by.person_id if by else None, now)
    follows, moves = CONSEQUENCES[event], offer.moves_id is not None
    emails = MOVE_EMAILS.get(event, follows.emails) if moves else follows.emails
    receipts = {} if moves else follows.receipts
    return OfferTransition(
        offer,
        state,
        choices=(NewChoice(follows.choice, by, start, medium),) if follows.choice and by else (),
        notices=(*_notices(offer, emails), *_notices(offer, receipts, receipt=True)),
        calendar=None if moves else follows.calendar,
    )


def check(offer: Offer, event: OfferEvent, person_id: int | None, now: datetime) -> OfferState:
    """The state that `apply` leads to; raises what it raises."""
    transition = TRANSITIONS.get((offer.state, event))
    if transition is None:
        raise OfferExpired if offer.state is OfferState.EXPIRED else OfferDecided
    side, state = transition
    if person_id != _people(offer).get(side):
        raise NotYoursToDecide(NOT_THE_AUTHOR if side == "author" else None)
    if person_id is not None and now >= offer.expires_at:
        raise OfferExpired
    if event in RUN_OUT and now < offer.expires_at:
        raise OfferOpen
    if event is OfferEvent.POSTPONE and offer.moves_id is not None:
        raise MoveNotPutOff
    return state


def _notices(offer: Offer, emails: Mapping[OfferSide, str], *, receipt: bool = False) -> tuple[Notice, ...]:
    people = _people(offer)
    return tuple(Notice(people[side], kind, receipt) for side, kind in emails.items())


def _people(offer: Offer) -> Mapping[OfferSide, int]:
    return {"author": offer.author_id, "recipient": offer.recipient_id}
