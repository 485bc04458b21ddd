"""What monitoring asks of the database: emails that wait, and backups."""

from dataclasses import dataclass
from datetime import datetime

from server.backup.rules import BackupReport, BackupWork
from server.backup.store import read_reports
from server.db.database import Database
from server.mail.outbox import OutboxCounts, count_waiting, oldest_due


@dataclass(frozen=True, slots=True)
class MonitoredCounts:
    """`oldest_email` is since when the oldest of the due emails has been due, None when none is."""

    emails: OutboxCounts
    oldest_email: datetime | None
    backup: BackupReport | None
    drill: BackupReport | None


async def read_counts(db: Database, now: datetime) -> MonitoredCounts:
    """Raises Unavailable."""
    async with db.reading() as connection:
        reports = await read_reports(connection)
        return MonitoredCounts(
            await count_waiting(connection, now),
            await oldest_due(connection, now),
            reports.get(BackupWork.BACKUP),
            reports.get(BackupWork.DRILL),
        )
