"""The emails that could not be delivered: to whom and why, never what they say nor their links."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.db.tables import outbox, people
from server.mail.outbox import count_waiting

MOST = 200


@dataclass(frozen=True, slots=True)
class UndeliveredEmail:
    """An email that was not accepted.

    `failed_at` is when it was given up; None while it is tried again at `due_at`.
    """

    id: int
    kind: str
    recipient_name: str
    made_at: datetime
    due_at: datetime
    failed_at: datetime | None
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class EmailsPage:
    """The emails that were given up, those that are tried again, and how many wait to be sent."""

    failed: tuple[UndeliveredEmail, ...]
    delayed: tuple[UndeliveredEmail, ...]
    due: int


async def read_emails_page(db: Database, now: datetime) -> EmailsPage:
    async with db.reading() as connection:
        undelivered = await list_undelivered(connection)
        return EmailsPage(
            failed=tuple(email for email in undelivered if email.failed_at),
            delayed=tuple(email for email in undelivered if not email.failed_at),
            due=(await count_waiting(connection, now)).due,
        )


async def list_undelivered(connection: AsyncConnection) -> tuple[UndeliveredEmail, ...]:
    """Those that were given up, then those that are tried again, newest first; at most MOST."""
    rows = await connection.execute(
        select(
            outbox.c.id,
            outbox.c.kind,
            people.c.name,
            outbox.c.made_at,
            outbox.c.due_at,
            outbox.c.failed_at,
            outbox.c.attempts,
            outbox.c.last_error,
        )
        .join(people, people.c.id == outbox.c.recipient_id)
        .where(outbox.c.sent_at.is_(None), outbox.c.dropped_at.is_(None), outbox.c.last_error.is_not(None))
        .order_by(outbox.c.failed_at.is_(None), outbox.c.id.desc())
        .limit(MOST)
    )
    return tuple(UndeliveredEmail(*row) for row in rows)
