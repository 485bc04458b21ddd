"""What those who run the scheme do about emails, and about other work that was set aside; each in the audit log."""

from datetime import datetime

from server.db.database import Database
from server.db.set_aside import take_off_list
from server.errors import NotFound
from server.mail import outages, outbox
from server.people.actions.audit import acting
from server.people.actions.emails import enqueue_test_email
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor
from server.people.store.audit import record


async def send_again(db: Database, visitor: Visitor, entry_id: int, now: datetime) -> None:
    """Makes an email due again that was given up. Raises NotFound when there is none."""
    async with db.writing() as connection:
        if not await outbox.requeue(connection, entry_id, now):
            raise NotFound
        await record(connection, acting(visitor), Act.SENT_EMAIL_AGAIN, now, subject=AuditSubject("email", entry_id))


async def stop_email(db: Database, visitor: Visitor, entry_id: int, now: datetime) -> None:
    """Stops an email that waits, is tried again or was given up. Raises NotFound when there is none."""
    async with db.writing() as connection:
        if not await outbox.stop(connection, entry_id, now):
            raise NotFound
        await record(connection, acting(visitor), Act.STOPPED_EMAIL, now, subject=AuditSubject("email", entry_id))


async def send_test(db: Database, visitor: Visitor, now: datetime) -> None:
    """Queues a test email to the visitor's own address."""
    async with db.writing() as connection:
        await enqueue_test_email(connection, visitor.person.id, now)
        await record(connection, acting(visitor), Act.SENT_TEST_EMAIL, now)


async def try_server_again(db: Database, visitor: Visitor, now: datetime) -> None:
    """Lets the mail server be tried again now, if it took nothing."""
    async with db.writing() as connection:
        await outages.try_now(connection, now)
        await record(connection, acting(visitor), Act.TRIED_MAIL_SERVER, now)


async def clear_set_aside(db: Database, visitor: Visitor, number: int, now: datetime) -> None:
    """Takes work off the list of what was set aside, so that it is done again. Raises NotFound."""
    async with db.writing() as connection:
        if not await take_off_list(connection, number):
            raise NotFound
        await record(connection, acting(visitor), Act.CLEARED_SET_ASIDE, now, subject=AuditSubject("set_aside", number))
