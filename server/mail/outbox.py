"""The outbox: emails that a committed transaction has queued, at most one per recipient and event."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, and_, exists, func, insert, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import outbox

REASON_LIMIT = 300
# Kinds of which all that one transaction has queued for a person are one email. They are claimed and noted together.
TOGETHER = frozenset({"offers_accepted"})


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An email to be sent: its kind, to whom, about what, and the page that its personal link leads to.

    The link itself is made when the email is sent, so that no secret waits in the database. `invitation` is what the
    email changes in the recipient's calendar: the JSON of what the feature that queued it wrote down. `address` is
    where it goes instead of the recipient's own.
    """

    id: int
    recipient_id: int
    event: str
    kind: str
    catchup_id: int | None
    booking_id: int | None
    path: str
    invitation: str | None
    made_at: datetime
    due_at: datetime
    attempts: int
    mentorship_id: int | None = None
    address: str | None = None
    import_id: int | None = None
    membership_id: int | None = None


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many emails are due, and how many were given up."""

    due: int
    failed: int


@dataclass(frozen=True, slots=True)
class DroppedEmail:
    """An email that was dropped before it was sent."""

    id: int
    kind: str
    made_at: datetime
    due_at: datetime
    invitation: str | None


async def enqueue(
    connection: AsyncConnection,
    *,
    recipient_id: int,
    event: str,
    kind: str,
    path: str,
    now: datetime,
    due_at: datetime | None = None,
    catchup_id: int | None = None,
    booking_id: int | None = None,
    invitation: Mapping[str, Any] | None = None,
    mentorship_id: int | None = None,
    membership_id: int | None = None,
    address: str | None = None,
) -> None:
    """Queues an email, due now unless `due_at` says when, to the recipient's address unless another one is given.

    Without a `catchup_id` its link opens the person's home. A `booking_id` says that it is of use only until that
    booking begins or ends: a reminder.
    """
    await connection.execute(
        insert(outbox).values(
            recipient_id=recipient_id,
            event=event,
            kind=kind,
            catchup_id=catchup_id,
            booking_id=booking_id,
            mentorship_id=mentorship_id,
            membership_id=membership_id,
            address=address,
            path=path,
            invitation=json.dumps(invitation) if invitation else None,
            made_at=now,
            due_at=due_at or now,
            attempts=0,
        )
    )


async def enqueue_imported(
    connection: AsyncConnection, recipients: Sequence[int], *, kind: str, path: str, import_id: int, now: datetime
) -> None:
    """Queues one email of this kind to each of the people who were brought in together."""
    same = {"event": f"import:{import_id}", "kind": kind, "path": path, "import_id": import_id}
    times = {"made_at": now, "due_at": now, "attempts": 0}
    rows = [{"recipient_id": recipient_id} | same | times for recipient_id in recipients]
    if rows:
        await connection.execute(insert(outbox), rows)


async def last_invitations(connection: AsyncConnection, catchup_id: int) -> Mapping[int, Mapping[str, Any]]:
    """By the id of each person to whom the catch-up's calendar event was sent or is to be sent: its newest state."""
    rows = await connection.execute(
        select(outbox.c.recipient_id, outbox.c.invitation)
        .where(outbox.c.catchup_id == catchup_id, outbox.c.invitation.is_not(None), outbox.c.dropped_at.is_(None))
        .order_by(outbox.c.id)
    )
    return {row.recipient_id: json.loads(row.invitation) for row in rows}


