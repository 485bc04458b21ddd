"""Erasing what the two of a mentorship shared: what one of them wrote, and what they kept together."""

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.ledger import SubjectKind
from server.db.tables import (
    agreed_records,
    bookings,
    catchups,
    choice_words,
    choices,
    content_files,
    content_items,
    content_writers,
    contents,
    farewells,
    message_files,
    messages,
    offers,
    reflections,
    situations,
)
from server.people.store.merged import is_of

CATCHUPS = select(catchups.c.id).where(catchups.c.mentorship_id == bindparam("mentorship"))
OWN_MESSAGES = (messages.c.mentorship_id == bindparam("mentorship"), messages.c.author_id == bindparam("person"))
# What they chose stays in the ledger, under the id that they had then.
OWN_CHOICES = select(choices.c.id).where(
    choices.c.subject_kind == SubjectKind.OFFER.value,
    choices.c.subject_id.in_(select(offers.c.id).where(offers.c.catchup_id.in_(CATCHUPS))),
    is_of(choices.c.person_id, bindparam("person")),
)
# The files before the messages that they belong to.
OWN = (
    delete(message_files).where(message_files.c.message_id.in_(select(messages.c.id).where(*OWN_MESSAGES))),
    update(messages).where(*OWN_MESSAGES).values(sealed=None),
    update(offers)
    .where(offers.c.catchup_id.in_(CATCHUPS), offers.c.author_id == bindparam("person"), offers.c.note != "")
    .values(note=""),
    delete(choice_words).where(choice_words.c.choice_id.in_(OWN_CHOICES)),
    *(
        delete(table).where(table.c.mentorship_id == bindparam("mentorship"), table.c.person_id == bindparam("person"))
        for table in (situations, farewells)
    ),
    delete(reflections).where(reflections.c.catchup_id.in_(CATCHUPS), reflections.c.person_id == bindparam("person")),
)
COMMON = (
    *(
        delete(table).where(table.c.catchup_id.in_(CATCHUPS))
        for table in (content_items, content_files, content_writers, contents)
    ),
    delete(agreed_records).where(
        agreed_records.c.booking_id.in_(select(bookings.c.id).where(bookings.c.catchup_id.in_(CATCHUPS)))
    ),
)


async def erase_own_words(connection: AsyncConnection, mentorship_id: int, person_id: int) -> None:
    """Their messages with the files, for both; the words of their offers and of their choices about them, their
    farewell, how things were with them, and what they noted for themselves. The mentorship must be locked."""
    for statement in OWN:
        await connection.execute(statement, {"mentorship": mentorship_id, "person": person_id})


async def erase_what_was_kept(connection: AsyncConnection, mentorship_id: int) -> None:
    """Notes, topics, actions, links, files, and the records of what was agreed. The mentorship must be locked."""
    for statement in COMMON:
        await connection.execute(statement, {"mentorship": mentorship_id})
