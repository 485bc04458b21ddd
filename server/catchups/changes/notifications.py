"""Queueing the emails about a change, in the transaction that makes it, with the calendar event as it then stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import Booking, Reminder
from server.catchups.rules.effects import Notice
from server.catchups.rules.invitations import Invitation, Status, as_data
from server.catchups.rules.offers import Offer
from server.catchups.store import catchups
from server.mail import outbox


@dataclass(frozen=True, slots=True)
class CatchupChange:
    """Something that happened in a catch-up, the `sequence`-th. `about` is what it happened to, such as offer:7.

    `invitation` is the calendar event after it; None where that stays as it is.
    """

    catchup_id: int
    about: str
    sequence: int
    invitation: Invitation | None
    at: datetime


async def change_of(
    connection: AsyncConnection, subject: Offer | Booking, status: Status | None, now: datetime
) -> CatchupChange:
    """The next change of the catch-up. The event gets this status; None leaves it as it is."""
    sequence = await catchups.advance(connection, subject.catchup_id)
    if isinstance(subject, Offer):
        about = f"offer:{subject.id}"
        invitation = subject.invitation(status, sequence, now) if status else None
    else:
        about = f"booking:{subject.id}"
        invitation = subject.invitation(status, sequence) if status else None
    return CatchupChange(subject.catchup_id, about, sequence, invitation, now)


async def notify(connection: AsyncConnection, change: CatchupChange, notices: Iterable[Notice]) -> None:
    """Queues each email. An event is cancelled only in calendars that it has entered."""
    had_it = await outbox.invited(connection, change.catchup_id)
    for notice in notices:
        invitation = change.invitation
        if notice.receipt and (invitation is None or notice.recipient_id not in had_it):
            continue
        if invitation and invitation.status is Status.CANCELLED and notice.recipient_id not in had_it:
            invitation = None
        await outbox.enqueue(
            connection,
            recipient_id=notice.recipient_id,
            event=f"{change.about}:{notice.kind}:{change.sequence}",
            kind=notice.kind,
            path=f"/catchups/{change.catchup_id}",
            now=change.at,
            catchup_id=change.catchup_id,
            invitation=as_data(invitation) if invitation else None,
        )


async def schedule_reminders(
    connection: AsyncConnection, booking: Booking, reminders: Iterable[Reminder], now: datetime
) -> None:
    for reminder in reminders:
        await outbox.enqueue(
            connection,
            recipient_id=reminder.recipient_id,
            event=f"booking:{booking.id}:{reminder.kind}",
            kind=reminder.kind,
            path=f"/catchups/{booking.catchup_id}",
            now=now,
            due_at=reminder.due_at,
            catchup_id=booking.catchup_id,
            booking_id=booking.id,
        )
