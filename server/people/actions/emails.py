"""What people have to do with emails: each email gets a personal link, and one kind brings a fresh link."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import NotFound
from server.i18n.catalog import Language, language_of
from server.mail import outbox
from server.mail.message import Email, subject_of
from server.mail.outbox import OutboxEntry
from server.people.actions.links import make_link
from server.people.rules.accounts import START
from server.people.rules.links import ONE_TIME_EMAIL_LASTS, Purpose, secret_hash
from server.people.store import links
from server.people.store.contacts import any_contact
from server.people.store.people import find_person

FRESH_LINK = "fresh_link"
ACCOUNT_LINK = "account_link"
MENTOR_WELCOME = "mentor_welcome"
ERASURE_ASKED = "erasure_asked"
TEMPLATES = {
    FRESH_LINK: "people/emails/fresh_link.email",
    ACCOUNT_LINK: "people/emails/account_link.email",
    MENTOR_WELCOME: "people/emails/mentor_welcome.email",
    ERASURE_ASKED: "people/emails/erasure_asked.email",
}


@dataclass(frozen=True, slots=True)
class EmailLinks:
    """Makes the personal links in emails, which begin with `base_url`."""

    base_url: str

    async def make(self, connection: AsyncConnection, entry: OutboxEntry, now: datetime) -> str:
        """The address of a link for this email alone: into its catch-up, to the person's home, or to sign in once."""
        if entry.kind == ACCOUNT_LINK:
            expires_at = now + ONE_TIME_EMAIL_LASTS
            secret = await make_link(
                connection,
                now,
                person_id=entry.recipient_id,
                purpose=Purpose.ADMIN,
                path=entry.path,
                expires_at=expires_at,
            )
            return f"{self.base_url}/l/{secret}"
        secret = await make_link(
            connection,
            now,
            person_id=entry.recipient_id,
            purpose=Purpose.HOME if entry.catchup_id is None else Purpose.CATCHUP,
            path=entry.path,
            catchup_id=entry.catchup_id,
        )
        return f"{self.base_url}/l/{secret}"

    async def forget(self, connection: AsyncConnection, link: str) -> None:
        """Forgets a link that surely nobody got."""
        await links.forget_link(connection, secret_hash(link.rpartition("/")[2]))


async def enqueue_fresh_link(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Queues an email with a link to this person's home."""
    event = f"link:{uuid.uuid4()}"
    await outbox.enqueue(connection, recipient_id=person_id, event=event, kind=FRESH_LINK, path="/home", now=now)


async def enqueue_account_link(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Queues an email with a link that signs this person in once, to the admin's pages too."""
    event = f"link:{uuid.uuid4()}"
    await outbox.enqueue(connection, recipient_id=person_id, event=event, kind=ACCOUNT_LINK, path=START, now=now)


async def enqueue_mentor_welcome(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Queues an email with a link to the home of somebody who has become a mentor."""
    event = f"link:{uuid.uuid4()}"
    await outbox.enqueue(connection, recipient_id=person_id, event=event, kind=MENTOR_WELCOME, path="/home", now=now)


async def compose_link_email(connection: AsyncConnection, entry: OutboxEntry, link: str) -> Email:
    """An email that brings a link and says nothing else."""
    reader = await find_person(connection, entry.recipient_id)
    if reader is None:
        raise NotFound
    contact = await any_contact(connection, reader.id)
    template = TEMPLATES[entry.kind]
    return Email(template, language_of(reader.language), reader.name, reader.called, contact.email, link, {})


def link_email_subject(kind: str, language: Language) -> str:
    return subject_of(TEMPLATES[kind], language)
