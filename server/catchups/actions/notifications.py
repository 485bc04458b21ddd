"""Promising the letters about a change, in the transaction that makes it, with the calendar event as it then stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import Booking
from server.catchups.rules.invitations import Invitation, Status, as_data, of_booking, of_offer
from server.catchups.rules.offers import Offer
from server.catchups.store import catchups
from server.mail import outbox

REMINDERS: Mapping[str, timedelta] = {"reminder_day": timedelta(days=1), "reminder_soon": timedelta(minutes=15)}
# Who has just agreed needs no reminder of it.
AGREED_JUST_NOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened in a catch-up, the `sequence`-th. `about` is what it happened to, such as offer:7.

    `invitation` is the calendar event after it; None where that stays as it is.
    """

    catchup_id: int
    about: str
    sequence: int
    invitation: Invitation | None
    at: datetime


async def change_of_offer(connection: AsyncConnection, offer: Offer, status: Status, now: datetime) -> Change:
    """A change of an offer that is not agreed. One that asks to move a booking leaves its event as it is."""
    sequence = await catchups.advance(connection, offer.catchup_id)
    invitation = None if offer.moves_id else of_offer(offer, status, sequence, now)
    return Change(offer.catchup_id, f"offer:{offer.id}", sequence, invitation, now)


async def change_of_booking(connection: AsyncConnection, booking: Booking, status: Status, now: datetime) -> Change:
    sequence = await catchups.advance(connection, booking.catchup_id)
    return Change(booking.catchup_id, f"booking:{booking.id}", sequence, of_booking(booking, status, sequence), now)


async def news_of_booking(connection: AsyncConnection, booking: Booking, now: datetime) -> Change:
    """Something to tell about a booking that changes neither its time nor its state."""
    sequence = await catchups.advance(connection, booking.catchup_id)
    return Change(booking.catchup_id, f"booking:{booking.id}", sequence, None, now)


async def tell(connection: AsyncConnection, change: Change, letters: Mapping[int, str]) -> None:
    """Promises each person (by id) a letter. An event is called off only in calendars that it has entered."""
    had_it = await outbox.invited(connection, change.catchup_id)
    for recipient_id, letter in letters.items():
        invitation = change.invitation
        if invitation and invitation.status is Status.CANCELLED and recipient_id not in had_it:
            invitation = None
        await outbox.enqueue(
            connection,
            recipient_id=recipient_id,
            event=f"{change.about}:{letter}:{change.sequence}",
            kind=letter,
            path=f"/catchups/{change.catchup_id}",
            now=change.at,
            catchup_id=change.catchup_id,
            invitation=as_data(invitation) if invitation else None,
        )


async def tell_of_offer(connection: AsyncConnection, offer: Offer, letter: str, now: datetime) -> None:
    """The recipient's letter about an offer that waits for them, with the catch-up's event as it stands from now on."""
    change = await change_of_offer(connection, offer, Status.TENTATIVE, now)
    await tell(connection, change, {offer.recipient_id: letter})


async def tell_if_invited(connection: AsyncConnection, change: Change, person_id: int, letter: str) -> None:
    """A receipt for who changed it, needed only where it stands in their calendar."""
    if change.invitation and person_id in await outbox.invited(connection, change.catchup_id):
        await tell(connection, change, {person_id: letter})


async def promise_reminders(
    connection: AsyncConnection, booking: Booking, people: Iterable[int], now: datetime
) -> None:
    """A day and a quarter of an hour before, for those that are not all but now."""
    for recipient_id in people:
        for letter, before in REMINDERS.items():
            due_at = booking.start - before
            if due_at > now + AGREED_JUST_NOW:
                await outbox.enqueue(
                    connection,
                    recipient_id=recipient_id,
                    event=f"booking:{booking.id}:{letter}",
                    kind=letter,
                    path=f"/catchups/{booking.catchup_id}",
                    now=now,
                    due_at=due_at,
                    catchup_id=booking.catchup_id,
                    booking_id=booking.id,
                )
