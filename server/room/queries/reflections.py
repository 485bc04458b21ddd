"""What the reader noted for themselves about a catch-up."""

from sqlalchemy.ext.asyncio import AsyncConnection

from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer
from server.room.store.reflections import read_reflection


async def own_reflection(connection: AsyncConnection, sealer: Sealer, catchup_id: int, reader_id: int) -> str | None:
    """For one of the catch-up's two people: empty when there is none; None when it cannot be read."""
    try:
        return await read_reflection(connection, sealer, catchup_id, reader_id)
    except UnreadableContent:
        return None
