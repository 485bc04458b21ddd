"""What the author of an offer does with it: proposing it, rewording it, and offering new times after it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from server.catchups.rules.drafts import STARTS_LIMIT, SUGGESTIONS_LIMIT, Draft, Medium, check_draft
from server.catchups.rules.effects import Effects, Notice
from server.catchups.rules.errors import OfferDecided, OfferOpen
from server.catchups.rules.ledger import ChoiceKind, NewChoice, ShownWording, Statement
from server.catchups.rules.offers import Offer, OfferEvent, OfferSide, OfferState, OfferTransition, apply

ENDED = frozenset({OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.EXPIRED})
NEW_OFFER_EMAILS: Mapping[OfferSide, str] = {"recipient": "offer_made"}
NEW_MOVE_EMAILS: Mapping[OfferSide, str] = {"recipient": "move_asked"}
SUGGESTION_EMAILS: Mapping[OfferSide, str] = {"recipient": "other_suggested", "author": "you_suggested"}


@dataclass(frozen=True, slots=True)
class NewOffer(Effects):
    """An offer that is to be made, and what follows. `by_routine`: the routine of the two makes it."""

    draft: Draft
    catchup_id: int
    author_id: int
    recipient_id: int
    supersedes_id: int | None = None
    moves_id: int | None = None
    by_routine: bool = False


def propose(
    draft: Draft,
    by: Statement,
    phone: ShownWording | None,
    *,
    catchup_id: int,
    recipient_id: int,
    supersedes_id: int | None = None,
    moves_id: int | None = None,
) -> NewOffer:
    """An offer of this (checked) draft. With it goes the author's own consent.

    `phone` is what the author was shown when they allowed to go on by phone, None when they did not.
    """
    draft = with_phone(draft, phone)
    people: Mapping[OfferSide, int] = {"author": by.person_id, "recipient": recipient_id}
    emails = _emails(supersedes_id, moves_id)
    return NewOffer(
        draft,
        catchup_id,
        by.person_id,
        recipient_id,
        supersedes_id,
        moves_id,
        choices=(NewChoice(ChoiceKind.OFFERED, by), *phone_choice(by, phone if draft.phone_fallback else None)),
        notices=tuple(Notice(people[side], kind) for side, kind in emails.items()),
    )


def reword(
    offer: Offer, by: Statement, draft: Draft, phone: ShownWording | None, now: datetime
) -> OfferTransition | None:
    """The offer as the draft has it; None when it reads so already.

    `phone` is what the author was shown of going on by phone, or of no longer doing so, as the draft has it; None
    leaves that as it was. Raises InvalidInput or what `apply` raises.
    """
    change = apply(offer, OfferEvent.REWORD, now, by)
    draft = check_draft(draft, now, starts_limit(offer))
    if phone is None:
        draft = replace(draft, phone_fallback=offer.phone_fallback)
    if offer.reads_as(draft):
        return None
    news = phone if draft.phone_fallback != offer.phone_fallback else None
    choices = (*change.choices, *phone_choice(by, news, allowed=draft.phone_fallback))
    return replace(change, draft=draft, choices=choices)


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


def with_phone(draft: Draft, phone: ShownWording | None) -> Draft:
    """The draft, which allows to go on by phone only when that was shown, and only from video."""
    fallback = draft.phone_fallback and phone is not None and Medium.VIDEO in draft.media
    return replace(draft, phone_fallback=fallback)


def phone_choice(by: Statement, phone: ShownWording | None, *, allowed: bool = True) -> tuple[NewChoice, ...]:
    """The entry about going on by phone, on what was shown of that; none where nothing was."""
    if phone is None:
        return ()
    kind = ChoiceKind.ALLOWED_PHONE if allowed else ChoiceKind.DISALLOWED_PHONE
    return (NewChoice(kind, replace(by, shown=phone)),)


def _emails(supersedes_id: int | None, moves_id: int | None) -> Mapping[OfferSide, str]:
    if supersedes_id is not None:
        return SUGGESTION_EMAILS
    return NEW_OFFER_EMAILS if moves_id is None else NEW_MOVE_EMAILS
