"""E-mails that a committed transaction has promised to send, at most one per (recipient, event)."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.bookings import BookingState
from server.domain.invitations import Invitation, Status
from server.domain.offers import Medium
from server.domain.people import Person
from server.storage.people import person_of
from server.storage.tables import bookings, outbox, people


@dataclass(frozen=True, slots=True)
class Promise:
    """An e-mail to be sent: which letter, to whom, and the page that its personal link leads to.

    The link itself is made when the letter is sent, so that no secret waits in the database.
    """

    id: int
    recipient: Person
    event: str
    letter: str
    catchup_id: int | None
    booking_id: int | None
    path: str
    invitation: Invitation | None
    attempts: int


async def promise_letter(
    connection: AsyncConnection,
    *,
    recipient_id: int,
    event: str,
    letter: str,
    path: str,
    now: datetime,
    due_at: datetime | None = None,
    catchup_id: int | None = None,
    booking_id: int | None = None,
    invitation: Invitation | None = None,
) -> None:
    """Promises a letter, due now unless `due_at` says when.

    Without a `catchup_id` its link opens the person's home. One about a booking that is to come (`booking_id`), such as
    a reminder, is not sent any more once that has begun, or is no longer confirmed.
    """
    await connection.execute(
        insert(outbox).values(
            recipient_id=recipient_id,
            event=event,
            letter=letter,
            catchup_id=catchup_id,
            booking_id=booking_id,
            path=path,
            invitation=json.dumps(asdict(invitation), default=str) if invitation else None,
            made_at=now,
            due_at=due_at or now,
            attempts=0,
        )
    )


async def invited(connection: AsyncConnection, catchup_id: int) -> frozenset[int]:
    """The ids of the people to whom the catch-up's calendar event was promised."""
    rows = await connection.execute(
        select(outbox.c.recipient_id)
        .where(outbox.c.catchup_id == catchup_id, outbox.c.invitation.is_not(None))
        .distinct()
    )
    return frozenset(row.recipient_id for row in rows)


async def drop_letters(connection: AsyncConnection, booking_id: int, now: datetime) -> None:
    """What was still to be sent about this booking is not sent any more."""
    await connection.execute(
        update(outbox)
        .where(outbox.c.booking_id == booking_id, outbox.c.sent_at.is_(None), outbox.c.failed_at.is_(None))
        .values(dropped_at=now)
    )


async def take_due(connection: AsyncConnection, now: datetime, next_try: datetime) -> Promise | None:
    """The next letter that is due. It is not due again before `next_try`, so no second sender takes it meanwhile."""
    still_to_come = and_(bookings.c.state == BookingState.CONFIRMED.value, bookings.c.start > now)
    row = (
        await connection.execute(
            select(
                people,
                *(outbox.c[name].label(f"outbox_{name}") for name in ("id", "event", "letter", "path", "attempts")),
                outbox.c.catchup_id,
                outbox.c.booking_id,
                outbox.c.invitation,
            )
            .select_from(outbox)
            .join(people, people.c.id == outbox.c.recipient_id)
            .outerjoin(bookings, bookings.c.id == outbox.c.booking_id)
            .where(
                outbox.c.sent_at.is_(None),
                outbox.c.failed_at.is_(None),
                outbox.c.dropped_at.is_(None),
                outbox.c.due_at <= now,
                or_(outbox.c.booking_id.is_(None), still_to_come),
            )
            .order_by(outbox.c.due_at, outbox.c.id)
            .limit(1)
            .with_for_update(of=outbox, skip_locked=True)
        )
    ).one_or_none()
    if row is None:
        return None
    await connection.execute(
        update(outbox).where(outbox.c.id == row.outbox_id).values(due_at=next_try, attempts=row.outbox_attempts + 1)
    )
    return _promise_of(row)


async def note_sent(connection: AsyncConnection, promise_id: int, now: datetime) -> None:
    await connection.execute(update(outbox).where(outbox.c.id == promise_id).values(sent_at=now, last_error=None))


async def note_error(
    connection: AsyncConnection, promise_id: int, error: str, due_at: datetime, failed_at: datetime | None
) -> None:
    """Keeps why it was not sent, and when it is tried again (or that it is given up)."""
    await connection.execute(
        update(outbox)
        .where(outbox.c.id == promise_id)
        .values(last_error=error[:300], due_at=due_at, failed_at=failed_at)
    )


def _promise_of(row: Row[Any]) -> Promise:
    return Promise(
        id=row.outbox_id,
        recipient=person_of(row),
        event=row.outbox_event,
        letter=row.outbox_letter,
        catchup_id=row.catchup_id,
        booking_id=row.booking_id,
        path=row.outbox_path,
        invitation=invitation_of(row.invitation),
        attempts=row.outbox_attempts,
    )


def invitation_of(text: str | None) -> Invitation | None:
    """What was kept of an invitation."""
    if text is None:
        return None
    kept = json.loads(text)
    return Invitation(
        status=Status(kept["status"]),
        sequence=kept["sequence"],
        start=datetime.fromisoformat(kept["start"]),
        minutes=kept["minutes"],
        medium=Medium(kept["medium"]) if kept["medium"] else None,
    )
