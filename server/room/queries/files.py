"""A file that is kept of a catch-up, for downloading."""

from server.db.database import Database
from server.errors import NotFound
from server.people.rules.visitors import Visitor
from server.room.sealing import Sealer
from server.room.store.contents import read_content
from server.room.store.files import read_file


async def read_kept_file(db: Database, sealer: Sealer, visitor: Visitor, file_id: int) -> tuple[str, bytes]:
    """Its name and its bytes. Raises NotFound or UnreadableContent."""
    async with db.reading() as connection:
        found = await read_file(connection, sealer, visitor, file_id)
        if found is None:
            raise NotFound
        catchup_id, key, content = found
        item = (await read_content(connection, sealer, catchup_id)).items.get(key)
    if item is None or item.body is None or item.body.file is None:
        raise NotFound
    return item.body.file.name, content
