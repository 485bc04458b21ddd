"""How the newest backup was made, and how the newest trial of one ended: one row for each work."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.backup.rules import LONGEST_REASON, BackupFinding, BackupReport, BackupWork
from server.db.tables import backup_reports

READ = select(backup_reports)


async def read_reports(connection: AsyncConnection) -> Mapping[BackupWork, BackupReport]:
    """None of a work that was never done."""
    return {
        BackupWork(row.work): BackupReport(
            BackupWork(row.work), row.at, BackupFinding(row.finding), row.file, row.made_at, row.reason
        )
        for row in await connection.execute(READ)
    }


async def keep_report(connection: AsyncConnection, report: BackupReport) -> None:
    """In place of the one before."""
    await connection.execute(delete(backup_reports).where(backup_reports.c.work == report.work.value))
    await connection.execute(
        insert(backup_reports),
        {
            "work": report.work.value,
            "at": report.at,
            "finding": report.finding.value,
            "file": report.file,
            "made_at": report.made_at,
            "reason": report.reason[:LONGEST_REASON],
        },
    )
