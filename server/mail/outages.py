"""While the mail server takes no emails: since when, why, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import mail_outages

REASON_LIMIT = 300
ONE = 1


@dataclass(frozen=True, slots=True)
class MailOutage:
    """`refused`: the server refuses this sender, whatever the email; otherwise it cannot be reached."""

    reason: str
    refused: bool
    since: datetime
    next_try_at: datetime


async def note_outage(
    connection: AsyncConnection, reason: str, now: datetime, next_try_at: datetime, *, refused: bool
) -> None:
    """Keeps why; `since` stays when it has gone on."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    said = {"reason": reason[:REASON_LIMIT], "refused": refused, "next_try_at": next_try_at}
    added = insert(mail_outages).values(id=ONE, since=now, **said)
    await connection.execute(added.on_conflict_do_update(index_elements=["id"], set_=said))


async def read_outage(connection: AsyncConnection) -> MailOutage | None:
    row = (await connection.execute(select(mail_outages))).one_or_none()
    return MailOutage(row.reason, row.refused, row.since, row.next_try_at) if row else None


async def end_outage(connection: AsyncConnection) -> None:
    await connection.execute(delete(mail_outages))


async def try_now(connection: AsyncConnection, now: datetime) -> None:
    """Lets the server be tried again at once."""
    await connection.execute(update(mail_outages).values(next_try_at=now))
