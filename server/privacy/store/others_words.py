"""What others wrote to a person or about them, within the mentorships that they shared."""

from collections.abc import Callable

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.store.ledger import about_offer
from server.db.tables import choice_words, choices, offers
from server.privacy.rules.places import BY_TABLE
from server.privacy.store.places import is_about

NOTES = select(offers.c.id, offers.c.note).where(is_about(BY_TABLE["offers"]), offers.c.note != "")
WORDS = (
    select(choice_words.c.choice_id, choice_words.c.words)
    .join(choices, choices.c.id == choice_words.c.choice_id)
    .join(offers, about_offer(offers.c.id))
    .where(is_about(BY_TABLE["offers"]))
)
EMPTY_NOTES = update(offers).where(offers.c.id.in_(bindparam("ids", expanding=True))).values(note="")
DELETE_WORDS = delete(choice_words).where(choice_words.c.choice_id.in_(bindparam("ids", expanding=True)))


async def erase_words(connection: AsyncConnection, person_id: int, names_them: Callable[[str], bool]) -> None:
    """Empties the notes and deletes the words in which `names_them` finds the person."""
    for reading, erasing in ((NOTES, EMPTY_NOTES), (WORDS, DELETE_WORDS)):
        rows = (await connection.execute(reading, {"the_person": person_id})).all()
        await connection.execute(erasing, {"ids": [row[0] for row in rows if names_them(row[1])]})
