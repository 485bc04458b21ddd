"""Putting files among what the two keep of a catch-up."""

from server.catchups.store.bookings import lock_booking_of
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.room.rules.content import AttachedFile, ContentChanges
from server.room.rules.edits import attach, check_room
from server.room.rules.files import FILES_LIMIT, FilesFull, checked_name
from server.room.sealing import Sealer
from server.room.store.contents import read_content, save_content
from server.room.store.files import add_file, size_of_files


async def attach_file(
    db: Database, sealer: Sealer, visitor: Visitor, booking_id: int, key: str, name: str, content: bytes
) -> ContentChanges:
    """Adds the file once, however often it comes with this key; returns everything that is kept.

    Raises NotFound, InvalidInput, FilesFull, ContentFull or UnreadableContent.
    """
    name = checked_name(name, content)
    async with db.writing() as connection:
        booking = await lock_booking_of(connection, visitor, booking_id)
        before = await read_content(connection, sealer, booking.catchup_id)
        if key in before.items:
            return before.since(-1)
        check_room(before)
        if await size_of_files(connection, booking.catchup_id) + len(content) > FILES_LIMIT:
            raise FilesFull
        file = AttachedFile(await add_file(connection, sealer, booking.catchup_id, key, content), name, len(content))
        after = attach(before, key, file, visitor.person.id)
        await save_content(connection, sealer, booking.catchup_id, before, after)
        note_change(connection, Topic("content", booking.catchup_id))
    return after.since(-1)
