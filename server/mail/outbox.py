"""E-mails that a committed transaction has promised to send, at most one per (recipient, event)."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, insert, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.catchups.rules.invitations import Invitation, Status
from server.catchups.rules.offers import Medium
from server.db.tables import bookings, outbox, people
from server.people.rules.people import Person
from server.people.store.people import person_of


@dataclass(frozen=True, slots=True)
class Promise:
    """An e-mail to be sent: which letter, to whom, and the page that its personal link leads to.

    The link itself is made when the letter is sent, so that no secret waits in the database.
    """

    id: int
    recipient: Person
    event: str
    kind: str
    catchup_id: int | None
    booking_id: int | None
    path: str
    invitation: Invitation | None
    made_at: datetime
    attempts: int

    @property
    def about(self) -> tuple[str, int] | None:
        """What its event happened to, such as ("offer", 7); None when that is no part of a catch-up."""
        found = re.match(r"(offer|booking):(\d+):", self.event)
        return (found[1], int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class TroubledLetter:
    """A letter that was not taken over, for the admin: neither its link nor its words.

    `failed_at` is when it was given up; None while it is tried again at `due_at`.
    """

    id: int
    kind: str
    recipient: Person
    made_at: datetime
    due_at: datetime
    failed_at: datetime | None
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many letters are due, and how many were given up."""

    due: int
    failed: int


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
            kind=letter,
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


async def drop_late(connection: AsyncConnection, now: datetime) -> None:
    """What is about a booking that has begun, or that is no longer confirmed, is not sent any more."""
    to_come = exists().where(bookings.c.id == outbox.c.booking_id, _still_to_come(now))
    await connection.execute(
        update(outbox).where(_waits(), outbox.c.booking_id.is_not(None), not_(to_come)).values(dropped_at=now)
    )


async def is_due(connection: AsyncConnection, now: datetime) -> bool:
    """Whether a letter is to be sent now."""
    return (await connection.execute(_due(now, outbox.c.id))).first() is not None


async def take_due(connection: AsyncConnection, now: datetime, next_try: datetime) -> Promise | None:
    """The next letter that is due. It is not due again before `next_try`, so no second sender takes it meanwhile."""
    own = [outbox.c[name].label(f"outbox_{name}") for name in ("id", "event", "kind", "path", "made_at", "attempts")]
    row = (
        await connection.execute(
            _due(now, people, *own, outbox.c.catchup_id, outbox.c.booking_id, outbox.c.invitation)
            .join(people, people.c.id == outbox.c.recipient_id)
            .with_for_update(of=outbox, skip_locked=True)
        )
    ).one_or_none()
    if row is None:
        return None
    await connection.execute(
        update(outbox).where(outbox.c.id == row.outbox_id).values(due_at=next_try, attempts=row.outbox_attempts + 1)
    )
    return _promise_of(row)


async def keep(connection: AsyncConnection, promise: Promise, next_try: datetime) -> None:
    """Whoever has taken the letter keeps it until `next_try`."""
    await connection.execute(update(outbox).where(_held(promise)).values(due_at=next_try))


async def note_sent(connection: AsyncConnection, promise: Promise, now: datetime) -> None:
    await connection.execute(
        update(outbox).where(outbox.c.id == promise.id).values(sent_at=now, failed_at=None, last_error=None)
    )


async def note_error(
    connection: AsyncConnection, promise: Promise, error: str, due_at: datetime, failed_at: datetime | None
) -> None:
    """Keeps why it was not sent, and when it is tried again (or that it is given up), while it is still held."""
    await connection.execute(
        update(outbox).where(_held(promise)).values(last_error=error[:300], due_at=due_at, failed_at=failed_at)
    )


async def list_troubled(connection: AsyncConnection) -> tuple[TroubledLetter, ...]:
    """The letters that were given up, then those that are tried again, newest first; at most 200."""
    rows = await connection.execute(
        select(people, *(outbox.c[name].label(f"outbox_{name}") for name in TROUBLE))
        .join(people, people.c.id == outbox.c.recipient_id)
        .where(outbox.c.sent_at.is_(None), outbox.c.dropped_at.is_(None), outbox.c.last_error.is_not(None))
        .order_by(outbox.c.failed_at.is_(None), outbox.c.id.desc())
        .limit(200)
    )
    return tuple(
        TroubledLetter(recipient=person_of(row), **{name: getattr(row, f"outbox_{name}") for name in TROUBLE})
        for row in rows
    )


async def waiting(connection: AsyncConnection, now: datetime) -> Waiting:
    due = select(func.count()).select_from(outbox).where(_waits(), outbox.c.due_at <= now)
    failed = select(func.count()).select_from(outbox).where(_given_up())
    return Waiting((await connection.execute(due)).scalar_one(), (await connection.execute(failed)).scalar_one())


async def send_again(connection: AsyncConnection, letter_id: int, now: datetime) -> bool:
    """Makes a letter that was given up due once more. Whether there was such a letter."""
    result = await connection.execute(
        update(outbox).where(outbox.c.id == letter_id, _given_up()).values(failed_at=None, due_at=now, attempts=0)
    )
    return result.rowcount == 1


TROUBLE = ("id", "kind", "made_at", "due_at", "failed_at", "attempts", "last_error")


def _due(now: datetime, *columns: Any) -> Select[Any]:
    """The one letter that has been due for the longest."""
    return (
        select(*columns)
        .select_from(outbox)
        .outerjoin(bookings, bookings.c.id == outbox.c.booking_id)
        .where(_waits(), outbox.c.due_at <= now, or_(outbox.c.booking_id.is_(None), _still_to_come(now)))
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(1)
    )


def _waits() -> ColumnElement[bool]:
    return and_(outbox.c.sent_at.is_(None), outbox.c.failed_at.is_(None), outbox.c.dropped_at.is_(None))


def _given_up() -> ColumnElement[bool]:
    return and_(outbox.c.sent_at.is_(None), outbox.c.failed_at.is_not(None), outbox.c.dropped_at.is_(None))


def _held(promise: Promise) -> ColumnElement[bool]:
    """That nobody else has taken the letter since."""
    return and_(outbox.c.id == promise.id, outbox.c.attempts == promise.attempts + 1, _waits())


def _still_to_come(now: datetime) -> ColumnElement[bool]:
    return and_(bookings.c.state == BookingState.CONFIRMED.value, bookings.c.start > now)


def _promise_of(row: Row[Any]) -> Promise:
    return Promise(
        id=row.outbox_id,
        recipient=person_of(row),
        event=row.outbox_event,
        kind=row.outbox_kind,
        catchup_id=row.catchup_id,
        booking_id=row.booking_id,
        path=row.outbox_path,
        invitation=invitation_of(row.invitation),
        made_at=row.outbox_made_at,
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
