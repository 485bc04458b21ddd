"""What the one who was asked does with an offer: one verb, one function, one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.actions.ledger import record_choice
from server.catchups.actions.notifications import change_of_booking, change_of_offer, promise_reminders, tell
from server.catchups.actions.offers import decided_offer, locked_offer, propose
from server.catchups.rules import bookings as booking_rules
from server.catchups.rules import offers as rules
from server.catchups.rules.bookings import Booking, BookingEvent, overlap
from server.catchups.rules.errors import BookingOver, TimeTaken
from server.catchups.rules.invitations import Status
from server.catchups.rules.join_window import Door
from server.catchups.rules.ledger import ChoiceKind, Shown
from server.catchups.rules.offers import Draft, Medium, Offer, OfferEvent, OfferState
from server.catchups.store import bookings, offers, pauses
from server.catchups.store import ledger as choices
from server.catchups.store.answers import built_on_answer
from server.db.database import Database
from server.mail import outbox
from server.people.rules.visitors import Visitor
from server.people.store import people


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the one who accepts chose: a time and a medium of the offer as it read at `revision` (None: now).

    `phone` is what they were shown when they allowed to go on by phone, None when they did not.
    """

    start: datetime
    medium: Medium
    shown: Shown
    revision: int | None = None
    phone: Shown | None = None


async def accept_offer(db: Database, visitor: Visitor, offer_id: int, choice: Acceptance, now: datetime) -> Booking:
    """The booking that the offer becomes; one that it asked to move gives way to it.

    Raises NotFound, what `domain.offers.accept` raises, TimeTaken when one of the two is booked then, or BookingOver
    when what it asked to move was held or called off.
    """
    async with db.writing() as connection:
        offer = await locked_offer(connection, visitor, offer_id)
        state = rules.accept(offer, visitor.person.id, choice.start, choice.medium, now, choice.revision)
        await _refuse_overlap(connection, offer, choice.start)
        await offers.set_state(connection, offer.id, state, now)
        if offer.moves_id:
            await _move_away(connection, offer.moves_id, now)
        await record_choice(
            connection,
            visitor,
            offer.id,
            ChoiceKind.ACCEPTED,
            choice.shown,
            now,
            start=choice.start,
            medium=choice.medium,
        )
        phone = choice.phone if choice.medium is Medium.VIDEO else None
        if phone is not None:
            await record_choice(connection, visitor, offer.id, ChoiceKind.ALLOWED_PHONE, phone, now)
        fallback = offer.phone_fallback and phone is not None
        booking = await bookings.add_booking(connection, offer, choice.start, choice.medium, fallback, now)
        await pauses.end_pause(connection, offer.catchup_id, visitor.person.id)
        change = await change_of_booking(connection, booking, Status.CONFIRMED, now)
        both = (offer.author_id, offer.recipient_id)
        await tell(connection, change, dict.fromkeys(both, "booking_moved" if offer.moves_id else "offer_accepted"))
        await promise_reminders(connection, booking, both, now)
        return booking


async def decline_offer(db: Database, visitor: Visitor, offer_id: int, words: str, shown: Shown, now: datetime) -> None:
    """Declines, with or without words. Raises NotFound, InvalidInput or what `domain.offers.decide` raises."""
    words = check_words(words)
    async with db.writing() as connection:
        offer = await decided_offer(connection, visitor, offer_id, OfferEvent.DECLINE, now)
        await record_choice(connection, visitor, offer.id, ChoiceKind.DECLINED, shown, now, words=words)
        await _tell_not_now(connection, offer, "move_declined" if offer.moves_id else "offer_declined", now)


async def postpone_offer(
    db: Database, visitor: Visitor, offer_id: int, weeks: int, words: str, shown: Shown, now: datetime
) -> datetime:
    """Declines for now: from when the visitor may be asked again.

    Raises NotFound, InvalidInput or what `domain.offers.decide` raises.
    """
    words = check_words(words)
    until = rules.pause_until(weeks, now)
    async with db.writing() as connection:
        offer = await decided_offer(connection, visitor, offer_id, OfferEvent.POSTPONE, now)
        await record_choice(connection, visitor, offer.id, ChoiceKind.POSTPONED, shown, now, start=until, words=words)
        await pauses.set_pause(connection, offer.catchup_id, visitor.person.id, until)
        await _tell_not_now(connection, offer, "offer_postponed", now)
        return until


