"""What people note for themselves about a catch-up, encrypted."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import reflections
from server.room.sealing import Sealer


async def read_reflection(connection: AsyncConnection, sealer: Sealer, catchup_id: int, person_id: int) -> str:
    """Empty when there is none. Raises UnreadableContent."""
    of_it = (reflections.c.catchup_id == catchup_id) & (reflections.c.person_id == person_id)
    sealed = (await connection.execute(select(reflections.c.sealed).where(of_it))).scalar_one_or_none()
    return sealer.open(sealed, _place(catchup_id, person_id)).decode() if sealed else ""


async def set_reflection(
    connection: AsyncConnection, sealer: Sealer, catchup_id: int, person_id: int, text: str, now: datetime
) -> None:
    """Saves it in place of the earlier one; an empty text deletes it. The catch-up must be locked."""
    of_it = (reflections.c.catchup_id == catchup_id) & (reflections.c.person_id == person_id)
    await connection.execute(delete(reflections).where(of_it))
    if text:
        sealed = sealer.seal(text.encode(), _place(catchup_id, person_id))
        added = insert(reflections).values(catchup_id=catchup_id, person_id=person_id, sealed=sealed, at=now)
        await connection.execute(added)


def _place(catchup_id: int, person_id: int) -> str:
    return f"reflection:{catchup_id}:{person_id}"
