"""Putting topics on the agenda of the last catch-up that was planned."""

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.i18n.catalog import language_of
from server.mentorships.rules.farewells import last_topics
from server.people.rules.people import Mentorship
from server.people.store.people import find_person
from server.room.rules.content import ItemKind
from server.room.rules.edits import Addition, UnreadableContent, apply_edits
from server.room.sealing import Sealer
from server.room.store.contents import read_content, save_content


async def prepare_last_agenda(
    connection: AsyncConnection, sealer: Sealer, mentorship: Mentorship, catchup_id: int
) -> None:
    """Once: what was struck does not come back. The catch-up must be locked. What cannot be read stays as it is."""
    mentor = await find_person(connection, mentorship.mentor_id)
    mentee = await find_person(connection, mentorship.mentee_id)
    if mentor is None or mentee is None:
        return
    try:
        before = await read_content(connection, sealer, catchup_id)
    except UnreadableContent:
        return
    topics = last_topics(language_of(mentee.language), language_of(mentor.language))
    edits = [Addition(key, ItemKind.TOPIC, text) for key, text in topics.items() if key not in before.items]
    if edits:
        applied = apply_edits(before, edits, mentorship.mentor_id, (mentorship.mentor_id, mentorship.mentee_id))
        await save_content(connection, sealer, catchup_id, before, applied.content)
        note_change(connection, Topic("content", catchup_id))
