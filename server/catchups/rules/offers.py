"""An offer: one invitation to one catch-up. Its states, and what each choice does to it.

    open -> accepted | declined | withdrawn | expired | superseded
    accepted | declined | superseded -> open

The one who was asked accepts, declines (for now, or with a word from when to ask again) or suggests other times (which
supersedes the offer with a counter-offer that the other side answers), and may undo that while nothing has been built
on it. The one who asked rewords or withdraws. Time expires. An offer may ask to move a booking: `moves_id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from server.catchups.rules.drafts import STARTS_LIMIT, SUGGESTIONS_LIMIT, Draft, Medium, expiry
from server.catchups.rules.invitations import Invitation, Status
from server.errors import (
    MediumNotOffered,
    MoveNotPutOff,
    NothingToUndo,
    NotYoursToDecide,
    OfferDecided,
    OfferExpired,
    OfferOpen,
    OfferReworded,
    TimeNotOffered,
    TimePassed,
)
from server.i18n.texts import N_


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class OfferEvent(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    POSTPONE = "postpone"
    SUGGEST = "suggest"
    REWORD = "reword"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    UNDO = "undo"


Side = Literal["author", "recipient", "clock"]

TRANSITIONS: Mapping[tuple[OfferState, OfferEvent], tuple[Side, OfferState]] = {
    (OfferState.OPEN, OfferEvent.ACCEPT): ("recipient", OfferState.ACCEPTED),
    (OfferState.OPEN, OfferEvent.DECLINE): ("recipient", OfferState.DECLINED),
    (OfferState.OPEN, OfferEvent.POSTPONE): ("recipient", OfferState.DECLINED),
    (OfferState.OPEN, OfferEvent.SUGGEST): ("recipient", OfferState.SUPERSEDED),
    (OfferState.OPEN, OfferEvent.REWORD): ("author", OfferState.OPEN),
    (OfferState.OPEN, OfferEvent.WITHDRAW): ("author", OfferState.WITHDRAWN),
    (OfferState.OPEN, OfferEvent.EXPIRE): ("clock", OfferState.EXPIRED),
    (OfferState.ACCEPTED, OfferEvent.UNDO): ("recipient", OfferState.OPEN),
    (OfferState.DECLINED, OfferEvent.UNDO): ("recipient", OfferState.OPEN),
    (OfferState.SUPERSEDED, OfferEvent.UNDO): ("recipient", OfferState.OPEN),
}

ENDED = frozenset({OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.EXPIRED})


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

    @property
    def earliest(self) -> datetime:
        return min(self.starts)

    def waits(self, now: datetime) -> bool:
        """Whether it is still to be answered."""
        return self.state is OfferState.OPEN and now < self.expires_at

    def still_open(self, now: datetime) -> tuple[datetime, ...]:
        """Its possible times that are still to come."""
        return self.draft.still_open(now)

    @property
    def draft(self) -> Draft:
        """What it proposes."""
        return Draft(self.note, self.media, self.starts, self.minutes, self.expires_at, self.phone_fallback)

    def reads_as(self, draft: Draft) -> bool:
        """Whether it says just what the (checked) draft does."""
        return self.draft == replace(draft, answer_by=expiry(draft))

    def invitation(self, status: Status, sequence: int, now: datetime) -> Invitation:
        """Its event: at its earliest time that is still to come, by its medium if it has only one."""
        start = min(self.still_open(now), default=self.earliest)
        medium = next(iter(self.media)) if len(self.media) == 1 else None
        return Invitation(status, sequence, start, self.minutes, medium)


def starts_limit(offer: Offer) -> int:
    """How many possible times it may have: a suggestion, or a wish to move, has at most three."""
    suggested = offer.supersedes_id is not None or offer.moves_id is not None
    return SUGGESTIONS_LIMIT if suggested else STARTS_LIMIT


def check_ended(offer: Offer, now: datetime) -> None:
    """Returns when nothing came of the offer and new times can be offered: it was declined or taken back, or ran out.

    Raises OfferOpen while it waits, or OfferDecided; also where it asked to move a booking, as that still stands.
    """
    if offer.waits(now):
        raise OfferOpen
    if offer.moves_id is not None or offer.state not in ENDED | {OfferState.OPEN}:
        raise OfferDecided


def decide(offer: Offer, event: OfferEvent, person_id: int, now: datetime) -> OfferState:
    """The state after `event` by `person_id`.

    Raises OfferDecided, OfferExpired, NotYoursToDecide, or MoveNotPutOff where "not now" is said to a wish to move.
    """
    transition = TRANSITIONS.get((offer.state, event))
    if transition is None:
        raise OfferExpired if offer.state is OfferState.EXPIRED else OfferDecided
    side, state = transition
    if side == "recipient" and person_id != offer.recipient_id:
        raise NotYoursToDecide
    if side == "author" and person_id != offer.author_id:
        raise NotYoursToDecide(N_("Only the person who made this offer can change it or take it back."))
    if side != "clock" and now >= offer.expires_at:
        raise OfferExpired
    if event is OfferEvent.POSTPONE and offer.moves_id is not None:
        raise MoveNotPutOff
    return state


def expire(offer: Offer, now: datetime) -> OfferState | None:
    """The state of an offer whose time to be answered is over; None when it is not, or the offer does not wait."""
    transition = TRANSITIONS.get((offer.state, OfferEvent.EXPIRE))
    return transition[1] if transition and now >= offer.expires_at else None


def accept(
    offer: Offer, person_id: int, start: datetime, medium: Medium, now: datetime, revision: int | None = None
) -> OfferState:
    """The state after accepting one time and medium of the offer as it read at `revision` (None: as it reads now).

    Raises what `decide` raises, and OfferReworded, TimeNotOffered, MediumNotOffered or TimePassed.
    """
    state = decide(offer, OfferEvent.ACCEPT, person_id, now)
    if revision is not None and revision != offer.revision:
        raise OfferReworded
    if start not in offer.starts:
        raise TimeNotOffered
    if medium not in offer.media:
        raise MediumNotOffered
    if start <= now:
        raise TimePassed
    return state


def undo(offer: Offer, person_id: int, now: datetime, *, built_on: bool) -> OfferState:
    """The state after the one who answered takes the answer back; `built_on`: something rests on it already.

    Raises NothingToUndo, or what `decide` raises.
    """
    if (offer.state, OfferEvent.UNDO) not in TRANSITIONS or built_on:
        raise NothingToUndo
    return decide(offer, OfferEvent.UNDO, person_id, now)
