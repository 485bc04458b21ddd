"""What people have to do with emails: each email gets a personal link, and one kind brings a fresh link."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.errors import NotFound
from server.i18n.catalog import Language
from server.mail import outbox
from server.mail.message import Email, subject_of
from server.mail.outbox import OutboxEntry
from server.people.actions.links import make_link
from server.people.emails import email_to
from server.people.rules.accounts import START
from server.people.rules.links import ONE_TIME_EMAIL_LASTS, Purpose, secret_hash
from server.people.rules.mentorships import MentorshipState
from server.people.rules.nudges import NUDGE, AlreadyNudged, nudge_event
from server.people.rules.people import Mentorship, Person
from server.people.store import links
from server.people.store.contacts import any_contact
from server.people.store.imports import host_of
from server.people.store.people import find_any_mentorship, find_person, mentorships_of

FRESH_LINK = "fresh_link"
ACCOUNT_LINK = "account_link"
MENTOR_WELCOME = "mentor_welcome"
# By those who run the scheme: a link, and to a changed address and to the one before that it was changed.
LINK_SENT = "link_sent"
ADDRESS_NEW = "address_new"
ADDRESS_OLD = "address_old"
MENTORSHIP_EMAILS: Mapping[MentorshipState, str] = {
    MentorshipState.PAUSED: "mentorship_paused",
    MentorshipState.ENDED: "mentorship_ended",
    MentorshipState.ACTIVE: "mentorship_resumed",
}
WELCOME = "welcome"
TEST_EMAIL = "test_email"
# Who reads the old address may be somebody else; a test is about the email alone.
WITHOUT_LINK = frozenset({ADDRESS_OLD, TEST_EMAIL})
ERASURE_ASKED = "erasure_asked"
TEMPLATES = {
    FRESH_LINK: "people/emails/fresh_link.email",
    ACCOUNT_LINK: "people/emails/account_link.email",
    MENTOR_WELCOME: "people/emails/mentor_welcome.email",
    WELCOME: "people/emails/welcome.email",
    LINK_SENT: "people/emails/link_sent.email",
    ADDRESS_NEW: "people/emails/address_new.email",
    ADDRESS_OLD: "people/emails/address_old.email",
    **{kind: f"people/emails/{kind}.email" for kind in MENTORSHIP_EMAILS.values()},
    NUDGE: "people/emails/nudge.email",
    ERASURE_ASKED: "people/emails/erasure_asked.email",
    TEST_EMAIL: "people/emails/test_email.email",
}


@dataclass(frozen=True, slots=True)
class EmailLinks:
    """Makes the personal links in emails, which begin with `base_url`."""

    base_url: str

    async def make(self, connection: AsyncConnection, entry: OutboxEntry, now: datetime) -> str:
        """The address of a link for this email alone: into its catch-up, to the person's home, or to sign in once; that
        of everybody's first page in an email without a personal one."""
        if entry.kind in WITHOUT_LINK:
            return f"{self.base_url}/"
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
    await _enqueue(connection, person_id, FRESH_LINK, "/home", now)


async def enqueue_account_link(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Queues an email with a link that signs this person in once, to the admin's pages too."""
    await _enqueue(connection, person_id, ACCOUNT_LINK, START, now)


async def enqueue_mentor_welcome(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Queues an email with a link to the home of somebody who has become a mentor."""
    await _enqueue(connection, person_id, MENTOR_WELCOME, "/home", now)


async def enqueue_sent_link(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Queues an email with a link to the home of somebody who did not ask for it: those who run the scheme did."""
    await _enqueue(connection, person_id, LINK_SENT, "/home", now)


async def enqueue_new_address(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Queues the confirmation to an address that was changed, with a link to the person's home."""
    await _enqueue(connection, person_id, ADDRESS_NEW, "/home", now)


async def enqueue_old_address(connection: AsyncConnection, person_id: int, address: str, now: datetime) -> None:
    """Queues an email to the address that a person had, which says that it is theirs no longer."""
    await _enqueue(connection, person_id, ADDRESS_OLD, "/", now, address)


async def enqueue_test_email(connection: AsyncConnection, person_id: int, now: datetime) -> None:
    """Queues an email that says only that it came."""
    await _enqueue(connection, person_id, TEST_EMAIL, "/", now)


async def enqueue_mentorship_email(
    connection: AsyncConnection, person_id: int, mentorship_id: int, state: MentorshipState, now: datetime
) -> None:
    """Queues an email which tells one of the two that their mentorship is paused, has ended or goes on."""
    await outbox.enqueue(
        connection,
        recipient_id=person_id,
        event=f"mentorship:{uuid.uuid4()}",
        kind=MENTORSHIP_EMAILS[state],
        path="/home",
        now=now,
        mentorship_id=mentorship_id,
    )


async def enqueue_nudge(connection: AsyncConnection, mentorship: Mentorship, now: datetime) -> None:
    """Queues an email which tells the mentor that nothing is planned, with a link to offer times. Raises AlreadyNudged
    when there was one this week."""
    event = nudge_event(mentorship.id, now)
    if await outbox.has_event(connection, mentorship.mentor_id, event):
        raise AlreadyNudged
    await outbox.enqueue(
        connection,
        recipient_id=mentorship.mentor_id,
        event=event,
        kind=NUDGE,
        path=f"/mentorships/{mentorship.id}/offers/new",
        now=now,
        mentorship_id=mentorship.id,
    )


async def compose_link_email(connection: AsyncConnection, entry: OutboxEntry, link: str) -> Email:
    """An email that brings a link, and says at most something about the reader and a mentorship of theirs."""
    reader = await find_person(connection, entry.recipient_id)
    if reader is None:
        raise NotFound
    contact = await any_contact(connection, reader.id)
    template = TEMPLATES[entry.kind]
    address = entry.address or contact.email
    values: dict[str, object] = {"other": await _other_in(connection, entry)}
    if entry.import_id is not None:
        values["host"] = await host_of(connection, entry.import_id)
        values["mentorships"] = await mentorships_of(connection, reader)
    return email_to(reader, template, address, link, values)


def link_email_subject(kind: str, language: Language) -> str:
    return subject_of(TEMPLATES[kind], language)


async def _other_in(connection: AsyncConnection, entry: OutboxEntry) -> Person | None:
    """The other one in the mentorship that the email is about; None when it is about none."""
    if entry.mentorship_id is None:
        return None
    mentorship = await find_any_mentorship(connection, entry.mentorship_id)
    return await find_person(connection, mentorship.other(entry.recipient_id)) if mentorship else None


async def _enqueue(
    connection: AsyncConnection, person_id: int, kind: str, path: str, now: datetime, address: str | None = None
) -> None:
    """Queues an email of which each one is sent: no other has its event."""
    event = f"link:{uuid.uuid4()}"
    await outbox.enqueue(
        connection, recipient_id=person_id, event=event, kind=kind, path=path, now=now, address=address
    )
