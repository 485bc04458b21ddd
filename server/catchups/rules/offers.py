"""An offer: one invitation to one catch-up. Its states, and what each choice does to it.

    open -> accepted | declined | withdrawn | expired | superseded
    accepted | declined | superseded -> open

The one who was asked accepts, declines (for now, or with a word from when to ask again) or suggests other times (which
supersedes the offer with a counter-offer that the other side answers), and may undo that while nothing has been built
on it. The one who asked rewords or withdraws. Time expires. An offer may ask to move a booking: `moves_id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from server.catchups.rules.errors import (
    MediumNotOffered,
    MoveNotPutOff,
    NothingToUndo,
    NotYoursToDecide,
    OfferDecided,
    OfferExpired,
    OfferReworded,
    TimeNotOffered,
    TimePassed,
)
from server.errors import InvalidInput
from server.i18n.texts import N_

NOTE_LIMIT = 2000
STARTS_LIMIT = 5
SUGGESTIONS_LIMIT = 3
PAUSE_WEEKS = (2, 4, 8, 12)
LENGTHS = (15, 30, 45, 60, 90)
FURTHEST = timedelta(days=366)


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


@dataclass(frozen=True, slots=True)
class Draft:
    """What the author of an offer typed. `starts` are aware UTC datetimes, `minutes` the length.

    `answer_by` is when the offer runs out (None: with its last possible time); `phone_fallback` says that the author
    would go on by phone where video fails.
    """

    note: str
    media: frozenset[Medium]
    starts: tuple[datetime, ...]
    minutes: int
    answer_by: datetime | None = None
    phone_fallback: bool = False


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
        return tuple(start for start in self.starts if start > now)


def check_draft(draft: Draft, now: datetime, most: int = STARTS_LIMIT) -> Draft:
    """The draft with its times sorted, each once; at most `most` of them.

    Raises InvalidInput with the field to mend: note, media, starts, minutes or answer_by.
    """
    starts = tuple(sorted(set(draft.starts)))
    check_note(draft.note)
    if not draft.media:
        raise InvalidInput("media", N_("Please choose video, phone or both."))
    if not starts:
        raise InvalidInput("starts", N_("Please enter at least one time."))
    if len(starts) > most:
        raise InvalidInput("starts", N_("Please enter at most %(most)s times."), most=most)
    if starts[0] <= now:
        raise InvalidInput("starts", N_("One of the times has already passed. Please choose times in the future."))
    if starts[-1] > now + FURTHEST:
        raise InvalidInput("starts", N_("One of the times is more than a year ahead. Please choose a nearer one."))
    if draft.minutes not in LENGTHS:
        raise InvalidInput("minutes", N_("Please choose a length of 15, 30, 45, 60 or 90 minutes."))
    if draft.answer_by is not None and draft.answer_by <= now:
        raise InvalidInput("answer_by", N_("The time to answer by has already passed. Please choose a later one."))
    return replace(draft, starts=starts)


def check_note(note: str, field: str = "note") -> None:
    """Raises InvalidInput when there are too many words."""
    if len(note) > NOTE_LIMIT:
        raise InvalidInput(
            field,
            N_("Please shorten this to %(limit)s characters; it has %(length)s."),
            limit=NOTE_LIMIT,
            length=len(note),
        )


def check_suggestion(draft: Draft, offer: Offer, now: datetime) -> Draft:
    """The draft of a counter-offer: up to three other times, or the offer's own times by another medium.

    Raises InvalidInput as `check_draft` does, and where nothing else than the offer itself is suggested.
    """
    only_times = draft.media == offer.media and draft.minutes == offer.minutes
    if (not draft.starts and draft.media == offer.media) or (only_times and set(draft.starts) <= set(offer.starts)):
        raise InvalidInput("starts", N_("Please enter at least one other time, or choose another way to meet."))
    if not draft.starts:
        draft = replace(draft, starts=offer.still_open(now)[:SUGGESTIONS_LIMIT])
    return check_draft(draft, now, SUGGESTIONS_LIMIT)


def check_rewording(draft: Draft, offer: Offer, now: datetime) -> Draft:
    """The draft that an offer is to read as. Raises InvalidInput as `check_draft` does."""
    return check_draft(draft, now, starts_limit(offer))


def starts_limit(offer: Offer) -> int:
    """How many possible times it may have: a suggestion, or a wish to move, has at most three."""
    suggested = offer.supersedes_id is not None or offer.moves_id is not None
    return SUGGESTIONS_LIMIT if suggested else STARTS_LIMIT


def reads_as(offer: Offer, draft: Draft) -> bool:
    """Whether the offer says just what the (checked) draft does."""
    return (offer.note, offer.media, offer.starts, offer.minutes, offer.expires_at, offer.phone_fallback) == (
        draft.note,
        draft.media,
        draft.starts,
        draft.minutes,
        expiry(draft),
        draft.phone_fallback,
    )


def expiry(draft: Draft) -> datetime:
    """When an offer of this draft runs out: when it is to be answered by, at the latest with its last possible time."""
    last = max(draft.starts)
    return min(last, draft.answer_by) if draft.answer_by else last


def pause_until(weeks: int, now: datetime) -> datetime:
    """From when somebody may be asked again. Raises InvalidInput for a number of weeks that is not on offer."""
    if weeks not in PAUSE_WEEKS:
        raise InvalidInput("weeks", N_("Please choose in how many weeks you would like to be asked again."))
    return now + timedelta(weeks=weeks)


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
