"""What was brought in at once, and how far its welcome emails have come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, select

from server.db.database import Database
from server.db.tables import accounts, imports, outbox, people
from server.errors import NotFound

IMPORT = (
    select(imports, people.c.name)
    .join(accounts, accounts.c.id == imports.c.account_id)
    .join(people, people.c.id == accounts.c.person_id)
    .where(imports.c.id == bindparam("id"))
)
EMAILS = select(
    func.count(),
    func.count(outbox.c.sent_at),
    func.count(case((outbox.c.sent_at.is_(None), outbox.c.failed_at))),
).where(outbox.c.import_id == bindparam("id"), outbox.c.import_id.is_not(None), outbox.c.dropped_at.is_(None))


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`host` is who did it; `emails` is how many welcomes there are, `sent` and `failed` how many of them were taken by
    the mail server, or given up."""

    at: datetime
    host: str
    people: int
    pairs: int
    emails: int
    sent: int
    failed: int


async def read_import_report(db: Database, import_id: int) -> ImportReport:
    """Raises NotFound."""
    async with db.reading() as connection:
        row = (await connection.execute(IMPORT, {"id": import_id})).one_or_none()
        if row is None:
            raise NotFound
        emails, sent, failed = (await connection.execute(EMAILS, {"id": import_id})).one()
    return ImportReport(row.at, row.name, row.people, row.pairs, emails, sent, failed)
