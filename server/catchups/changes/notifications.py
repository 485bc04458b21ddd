"""Queueing the emails about a change, in the transaction that makes it, with the calendar event as it then stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import Booking, Reminder
from server.catchups.rules.effects import Notice
from server.catchups.rules.invitations import Invitation, Status, as_data, invitation_from
from server.catchups.rules.offers import Offer
from server.catchups.store import catchups
from server.mail import outbox


@dataclass(frozen=True, slots=True)
class CatchupChange:
    """Something that happened in a catch-up, the `sequence`-th. `about` is what it happened to, such as offer:7.

    `agreed` is the calendar event of a booking that it made; `cancels` says that the event is cancelled.
    """

    catchup_id: int
    about: str
    sequence: int
    at: datetime
    agreed: Invitation | None = None
    cancels: bool = False

    def invitation(self, held: Invitation | None) -> Invitation | None:
        """What it changes in a calendar that was last sent `held`. It cancels an event only where that stands."""
        if not self.cancels:
            return self.agreed
        if held is None or held.status is Status.CANCELLED:
            return None
        return replace(held, status=Status.CANCELLED, sequence=self.sequence)


async def change_of(
    connection: AsyncConnection, subject: Offer | Booking, status: Status | None, now: datetime
) -> CatchupChange:
    """The next change of the catch-up. The event gets this status; None leaves it as it is."""
    sequence = await catchups.advance(connection, subject.catchup_id)
    cancels = status is Status.CANCELLED
    if isinstance(subject, Offer):
        return CatchupChange(subject.catchup_id, f"offer:{subject.id}", sequence, now, cancels=cancels)
    agreed = subject.invitation(status, sequence) if status and not cancels else None
    return CatchupChange(subject.catchup_id, f"booking:{subject.id}", sequence, now, agreed, cancels)


async def notify(connection: AsyncConnection, change: CatchupChange, notices: Iterable[Notice]) -> None:
    """Queues each email. An event is cancelled only in calendars where it stands."""
    last = await outbox.last_invitations(connection, change.catchup_id)
    for notice in notices:
        told = last.get(notice.recipient_id)
        invitation = change.invitation(invitation_from(told) if told else None)
        if notice.receipt and invitation is None:
            continue
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
