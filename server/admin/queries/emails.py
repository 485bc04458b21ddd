"""The queue of emails: what waits, and what was not delivered, to whom and why, never what they say nor their links; a
mail server that takes none; and other work that was set aside.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.admin.rules.mail_reasons import in_plain_words
from server.db.database import Database
from server.db.set_aside import Work
from server.db.tables import outbox, people, set_aside
from server.i18n.texts import Text
from server.mail.outages import MailOutage, read_outage
from server.mail.outbox import count_waiting
from server.people.rules.accounts import reaches
from server.people.store.contacts import any_emails

MOST = 200
MOST_WAITING = 50
# As the index over them has it.
WAITING = outbox.c.sent_at.is_(None), outbox.c.failed_at.is_(None), outbox.c.dropped_at.is_(None)


@dataclass(frozen=True, slots=True)
class UndeliveredEmail:
    """An email that was not accepted.

    `failed_at` is when it was given up; None while it is tried again at `due_at`.
    """

    id: int
    kind: str
    recipient_id: int
    recipient_name: str
    made_at: datetime
    due_at: datetime
    failed_at: datetime | None
    attempts: int
    last_error: str

    @property
    def reason(self) -> Text:
        """Why, in plain words."""
        return in_plain_words(self.last_error)


@dataclass(frozen=True, slots=True)
class WaitingEmail:
    """An email that nobody has tried to send yet: it is to be sent at `due_at`."""

    id: int
    kind: str
    recipient_id: int
    recipient_name: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class WorkAside:
    """Work that was set aside, and why. `number` is the id of the booking or offer, None when it has none; `times` is
    how often it failed."""

    id: int
    work: Work
    number: int | None
    reason: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class EmailsPage:
    """The emails that were given up, those that are tried again, those that wait (the next due first, at most
    MOST_WAITING) and how many are due now.

    `outage` is why the mail server takes none, None when it does; `aside` is the other work that was set aside;
    `own_address` is where a test email goes, empty where nobody reads it.
    """

    failed: tuple[UndeliveredEmail, ...]
    delayed: tuple[UndeliveredEmail, ...]
    waiting: tuple[WaitingEmail, ...]
    due: int
    outage: MailOutage | None
    aside: tuple[WorkAside, ...]
    own_address: str


async def read_emails_page(db: Database, reader_id: int, now: datetime) -> EmailsPage:
    """`reader_id` is the person who reads it."""
    async with db.reading() as connection:
        undelivered = await list_undelivered(connection)
        address = (await any_emails(connection, [reader_id]))[reader_id]
        return EmailsPage(
            failed=tuple(email for email in undelivered if email.failed_at),
            delayed=tuple(email for email in undelivered if not email.failed_at),
            waiting=await list_waiting(connection),
            due=(await count_waiting(connection, now)).due,
            outage=await read_outage(connection),
            aside=await list_aside(connection),
            own_address=address if reaches(address) else "",
        )


async def list_undelivered(connection: AsyncConnection) -> tuple[UndeliveredEmail, ...]:
    """Those that were given up, then those that are tried again, newest first; at most MOST."""
    # Before they are joined with people: how many there are the database guesses much too high.
    each = (
        select(outbox)
        .where(outbox.c.sent_at.is_(None), outbox.c.dropped_at.is_(None), outbox.c.last_error.is_not(None))
        .order_by(outbox.c.failed_at.is_(None), outbox.c.id.desc())
        .limit(MOST)
        .subquery()
    )
    rows = await connection.execute(
        select(
            each.c.id,
            each.c.kind,
            each.c.recipient_id,
            people.c.name,
            each.c.made_at,
            each.c.due_at,
            each.c.failed_at,
            each.c.attempts,
            each.c.last_error,
        )
        .join(people, people.c.id == each.c.recipient_id)
        .order_by(each.c.failed_at.is_(None), each.c.id.desc())
    )
    return tuple(UndeliveredEmail(*row) for row in rows)


async def list_waiting(connection: AsyncConnection) -> tuple[WaitingEmail, ...]:
    """Those that were never tried, the next due first; at most MOST_WAITING."""
    rows = await connection.execute(
        select(outbox.c.id, outbox.c.kind, outbox.c.recipient_id, people.c.name, outbox.c.due_at)
        .join(people, people.c.id == outbox.c.recipient_id)
        .where(*WAITING, outbox.c.last_error.is_(None))
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(MOST_WAITING)
    )
    return tuple(WaitingEmail(*row) for row in rows)


async def list_aside(connection: AsyncConnection) -> tuple[WorkAside, ...]:
    """What was set aside, the newest first; at most MOST."""
    rows = await connection.execute(select(set_aside).order_by(set_aside.c.last_at.desc()).limit(MOST))
    return tuple(WorkAside(row.id, Work(row.work), row.number, row.reason, row.times, row.last_at) for row in rows)