async def last_invitation(connection: AsyncConnection, recipient_id: int, about: str) -> Mapping[str, Any] | None:
    """Of the emails to this person whose event begins with this (such as guest:7:), the newest state of a calendar
    event that was sent or is to be sent; None where none was."""
    theirs = outbox.c.recipient_id == recipient_id, outbox.c.event.startswith(f"{about}:", autoescape=True)
    newest = (
        select(outbox.c.invitation)
        .where(*theirs, outbox.c.invitation.is_not(None), outbox.c.dropped_at.is_(None))
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    found = (await connection.execute(newest)).scalar_one_or_none()
    return json.loads(found) if found else None


async def told_of(connection: AsyncConnection, recipient_id: int, about: str) -> bool:
    """Whether an email about this (such as offer:7) was sent to this person, or is to be sent."""
    theirs = outbox.c.recipient_id == recipient_id, outbox.c.dropped_at.is_(None)
    found = select(outbox.c.id).where(*theirs, outbox.c.event.startswith(f"{about}:", autoescape=True)).limit(1)
    return (await connection.execute(found)).first() is not None


async def has_event(connection: AsyncConnection, recipient_id: int, event: str) -> bool:
    """Whether an email of this event was ever queued for this person."""
    found = select(outbox.c.id).where(outbox.c.recipient_id == recipient_id, outbox.c.event == event)
    return (await connection.execute(found)).first() is not None


async def has_sent_to(connection: AsyncConnection, recipient_id: int) -> bool:
    """Whether the mail server has ever taken an email to this person."""
    taken = select(outbox.c.id).where(outbox.c.recipient_id == recipient_id, outbox.c.sent_at.is_not(None)).limit(1)
    return (await connection.execute(taken)).first() is not None


async def drop_unsent(
    connection: AsyncConnection, catchup_id: int, recipient_id: int, kinds: Collection[str], now: datetime
) -> tuple[DroppedEmail, ...]:
    """Drops the emails of these kinds to this person about the catch-up that no sender has claimed, newest first."""
    if not kinds:
        return ()
    rows = await connection.execute(
        update(outbox)
        .where(
            outbox.c.catchup_id == catchup_id,
            outbox.c.recipient_id == recipient_id,
            outbox.c.kind.in_(list(kinds)),
            _unclaimed(),
        )
        .values(dropped_at=now)
        .returning(outbox.c.id, outbox.c.kind, outbox.c.made_at, outbox.c.due_at, outbox.c.invitation)
    )
    return tuple(DroppedEmail(*row) for row in sorted(rows, key=lambda row: -row.id))


async def drop_unclaimed(
    connection: AsyncConnection, mentorship_id: int, recipient_id: int, kind: str, now: datetime
) -> None:
    """Drops the emails of this kind to this person about the mentorship that no sender has claimed."""
    await connection.execute(
        update(outbox)
        .where(
            outbox.c.mentorship_id == mentorship_id,
            outbox.c.recipient_id == recipient_id,
            outbox.c.kind == kind,
            _unclaimed(),
        )
        .values(dropped_at=now)
    )


async def drop_event(connection: AsyncConnection, recipient_id: int, event: str, now: datetime) -> None:
    """Drops the email of this event to this person, unless a sender has claimed it."""
    theirs = outbox.c.recipient_id == recipient_id, outbox.c.event == event, _unclaimed()
    await connection.execute(update(outbox).where(*theirs).values(dropped_at=now))


async def drop_about(connection: AsyncConnection, recipient_id: int, about: str, now: datetime) -> None:
    """Drops the emails whose event begins with this (such as guest:7:), unless a sender has claimed them."""
    theirs = outbox.c.recipient_id == recipient_id, outbox.c.event.startswith(f"{about}:", autoescape=True)
    await connection.execute(update(outbox).where(*theirs, _unclaimed()).values(dropped_at=now))


async def drop_emails(connection: AsyncConnection, booking_id: int, now: datetime) -> None:
    """Drops what is still to be sent about this booking."""
    await connection.execute(
        update(outbox)
        .where(outbox.c.booking_id == booking_id, outbox.c.sent_at.is_(None), outbox.c.failed_at.is_(None))
        .values(dropped_at=now)
    )


async def drop_stale(connection: AsyncConnection, now: datetime, current: ColumnElement[bool]) -> None:
    """Drops what is still to be sent and is not `current` any more."""
    await connection.execute(update(outbox).where(_waits(), not_(current)).values(dropped_at=now))


async def is_due(connection: AsyncConnection, now: datetime, current: ColumnElement[bool]) -> bool:
    """Whether an email is to be sent now."""
    due = select(outbox.c.id).where(_is_due(now), current).limit(1)
    return (await connection.execute(due)).first() is not None


async def claim_due(
    connection: AsyncConnection, now: datetime, next_try: datetime, current: ColumnElement[bool]
) -> OutboxEntry | None:
    """The `current` email that has been due for the longest.

    It is not due again before `next_try`, so that no second sender claims it until then.
    """
    row = (
        await connection.execute(
            select(outbox)
            .where(_is_due(now), current)
            .order_by(outbox.c.due_at, outbox.c.id)
            .limit(1)
            .with_for_update(of=outbox, skip_locked=True)
        )
    ).one_or_none()
    if row is None:
        return None
    entry = _entry_of(row)
    claimed = update(outbox).where(_same_email(entry), _waits())
    await connection.execute(claimed.values(due_at=next_try, attempts=row.attempts + 1))
    return entry


async def sent_with(connection: AsyncConnection, entry: OutboxEntry) -> tuple[OutboxEntry, ...]:
    """What the claimed entry's email tells: the entry itself, and those that go along, in the order of their making."""
    rows = await connection.execute(select(outbox).where(_still_claimed(entry)).order_by(outbox.c.id))
    return tuple(_entry_of(row) for row in rows)


async def renew(connection: AsyncConnection, entry: OutboxEntry, next_try: datetime) -> None:
    """Extends the claim until `next_try`, unless another sender has claimed it since."""
    await connection.execute(update(outbox).where(_still_claimed(entry)).values(due_at=next_try))


async def release(connection: AsyncConnection, entry: OutboxEntry) -> None:
    """Gives the claim back as if it had never been made, unless another sender has claimed it since."""
    await put_off(connection, entry, entry.due_at, None)


async def put_off(connection: AsyncConnection, entry: OutboxEntry, due_at: datetime, reason: str | None) -> None:
    """Lets it wait until `due_at` without counting this try, unless another sender has claimed it since."""
    values = {"due_at": due_at, "attempts": entry.attempts}
    if reason is not None:
        values["last_error"] = reason[:REASON_LIMIT]
    await connection.execute(update(outbox).where(_still_claimed(entry)).values(values))


async def note_sent(connection: AsyncConnection, entry: OutboxEntry, now: datetime) -> None:
    """An address of its own is not kept any longer."""
    values = {"sent_at": now, "failed_at": None, "last_error": None, "address": None}
    await connection.execute(update(outbox).where(_told_by(entry)).values(values))


async def note_failure(
    connection: AsyncConnection, entry: OutboxEntry, reason: str, due_at: datetime, failed_at: datetime | None
) -> None:
    """Keeps why it was not sent, and when it is tried again or that it is given up, unless another has claimed it."""
    await connection.execute(
        update(outbox)
        .where(_still_claimed(entry))
        .values(last_error=reason[:REASON_LIMIT], due_at=due_at, failed_at=failed_at)
    )


async def give_up(connection: AsyncConnection, entry: OutboxEntry, reason: str, now: datetime) -> None:
    """Gives up what was put off, unless somebody has claimed it since."""
    waits = _same_email(entry), outbox.c.attempts == entry.attempts, _waits()
    await connection.execute(update(outbox).where(*waits).values(failed_at=now, last_error=reason[:REASON_LIMIT]))


async def count_waiting(connection: AsyncConnection, now: datetime) -> OutboxCounts:
    due = select(func.count()).select_from(outbox).where(_waits(), outbox.c.due_at <= now)
    failed = select(func.count()).select_from(outbox).where(_given_up())
    return OutboxCounts((await connection.execute(due)).scalar_one(), (await connection.execute(failed)).scalar_one())


async def oldest_due(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Since when the oldest of the due emails has been due; None when none is."""
    oldest = select(outbox.c.due_at).where(_waits(), outbox.c.due_at <= now).order_by(outbox.c.due_at).limit(1)
    return (await connection.execute(oldest)).scalar_one_or_none()


async def requeue(connection: AsyncConnection, entry_id: int, now: datetime) -> bool:
    """Makes an email due again that was given up. Whether there was one."""
    result = await connection.execute(
        update(outbox).where(outbox.c.id == entry_id, _given_up()).values(failed_at=None, due_at=now, attempts=0)
    )
    return result.rowcount == 1


async def stop(connection: AsyncConnection, entry_id: int, now: datetime) -> bool:
    """Drops an email that waits or was given up. Whether there was one; what is just being sent may still arrive."""
    unsent = outbox.c.id == entry_id, outbox.c.sent_at.is_(None), outbox.c.dropped_at.is_(None)
    return (await connection.execute(update(outbox).where(*unsent).values(dropped_at=now))).rowcount == 1


def _unclaimed() -> ColumnElement[bool]:
    return and_(outbox.c.attempts == 0, _waits())


def _waits(queued: FromClause = outbox) -> ColumnElement[bool]:
    return and_(queued.c.sent_at.is_(None), queued.c.failed_at.is_(None), queued.c.dropped_at.is_(None))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Of what is one email only the first: two senders that held one each would deadlock over the rest (PostgreSQL)."""
    earlier = outbox.alias("earlier")
    same = (earlier.c[name] == outbox.c[name] for name in ("recipient_id", "kind", "made_at"))
    goes_along = exists().where(*same, earlier.c.id < outbox.c.id, _waits(earlier))
    return and_(_waits(), outbox.c.due_at <= now, or_(outbox.c.kind.not_in(TOGETHER), ~goes_along))


def _given_up() -> ColumnElement[bool]:
    return and_(outbox.c.sent_at.is_(None), outbox.c.failed_at.is_not(None), outbox.c.dropped_at.is_(None))


def _still_claimed(entry: OutboxEntry) -> ColumnElement[bool]:
    """Whether nobody else has claimed it since."""
    return and_(_same_email(entry), outbox.c.attempts == entry.attempts + 1, _waits())


def _told_by(entry: OutboxEntry) -> ColumnElement[bool]:
    """What the email told that was sent: the entry, whatever became of it since, and what was claimed with it."""
    return or_(outbox.c.id == entry.id, _still_claimed(entry))


def _same_email(entry: OutboxEntry) -> ColumnElement[bool]:
    if entry.kind not in TOGETHER:
        return outbox.c.id == entry.id
    same = outbox.c.kind == entry.kind, outbox.c.made_at == entry.made_at
    return and_(outbox.c.recipient_id == entry.recipient_id, *same)


def _entry_of(row: Row[Any]) -> OutboxEntry:
    return OutboxEntry(
        id=row.id,
        recipient_id=row.recipient_id,
        event=row.event,
        kind=row.kind,
        catchup_id=row.catchup_id,
        booking_id=row.booking_id,
        path=row.path,
        invitation=row.invitation,
        made_at=row.made_at,
        due_at=row.due_at,
        attempts=row.attempts,
        mentorship_id=row.mentorship_id,
        address=row.address,
        import_id=row.import_id,
        membership_id=row.membership_id,
    )
