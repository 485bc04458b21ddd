"""Queueing the emails about a change, in the transaction that makes it, with the calendar event as it then stands."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import Booking, Reminder
from server.catchups.rules.collapsing import QueuedNotice, UnsentEmail, collapse, giving_way
from server.catchups.rules.effects import Notice
from server.catchups.rules.invitations import Invitation, Status, as_data, invitation_from
from server.catchups.rules.offers import Offer
from server.catchups.store import catchups, mutes
from server.mail import outbox
from server.mail.outbox import DroppedEmail

# What somebody gets none of who wants no emails about new offers, and what is news only of an offer that was told.
NEW_OFFER = "offer_made"
ABOUT_TOLD_OFFERS = frozenset({"offer_reworded", "offer_withdrawn"})


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
    """Queues each email that the recipient wants and that is still news, in place of unsent ones that give way to it.

    An event is cancelled only in calendars where it stands: also where the email that would have done so gave way.
    """
    muted = await mutes.muted_in(connection, change.catchup_id)
    for notice in notices:
        dropped = await outbox.drop_unsent(
            connection, change.catchup_id, notice.recipient_id, giving_way(notice.kind), change.at
        )
        queued = await _queued(connection, change, notice, dropped, muted)
        if queued is None:
            continue
        last = (await outbox.last_invitations(connection, change.catchup_id)).get(notice.recipient_id)
        held = invitation_from(last) if last else None
        invitation = change.invitation(held)
        if invitation is None and any(_cancels(each) for each in dropped):
            invitation = replace(change, agreed=None, cancels=True).invitation(held)
        if notice.receipt and invitation is None:
            continue
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


async def _queued(
    connection: AsyncConnection,
    change: CatchupChange,
    notice: Notice,
    dropped: Sequence[DroppedEmail],
    muted: frozenset[int],
) -> QueuedNotice | None:
    """The email to queue in place of those that were dropped; None for none."""
    recipient_id = notice.recipient_id
    unsent = [UnsentEmail(each.kind, each.made_at, each.due_at) for each in dropped]
    queued = collapse(notice.kind, unsent, change.at)
    if queued is None or recipient_id not in muted:
        return queued
    untold = queued.kind in ABOUT_TOLD_OFFERS and not await outbox.told_of(connection, recipient_id, change.about)
    return None if queued.kind == NEW_OFFER or untold else queued


def _cancels(email: DroppedEmail) -> bool:
    return email.invitation is not None and invitation_from(json.loads(email.invitation)).status is Status.CANCELLED


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
