"""The start page of those who run the scheme: how the server stands, and whether anybody is there yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, literal, select, text

from server.admin.rules.history import COUNTED
from server.admin.rules.setup import SetupFacts, SetupState, SetupStep, setup_steps
from server.backup.rules import BackupWork
from server.backup.store import read_reports
from server.calls.queries.media_check import read_latest_checks
from server.catchups.queries.ledger import read_check_verdict
from server.catchups.store.catchups import mentees, mentors
from server.db.database import Database
from server.db.tables import accounts, mentorships
from server.mail.outages import read_outage
from server.mail.outbox import count_waiting
from server.people.rules.accounts import Role
from server.privacy.store.erasure_requests import WaitingRequest, waiting_requests
from server.webhooks.rules.hooks import StoppedBy
from server.webhooks.store.hooks import all_hooks

COUNT_PAIRS = select(func.count().label("counted")).select_from(
    select(literal(1)).select_from(mentorships).limit(COUNTED + 1).subquery()
)
COUNT_ADMINS = (
    select(func.count()).select_from(accounts).where(accounts.c.ended_at.is_(None), accounts.c.role == Role.ADMIN.value)
)


LATELY = timedelta(days=14)
MOST_RESTED = 20
RESTED = (
    select(mentors.c.id, mentors.c.name, mentees.c.name, mentorships.c.state, mentorships.c.state_at)
    .join(mentors, mentors.c.id == mentorships.c.mentor_id)
    .join(mentees, mentees.c.id == mentorships.c.mentee_id)
    # In the words of the index.
    .where(text("mentorships.state <> 'active'"), mentorships.c.state_at >= bindparam("since"))
    .order_by(mentorships.c.state_at.desc())
    .limit(MOST_RESTED)
)


@dataclass(frozen=True, slots=True)
class RestingMentorship:
    """A mentorship that is paused or has ended: since when, and not why or by whom."""

    mentor_id: int
    mentor: str
    mentee: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StartPage:
    """`missing` is how many of the steps are still to do; `pairs` is how many mentorships there are, COUNTED + 1 for
    more than COUNTED; `erasures` are the wishes to be erased, the next due first; `rested` the mentorships that were
    paused or ended lately, newest first."""

    steps: tuple[SetupStep, ...]
    missing: int
    pairs: int
    erasures: tuple[WaitingRequest, ...]
    rested: tuple[RestingMentorship, ...]


async def read_start_page(
    db: Database,
    key: bytes,
    base_url: str,
    foreign: Sequence[str],
    now: datetime,
    *,
    mailing: bool,
    reply_address: str = "",
) -> StartPage:
    """`key` is the one of the ledger's head; `foreign` are other addresses at which the pages were opened; `mailing`: a
    mail server is set; `reply_address` is where answers by email come in, empty if none are taken."""
    checks = await read_latest_checks(db)
    async with db.reading() as connection:
        verdict = await read_check_verdict(connection, key)
        backups = await read_reports(connection)
        hooks = await all_hooks(connection)
        facts = SetupFacts(
            base_url=base_url,
            mailing=mailing,
            mail_stopped=await read_outage(connection) is not None,
            undelivered=(await count_waiting(connection, now)).failed,
            foreign=foreign,
            check=max(checks, key=lambda check: check.at, default=None),
            ledger_holds=verdict.holds,
            ledger_said=verdict.said,
            admins=(await connection.execute(COUNT_ADMINS)).scalar_one(),
            backup=backups.get(BackupWork.BACKUP),
            drill=backups.get(BackupWork.DRILL),
            stopped_hooks=sum(hook.stopped_at is not None and hook.stopped_by is not StoppedBy.ADMIN for hook in hooks),
            reply_address=reply_address,
            failing_hooks=sum(hook.stopped_at is None and hook.failing_since is not None for hook in hooks),
        )
        pairs = int((await connection.execute(COUNT_PAIRS)).scalar_one())
        erasures = await waiting_requests(connection)
        found = await connection.execute(RESTED, {"since": now - LATELY})
        rested = tuple(RestingMentorship(*row) for row in found)
    steps = setup_steps(facts, now)
    return StartPage(steps, sum(step.state is SetupState.MISSING for step in steps), pairs, erasures, rested)
