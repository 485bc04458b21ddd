"""Erasing people who became known through introductions alone, once those are over."""

import logging
from datetime import datetime
from pathlib import Path

from server.db.database import Database
from server.errors import DomainError
from server.introductions.store.introductions import forget_added, has_ties, strangers_left
from server.people.rules.audit import COMMAND_LINE
from server.people.store.contacts import any_contact
from server.privacy.actions.erasing import erase_person
from server.privacy.rules.erasure import ErasureReason

log = logging.getLogger(__name__)


async def erase_strangers(db: Database, folder: Path, now: datetime) -> None:
    """Those who have a mentorship, an account or a place in a scheme by now stay. `folder` is where emails are kept.
    What is refused waits for the next round."""
    async with db.reading() as connection:
        left = await strangers_left(connection)
    for person_id in left:
        async with db.writing() as connection:
            if await has_ties(connection, person_id):
                await forget_added(connection, person_id)
                continue
            email = (await any_contact(connection, person_id)).email
        try:
            await erase_person(db, person_id, email, ErasureReason.INTRODUCTION, COMMAND_LINE, folder, now)
        except DomainError as problem:
            log.warning("person %s, known through introductions only, waits to be erased: %s", person_id, problem)
