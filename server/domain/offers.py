"""An offer: one invitation to one catch-up. Its states, and what each choice does to it.

    open -> accepted | declined | withdrawn | expired | superseded

The one who was asked accepts, declines or suggests another time (which supersedes the offer with a
counter-offer that the other side answers); the one who asked withdraws; time expires.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from server.domain.errors import (
    BadDraft,
    MediumNotOffered,
    NotYoursToDecide,
    OfferDecided,
    OfferExpired,
    TimeNotOffered,
    TimePassed,
)
from server.domain.texts import message

NOTE_LIMIT = 2000
STARTS_LIMIT = 5
LENGTHS = (15, 30, 45, 60, 90)
FURTHEST = timedelta(days=366)
NOTE_TOO_LONG = message("Please shorten the note to %(limit)s characters; it has %(length)s.")


class Medium(StrEnum):
    VIDEO = "video"
    PHONE = "phone"


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
    SUGGEST = "suggest"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


Side = Literal["author", "recipient", "clock"]

TRANSITIONS: Mapping[tuple[OfferState, OfferEvent], tuple[Side, OfferState]] = {
    (OfferState.OPEN, OfferEvent.ACCEPT): ("recipient", OfferState.ACCEPTED),
    (OfferState.OPEN, OfferEvent.DECLINE): ("recipient", OfferState.DECLINED),
    (OfferState.OPEN, OfferEvent.SUGGEST): ("recipient", OfferState.SUPERSEDED),
    (OfferState.OPEN, OfferEvent.WITHDRAW): ("author", OfferState.WITHDRAWN),
    (OfferState.OPEN, OfferEvent.EXPIRE): ("clock", OfferState.EXPIRED),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What the author of an offer typed. `starts` are aware UTC datetimes, `minutes` the length."""

    note: str
    media: frozenset[Medium]
    starts: tuple[datetime, ...]
    minutes: int


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


def check_draft(draft: Draft, now: datetime) -> Draft:
    """The draft with its times sorted, each once.

    Raises BadDraft with the field to mend: note, media, starts or minutes.
    """
    starts = tuple(sorted(set(draft.starts)))
    if len(draft.note) > NOTE_LIMIT:
        raise BadDraft("note", NOTE_TOO_LONG, limit=NOTE_LIMIT, length=len(draft.note))
    if not draft.media:
        raise BadDraft("media", message("Please choose video, phone or both."))
    if not starts:
        raise BadDraft("starts", message("Please give at least one possible time."))
    if len(starts) > STARTS_LIMIT:
        raise BadDraft("starts", message("Please give at most %(limit)s possible times."), limit=STARTS_LIMIT)
    if starts[0] <= now:
        raise BadDraft("starts", message("One of the times has passed already. Please choose times in the future."))
    if starts[-1] > now + FURTHEST:
        raise BadDraft("starts", message("One of the times is more than a year ahead. Please choose a nearer one."))
    if draft.minutes not in LENGTHS:
        raise BadDraft("minutes", message("Please choose a length of 15, 30, 45, 60 or 90 minutes."))
    return replace(draft, starts=starts)


def expiry(draft: Draft) -> datetime:
    """When an offer of this draft runs out: with its last possible time."""
    return max(draft.starts)


def decide(offer: Offer, event: OfferEvent, person_id: int, now: datetime) -> OfferState:
    """The state after `event` by `person_id`.

    Raises OfferDecided, OfferExpired or NotYoursToDecide.
    """
    transition = TRANSITIONS.get((offer.state, event))
    if transition is None:
        raise OfferExpired if offer.state is OfferState.EXPIRED else OfferDecided
    side, state = transition
    if side == "recipient" and person_id != offer.recipient_id:
        raise NotYoursToDecide
    if side == "author" and person_id != offer.author_id:
        raise NotYoursToDecide(message("Only the person who made this offer can take it back."))
    if side == "recipient" and now >= offer.expires_at:
        raise OfferExpired
    return state


def accept(offer: Offer, person_id: int, start: datetime, medium: Medium, now: datetime) -> OfferState:
    """The state after accepting one time and medium.

    Raises what `decide` raises, and TimeNotOffered, MediumNotOffered or TimePassed.
    """
    state = decide(offer, OfferEvent.ACCEPT, person_id, now)
    if start not in offer.starts:
        raise TimeNotOffered
    if medium not in offer.media:
        raise MediumNotOffered
    if start <= now:
        raise TimePassed
    return state
