"""How far each of the two has read, and how they hear of new messages."""

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import message_readers
from server.mentorships.rules.notices import MessageNotice, Reader

OF_READER = and_(
    message_readers.c.mentorship_id == bindparam("mentorship"), message_readers.c.person_id == bindparam("person")
)
READER = select(message_readers).where(OF_READER)
ADD, CHANGE = insert(message_readers), update(message_readers).where(OF_READER)


async def read_reader(connection: AsyncConnection, mentorship_id: int, person_id: int) -> Reader:
    row = (await connection.execute(READER, _of(mentorship_id, person_id))).one_or_none()
    return Reader(row.read_id, MessageNotice(row.notice), row.notice_at) if row else Reader()


async def set_reader(connection: AsyncConnection, mentorship_id: int, person_id: int, reader: Reader) -> None:
    """The mentorship must be locked."""
    values = {"read_id": reader.read_id, "notice": reader.notice.value, "notice_at": reader.notice_at}
    changed = await connection.execute(CHANGE, _of(mentorship_id, person_id) | values)
    if not changed.rowcount:
        await connection.execute(ADD, {"mentorship_id": mentorship_id, "person_id": person_id, **values})


def _of(mentorship_id: int, person_id: int) -> dict[str, object]:
    return {"mentorship": mentorship_id, "person": person_id}
