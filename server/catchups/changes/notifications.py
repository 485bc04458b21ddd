"""Queueing the emails about a change, in the transaction that makes it, with the calendar event as it then stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import Booking, Reminder
from server.catchups.rules.collapsing import QueuedNotice, UnsentEmail, collapse, giving_way
from server.catchups.rules.effects import Notice
from server.catchups.rules.invitations import Invitation, Status, as_data
from server.catchups.rules.offers import Offer
from server.catchups.store import catchups, mutes
from server.mail import outbox

# What somebody gets none of who wants no emails about new offers, and what is news only of an offer that was told.
NEW_OFFER = "offer_made"
ABOUT_TOLD_OFFERS = frozenset({"offer_reworded", "offer_withdrawn"})


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
    """Queues each email that the recipient wants and that is still news, in place of unsent ones that give way to it.

    An event is cancelled only in calendars that it has entered.
    """
    muted = await mutes.muted_in(connection, change.catchup_id)
    for notice in notices:
        queued = await _give_way(connection, change, notice, muted)
        if queued is None:
            continue
        had_it = notice.recipient_id in await outbox.invited(connection, change.catchup_id)
        invitation = change.invitation
        if notice.receipt and (invitation is None or not had_it):
            continue
        if invitation and invitation.status is Status.CANCELLED and not had_it:
            invitation = None
        await outbox.enqueue(
            connection,
            recipient_id=notice.recipient_id,
            event=f"{change.about}:{queued.kind}:{change.sequence}",
            kind=queued.kind,
            path=f"/catchups/{change.catchup_id}",
            now=change.at,
            due_at=queued.due_at,
            catchup_id=change.catchup_id,
            invitation=as_data(invitation) if invitation else None,
        )


async def _give_way(
    connection: AsyncConnection, change: CatchupChange, notice: Notice, muted: frozenset[int]
) -> QueuedNotice | None:
    """The email to queue, after the unsent ones that give way to it were dropped; None for none."""
    recipient_id, kind = notice.recipient_id, notice.kind
    dropped = await outbox.drop_unsent(connection, change.catchup_id, recipient_id, giving_way(kind), change.at)
    queued = collapse(kind, [UnsentEmail(each.kind, each.made_at, each.due_at) for each in dropped], change.at)
    if queued is None or recipient_id not in muted:
        return queued
    untold = queued.kind in ABOUT_TOLD_OFFERS and not await outbox.told_of(connection, recipient_id, change.about)
    return None if queued.kind == NEW_OFFER or untold else queued


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
