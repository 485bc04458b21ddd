"""Saving what was decided about a guest's seat, with all that follows from it, in the same transaction."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.changes.ledger import record_choice
from server.catchups.rules.bookings import Booking
from server.catchups.rules.invitations import Invitation, Status, as_data, invitation_from
from server.catchups.rules.ledger import ChoiceKind, NewChoice, Statement, guest_subject
from server.catchups.store.catchups import advance, mentorship_of
from server.db.changes import Topic, note_change
from server.guests.rules.seats import (
    ANSWERED_EMAIL,
    ENDED_EMAIL,
    LEFT_EMAIL,
    REMINDERS,
    TO_GUEST,
    GuestSeat,
    SeatEvent,
    SeatState,
    next_state,
    reminders_of,
)
from server.guests.store import seats
from server.mail import outbox


async def end_seat(
    connection: AsyncConnection, seat: GuestSeat, event: SeatEvent, now: datetime, by: Statement | None = None
) -> None:
    """`by` is what the one of the two, or the third person, says who ends it. The catch-up must be locked. Raises
    SeatOver.

    A guest who was told of the seat is told that it is gone, and their calendar. One who said no is not, and their data
    goes at once, as does that of somebody who was never told; only from the calendar of somebody who was introduced
    and had said yes before it is taken. The name of somebody who was introduced stays for the two until their
    seat's data goes.
    """
    state = next_state(seat.state, event)
    await seats.set_state(connection, seat.id, state, now)
    if by is not None:
        kind = ChoiceKind.LEFT_SEAT if by.person_id == seat.third_id else ChoiceKind.ENDED_GUEST
        await record_choice(connection, guest_subject(seat.id), NewChoice(kind, by), now)
    told = seat.told_start is not None and not await _is_gone(connection, seat)
    refused = state is SeatState.REFUSED
    await _drop_reminders(connection, seat, now)
    goes = not told or (refused and seat.third_id is None)
    if not goes and event is not SeatEvent.TIME_OVER:
        cancelled = await _cancelled(connection, seat)
        if not refused:
            await tell_guest(connection, seat, ENDED_EMAIL, now, cancelled)
        elif cancelled is not None:
            await tell_guest(connection, seat, LEFT_EMAIL, now, cancelled)
    if goes:
        await forget_guest(connection, seat, now)
    await tell_others(connection, seat, event, now, by.person_id if by else None)
    note_seat(connection, seat)


async def tell_guest(
    connection: AsyncConnection, seat: GuestSeat, kind: str, now: datetime, invitation: Invitation | None = None
) -> None:
    """Queues an email to the guest, with what it changes in their calendar."""
    await _enqueue(connection, seat, kind, now, invitation=as_data(invitation) if invitation else None)


async def tell_agreed(connection: AsyncConnection, seat: GuestSeat, booking: Booking, kind: str, now: datetime) -> None:
    """Queues an email to a guest who comes to the booking's call, with its calendar event; and reminders later, in
    place of earlier ones. The catch-up must be locked."""
    agreed = booking.invitation(Status.CONFIRMED, await advance(connection, seat.catchup_id))
    await tell_guest(connection, seat, kind, now, agreed)
    await _drop_reminders(connection, seat, now)
    for reminder, due_at in reminders_of(booking, now).items():
        await _enqueue(connection, seat, reminder, now, due_at=due_at, booking_id=booking.id)


async def tell_one(connection: AsyncConnection, seat: GuestSeat, person_id: int, kind: str, now: datetime) -> None:
    """Queues an email about the seat to one of the two."""
    await outbox.enqueue(
        connection,
        recipient_id=person_id,
        event=f"guest:{seat.id}:{kind}:{uuid.uuid4()}",
        kind=kind,
        path=f"/catchups/{seat.catchup_id}",
        now=now,
        catchup_id=seat.catchup_id,
    )


async def tell_others(
    connection: AsyncConnection, seat: GuestSeat, event: SeatEvent, now: datetime, by: int | None
) -> None:
    """Tells those of the two who did not bring it about. The time, and what calls a catch-up off, tell by themselves;
    somebody who was only asked is told nothing when that is taken back."""
    if event in (SeatEvent.TIME_OVER, SeatEvent.CALLED_OFF):
        return
    if seat.state is SeatState.ASKED and by == seat.asked_by:
        return
    mentorship = await mentorship_of(connection, seat.catchup_id)
    told = {seat.asked_by} if seat.state is SeatState.ASKED else {mentorship.mentor_id, mentorship.mentee_id}
    for person_id in sorted(told - {by}):
        await tell_one(connection, seat, person_id, ANSWERED_EMAIL, now)


def note_seat(connection: AsyncConnection, seat: GuestSeat) -> None:
    """The open pages of the catch-up, and the guest's, look again."""
    note_change(connection, Topic("catchup", seat.catchup_id))
    note_change(connection, Topic("guest", seat.id))


async def forget_guest(connection: AsyncConnection, seat: GuestSeat, now: datetime) -> None:
    """Deletes the guest's name and address, and sends them nothing more; no link opens the seat any more."""
    sender = await _sender(connection, seat)
    for kind in TO_GUEST:
        await outbox.drop_about(connection, sender, f"guest:{seat.id}:{kind}", now)
    await seats.clear(connection, seat.id)


async def _enqueue(connection: AsyncConnection, seat: GuestSeat, kind: str, now: datetime, **more: Any) -> None:
    """Through the one of the two who named the guest (the other, once they are erased). To somebody who was introduced
    it goes as to any person, and leads to the introduction."""
    await outbox.enqueue(
        connection,
        recipient_id=await _sender(connection, seat),
        event=f"guest:{seat.id}:{kind}:{uuid.uuid4()}",
        kind=kind,
        path=f"/guests/{seat.id}" if seat.introduction_id is None else f"/introductions/{seat.introduction_id}",
        now=now,
        **more,
    )


async def _drop_reminders(connection: AsyncConnection, seat: GuestSeat, now: datetime) -> None:
    sender = await _sender(connection, seat)
    for kind in REMINDERS:
        await outbox.drop_about(connection, sender, f"guest:{seat.id}:{kind}", now)


async def _cancelled(connection: AsyncConnection, seat: GuestSeat) -> Invitation | None:
    """The guest's calendar event as cancelled; None where their calendar has none."""
    last = await outbox.last_invitation(connection, await _sender(connection, seat), f"guest:{seat.id}")
    held = invitation_from(last) if last else None
    if held is None or held.status is Status.CANCELLED:
        return None
    return replace(held, status=Status.CANCELLED, sequence=await advance(connection, seat.catchup_id))


async def _is_gone(connection: AsyncConnection, seat: GuestSeat) -> bool:
    """Whether this is the seat of a person who was erased."""
    return seat.third_id is not None and await seats.is_erased(connection, seat.third_id)


async def _sender(connection: AsyncConnection, seat: GuestSeat) -> int:
    if seat.third_id is not None:
        return seat.third_id
    if not await seats.is_erased(connection, seat.asked_by):
        return seat.asked_by
    return (await mentorship_of(connection, seat.catchup_id)).other(seat.asked_by)
