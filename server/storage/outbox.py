"""E-mails that a committed transaction has promised to send, at most one per (recipient, event)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.people import Person
from server.storage.people import person_of
from server.storage.tables import outbox, people


@dataclass(frozen=True, slots=True)
class Promise:
    """An e-mail to be sent: which letter, to whom, and the page that its personal link leads to.

    The link itself is made when the letter is sent, so that no secret waits in the database.
    """

    id: int
    recipient: Person
    event: str
    letter: str
    catchup_id: int
    path: str
    attempts: int


async def promise_letter(
    connection: AsyncConnection,
    *,
    recipient_id: int,
    event: str,
    letter: str,
    catchup_id: int,
    path: str,
    now: datetime,
) -> None:
    await connection.execute(
        insert(outbox).values(
            recipient_id=recipient_id,
            event=event,
            letter=letter,
            catchup_id=catchup_id,
            path=path,
            made_at=now,
            due_at=now,
            attempts=0,
        )
    )


async def take_due(connection: AsyncConnection, now: datetime, next_try: datetime) -> Promise | None:
    """The next letter that is due. It is not due again before `next_try`, so no second sender takes it meanwhile."""
    row = (
        await connection.execute(
            select(
                people,
                *(outbox.c[name].label(f"outbox_{name}") for name in ("id", "event", "letter", "path", "attempts")),
                outbox.c.catchup_id,
            )
            .select_from(outbox)
            .join(people, people.c.id == outbox.c.recipient_id)
            .where(outbox.c.sent_at.is_(None), outbox.c.failed_at.is_(None), outbox.c.due_at <= now)
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
        path=row.outbox_path,
        attempts=row.outbox_attempts,
    )
