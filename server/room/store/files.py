"""The bytes of the files that are kept of catch-ups, encrypted."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.store.catchups import OPEN_TO_VISITOR, as_visitor
from server.db.tables import catchups, content_files, mentorships
from server.people.rules.visitors import Visitor
from server.room.sealing import Sealer

ADD = insert(content_files).returning(content_files.c.id)
TOTAL = select(func.sum(content_files.c.size)).where(content_files.c.catchup_id == bindparam("catchup"))
BY_ID = (
    select(content_files)
    .join(catchups, catchups.c.id == content_files.c.catchup_id)
    .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
    .where(content_files.c.id == bindparam("id"), OPEN_TO_VISITOR)
)
DELETE = delete(content_files).where(
    content_files.c.catchup_id == bindparam("catchup"), content_files.c.key.in_(bindparam("keys", expanding=True))
)


async def add_file(connection: AsyncConnection, sealer: Sealer, catchup_id: int, key: str, content: bytes) -> int:
    """Its id. `key` is that of its item."""
    sealed = sealer.seal(content, _place(catchup_id, key))
    added = {"catchup_id": catchup_id, "key": key, "size": len(content), "sealed": sealed}
    return int((await connection.execute(ADD, added)).scalar_one())


async def size_of_files(connection: AsyncConnection, catchup_id: int) -> int:
    """How many bytes the catch-up's files have."""
    return int((await connection.execute(TOTAL, {"catchup": catchup_id})).scalar_one() or 0)


async def read_file(
    connection: AsyncConnection, sealer: Sealer, visitor: Visitor, file_id: int
) -> tuple[int, str, bytes] | None:
    """The file's catch-up, the key of its item and its bytes, when this visitor may open it.

    Raises UnreadableContent.
    """
    row = (await connection.execute(BY_ID, {"id": file_id, **as_visitor(visitor)})).one_or_none()
    if row is None:
        return None
    return row.catchup_id, row.key, sealer.open(row.sealed, _place(row.catchup_id, row.key))


async def delete_files(connection: AsyncConnection, catchup_id: int, keys: Collection[str]) -> None:
    """Deletes the files of these items."""
    await connection.execute(DELETE, {"catchup": catchup_id, "keys": list(keys)})


def _place(catchup_id: int, key: str) -> str:
    return f"file:{catchup_id}:{key}"
