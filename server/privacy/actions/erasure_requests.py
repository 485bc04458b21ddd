"""People's own wish to be forgotten: it waits, so that they can take it back, also when somebody else asked."""

import logging
import uuid
from datetime import datetime
from pathlib import Path

from server.db.database import Database
from server.errors import DomainError
from server.mail import outbox
from server.people.actions.emails import ERASURE_ASKED
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.visitors import Visitor, check_home
from server.people.store.accounts import find_account_of
from server.people.store.contacts import any_contact
from server.people.store.people import lock_people
from server.privacy.actions.erasing import HasAccount, erase_person
from server.privacy.rules.erasure import REQUEST_WAITS, ErasureReason
from server.privacy.store.erasure_requests import (
    ErasureRequest,
    add_request,
    due_requests,
    find_request,
    remove_request,
)

log = logging.getLogger(__name__)


async def ask_to_be_erased(db: Database, visitor: Visitor, now: datetime) -> None:
    """The visitor is erased after REQUEST_WAITS, and gets an email that says so now; asking twice changes nothing.

    Raises NotFound away from home, or HasAccount.
    """
    person = check_home(visitor)
    async with db.writing() as connection:
        await lock_people(connection, (person.id,))
        if await find_account_of(connection, person.id):
            raise HasAccount
        if await find_request(connection, person.id):
            return
        await add_request(connection, ErasureRequest(person.id, now, now + REQUEST_WAITS))
        event = f"erasure:{uuid.uuid4()}"
        await outbox.enqueue(
            connection, recipient_id=person.id, event=event, kind=ERASURE_ASKED, path="/me/erasure", now=now
        )


async def take_back_request(db: Database, visitor: Visitor) -> None:
    """The visitor stays. Raises NotFound away from home."""
    person = check_home(visitor)
    async with db.writing() as connection:
        await remove_request(connection, person.id)


async def erase_due(db: Database, folder: Path, now: datetime) -> None:
    """Erases those whose time has come; `folder` is where emails are kept. What is refused waits for the next round."""
    async with db.reading() as connection:
        due = await due_requests(connection, now)
        emails = {person_id: (await any_contact(connection, person_id)).email for person_id in due}
    for person_id, email in emails.items():
        try:
            await erase_person(db, person_id, email, ErasureReason.ASKED, COMMAND_LINE, folder, now)
        except DomainError as problem:
            log.warning("person %s asked to be erased, which waits: %s", person_id, problem)
