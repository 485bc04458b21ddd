"""What the recipient of an offer does with it: accepting it, suggesting other times, and undoing an answer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from server.catchups.rules import bookings, offers
from server.catchups.rules.bookings import (
    Booking,
    BookingEvent,
    BookingState,
    BookingTransition,
    NewBooking,
    agree,
    overlap,
)
from server.catchups.rules.drafts import Draft, Medium, check_suggestion
from server.catchups.rules.errors import (
    MediumNotOffered,
    NothingToUndo,
    OfferReworded,
    TimeNotOffered,
    TimePassed,
    TimeTaken,
)
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ShownWording, Statement
from server.catchups.rules.offers import Offer, OfferEvent, OfferState, OfferTransition, PauseEnd
from server.catchups.rules.proposals import NewOffer, phone_choice, propose
from server.errors import DomainError


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the person who accepts chose: a time and a medium of the offer as it read at `revision` (None: now).

    `phone` is what they were shown when they allowed to go on by phone, None when they did not.
    """

    start: datetime
    medium: Medium
    shown: ShownWording
    revision: int | None = None
    phone: ShownWording | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What an acceptance changes: the offer, the booking that it becomes, and the booking that gives way to that."""

    offer: OfferTransition
    booking: NewBooking
    gives_way: BookingTransition | None


@dataclass(frozen=True, slots=True)
class AnswerDependents:
    """What can depend on an answer: the `booking` that the offer became, the offer that is `waiting` in its catch-up
    now, and the booking that it asks to move (`moved`). `new_times`: new times were offered after it."""

    booking: Booking | None
    waiting: Offer | None
    moved: Booking | None
    new_times: bool = False

    def depend_on(self, offer: Offer, window: JoinWindow, now: datetime) -> bool:
        """Whether something does: a booking that was moved, a call that is open, an answer to the answer."""
        if self.new_times:
            return True
        if offer.state is OfferState.ACCEPTED:
            return self.moved is not None or self.waiting is not None or not self._is_fresh(window, now)
        if self.moved is not None and not self.moved.stands(now):
            return True
        if offer.state is OfferState.SUPERSEDED:
            return self.waiting is None or self.waiting.supersedes_id != offer.id
        return self.waiting is not None

    def _is_fresh(self, window: JoinWindow, now: datetime) -> bool:
        """Whether the booking is as it was agreed, and its call not open yet."""
        confirmed = self.booking is not None and self.booking.state is BookingState.CONFIRMED
        return confirmed and self.booking is not None and now < window.opens_at(self.booking)


def accept(
    offer: Offer,
    by: Statement,
    choice: Acceptance,
    near: Iterable[Booking],
    moved: Booking | None,
    now: datetime,
) -> Agreement:
    """The agreement on one time and medium of the offer.

    `near` are the bookings of both people around that time, `moved` is the one that the offer asks to move. Raises what
    `offers.apply` raises, OfferReworded, TimeNotOffered, MediumNotOffered, TimePassed, TimeTaken when one of the two is
    booked then, or BookingOver when `moved` was held or called off.
    """
    change = offers.apply(offer, OfferEvent.ACCEPT, now, by, start=choice.start, medium=choice.medium)
    _check_choice(offer, choice, now)
    if any(overlap(choice.start, offer.minutes, booking) for booking in near if booking.id != offer.moves_id):
        raise TimeTaken
    phone = choice.phone if choice.medium is Medium.VIDEO else None
    fallback = offer.phone_fallback and phone is not None
    return Agreement(
        offer=replace(change, choices=(*change.choices, *phone_choice(by, phone)), pause_end=PauseEnd()),
        booking=agree(offer, choice.start, choice.medium, fallback, now),
        gives_way=bookings.apply(moved, BookingEvent.RESCHEDULE, now) if moved else None,
    )


def postpone(offer: Offer, by: Statement, until: datetime, now: datetime) -> OfferTransition:
    """The recipient declines for now: they may be asked again from `until` on. Raises what `offers.apply` raises."""
    return replace(offers.apply(offer, OfferEvent.POSTPONE, now, by, start=until), pause_until=until)


def suggest(
    offer: Offer,
    by: Statement,
    draft: Draft,
    own: ShownWording,
    phone: ShownWording | None,
    now: datetime,
) -> tuple[OfferTransition, NewOffer]:
    """The offer that is superseded, and the counter-offer.

    `own` is what the recipient was shown of their own consent to it, `phone` of going on by phone, None when they did
    not allow that. Raises InvalidInput or what `offers.apply` raises.
    """
    superseded = offers.apply(offer, OfferEvent.SUGGEST, now, by)
    counter = propose(
        check_suggestion(draft, offer.draft, now),
        replace(by, shown=own),
        phone,
        catchup_id=offer.catchup_id,
        recipient_id=offer.author_id,
        supersedes_id=offer.id,
        moves_id=offer.moves_id,
    )
    return superseded, counter


def undo(
    offer: Offer,
    by: Statement,
    dependents: AnswerDependents,
    again_at: datetime | None,
    window: JoinWindow,
    now: datetime,
) -> tuple[OfferTransition | BookingTransition, ...]:
    """What changes, in this order, when the answer is taken back: the offer is open again.

    `again_at` is from when the recipient may be asked again, if that was the answer. Raises NothingToUndo, or what
    `offers.apply` raises.
    """
    _check_undo(offer, dependents, window, now)
    reopened = offers.apply(offer, OfferEvent.UNDO, now, by)
    changes: list[OfferTransition | BookingTransition] = []
    if dependents.waiting:
        changes.append(offers.apply(dependents.waiting, OfferEvent.SUGGESTION_UNDONE, now))
    if dependents.booking:
        changes.append(bookings.apply(dependents.booking, BookingEvent.ACCEPTANCE_UNDONE, now))
    return (*changes, replace(reopened, pause_end=PauseEnd(again_at) if again_at else None))


def may_undo(offer: Offer, person_id: int, dependents: AnswerDependents, window: JoinWindow, now: datetime) -> bool:
    """Whether this person could take back their answer to the offer."""
    try:
        _check_undo(offer, dependents, window, now)
        offers.check(offer, OfferEvent.UNDO, person_id, now)
    except DomainError:
        return False
    return True


def _check_choice(offer: Offer, choice: Acceptance, now: datetime) -> None:
    if choice.revision is not None and choice.revision != offer.revision:
        raise OfferReworded
    if choice.start not in offer.starts:
        raise TimeNotOffered
    if choice.medium not in offer.media:
        raise MediumNotOffered
    if choice.start <= now:
        raise TimePassed


def _check_undo(offer: Offer, dependents: AnswerDependents, window: JoinWindow, now: datetime) -> None:
    undoable = (offer.state, OfferEvent.UNDO) in offers.TRANSITIONS
    if not undoable or dependents.depend_on(offer, window, now):
        raise NothingToUndo
