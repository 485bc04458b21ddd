"""Everything that `fireside doctor` looks at on the server's own machine, in the order in which it says so."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from server.admin.queries.counts import MonitoredCounts, read_counts
from server.config import Settings
from server.db.database import Database, Unavailable
from server.db.diagnosis import explain
from server.db.schema import NEWEST, SchemaOutdated, SchemaTooNew
from server.db.schema import check as check_schema
from server.db.url import shown_database_url, sqlite_file
from server.doctor.certificate import look_at_certificate
from server.doctor.emails import judge_waiting, look_at_emails
from server.doctor.findings import DoctorFinding, good, soon, wrong
from server.doctor.front import judge_forwarding
from server.doctor.machine import look_at_machine
from server.doctor.machines import look_at_machines
from server.doctor.media import PagesUnavailable, examine_own
from server.doctor.replies import look_at_replies
from server.people.rules.accounts import NoAccount

BACKUP_WITHIN = timedelta(days=2)


async def examine_all(settings: Settings, address: str, now: datetime) -> AsyncIterator[DoctorFinding]:
    """Each finding as soon as it is there. `address` gets a test email, unless it is empty."""
    database = Database(settings.database_url)
    try:
        state = await _look_at_database(settings, database)
        yield state
        for each in look_at_machine(settings.data, _bytes_of(sqlite_file(settings.database_url))):
            yield each
        async for each in look_at_emails(settings, address, now):
            yield each
        replies = await look_at_replies(settings, now)
        if replies:
            yield replies
        yield await look_at_certificate(settings.base_url, now)
        if state.verdict:
            # Nothing more can be found out without it.
            return
        for each in _judge_counts(await read_counts(database, now), now):
            yield each
        async for each in look_at_machines(settings, database):
            yield each
        async for each in _look_at_pages(settings, database, now):
            yield each
    finally:
        await database.close()


async def _look_at_database(settings: Settings, database: Database) -> DoctorFinding:
    shown = shown_database_url(settings.database_url)
    try:
        await check_schema(database)
        await database.check_writable()
    except (SchemaOutdated, SchemaTooNew) as error:
        return wrong("Database", shown, str(error))
    except Unavailable as error:
        return wrong("Database", shown, explain(settings.database_url, error))
    return good("Database", f"{shown} can be written, and its schema {NEWEST} is the right one.")


def _bytes_of(file: Path | None) -> int:
    return file.stat().st_size if file is not None and file.exists() else 0


def _judge_counts(counts: MonitoredCounts, now: datetime) -> tuple[DoctorFinding, DoctorFinding]:
    return judge_waiting(counts.oldest_email, now), judge_backup(counts.backup.made_at if counts.backup else None, now)


def judge_backup(made_at: datetime | None, now: datetime) -> DoctorFinding:
    """By the moment of the newest backup."""
    if made_at is not None and now - made_at < BACKUP_WITHIN:
        return good("Backup", f"the newest is of {made_at:%Y-%m-%d %H:%M} UTC.")
    said = "there is none." if made_at is None else f"the newest is of {made_at:%Y-%m-%d}."
    return soon("Backup", said, "Run: fireside backup FOLDER, and let the timer do it: see docs/hosting.md, part 7.")


async def _look_at_pages(settings: Settings, database: Database, now: datetime) -> AsyncIterator[DoctorFinding]:
    try:
        examined = await examine_own(database, settings.base_url, now)
    except PagesUnavailable as error:
        yield wrong("Pages", str(error), "Is it running? systemctl status fireside.service")
        return
    except NoAccount:
        yield soon(
            "Pages",
            "there is no account yet, with which to look at them and at the calls.",
            "Run: fireside admin create EMAIL",
        )
        return
    yield good("Pages", f"{settings.base_url} answers.")
    yield judge_forwarding(examined.forwarded, settings.proxies)
    for each in examined.findings:
        yield each