async def suggest_other(
    db: Database,
    visitor: Visitor,
    offer_id: int,
    draft: Draft,
    shown: Shown,
    own: Shown,
    now: datetime,
    phone: Shown | None = None,
) -> Offer:
    """Answers with a counter-offer, which the other side decides; the offer is superseded by it.

    `shown` is what suggesting means, `own` what one's own consent to the counter-offer means, `phone` what allowing
    to go on by phone means, None when that was not allowed.
    Raises NotFound, InvalidInput or what `domain.offers.decide` raises.
    """
    async with db.writing() as connection:
        offer = await decided_offer(connection, visitor, offer_id, OfferEvent.SUGGEST, now)
        draft = rules.check_suggestion(draft, offer, now)
        await record_choice(connection, visitor, offer.id, ChoiceKind.SUGGESTED, shown, now)
        counter = await propose(
            connection,
            visitor,
            draft,
            catchup_id=offer.catchup_id,
            recipient_id=offer.author_id,
            shown=own,
            phone=phone,
            now=now,
            supersedes_id=offer.id,
            moves_id=offer.moves_id,
        )
        change = await change_of_offer(connection, counter, Status.TENTATIVE, now)
        await tell(connection, change, {counter.recipient_id: "other_suggested", visitor.person.id: "you_suggested"})
        return counter


async def undo_answer(db: Database, visitor: Visitor, offer_id: int, shown: Shown, door: Door, now: datetime) -> Offer:
    """Takes an answer back while nothing has been built on it: the offer waits again.

    Raises NotFound, NothingToUndo or what `domain.offers.decide` raises.
    """
    async with db.writing() as connection:
        offer = await locked_offer(connection, visitor, offer_id)
        built = await built_on_answer(connection, offer)
        state = rules.undo(offer, visitor.person.id, now, built_on=built.rests_on(offer, door, now))
        if built.waiting:
            await offers.set_state(connection, built.waiting.id, OfferState.WITHDRAWN, now)
        if built.booking:
            called_off = booking_rules.decide(built.booking, BookingEvent.WITHDRAW)
            await bookings.set_state(connection, built.booking.id, called_off)
            await outbox.drop_emails(connection, built.booking.id, now)
        await offers.set_state(connection, offer.id, state, now)
        answer = (await choices.choices_about(connection, offer.id))[-1]
        if answer.kind is ChoiceKind.POSTPONED:
            await pauses.end_pause(connection, offer.catchup_id, visitor.person.id, until=answer.start)
        await record_choice(connection, visitor, offer.id, ChoiceKind.UNDID, shown, now)
        change = await change_of_offer(connection, offer, Status.TENTATIVE, now)
        await tell(connection, change, {offer.author_id: "answer_undone", offer.recipient_id: "you_undid"})
        return offer


def check_words(words: str) -> str:
    """The words, stripped. Raises InvalidInput when there are too many."""
    words = words.strip()
    rules.check_note(words, "words")
    return words


async def _move_away(connection: AsyncConnection, booking_id: int, now: datetime) -> None:
    booking = await bookings.hold_booking(connection, booking_id)
    if booking is None:
        raise BookingOver
    await bookings.set_state(connection, booking.id, booking_rules.after_move(booking))
    await outbox.drop_emails(connection, booking.id, now)


async def _refuse_overlap(connection: AsyncConnection, offer: Offer, start: datetime) -> None:
    """Raises TimeTaken when one of the two is booked then, by another booking than the one that gives way."""
    both = (offer.author_id, offer.recipient_id)
    await people.lock_people(connection, both)
    end = start + timedelta(minutes=offer.minutes)
    near = await bookings.live_between(connection, both, start, end)
    if any(overlap(start, offer.minutes, booking) for booking in near if booking.id != offer.moves_id):
        raise TimeTaken


async def _tell_not_now(connection: AsyncConnection, offer: Offer, letter: str, now: datetime) -> None:
    change = await change_of_offer(connection, offer, Status.CANCELLED, now)
    letters = {offer.author_id: letter}
    if not offer.moves_id:
        letters[offer.recipient_id] = "you_declined"
    await tell(connection, change, letters)
