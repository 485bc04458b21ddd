"""The messages of mentorships and the bytes of their files, encrypted."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import for_update
from server.db.tables import mentorships, message_files, message_readers, messages
from server.mentorships.rules.messages import Message, MessageBody, NewMessage
from server.people.rules.visitors import Visitor
from server.room.sealing import Sealer

IN_MENTORSHIP = messages.c.mentorship_id == bindparam("mentorship")
# Who may read a message: the two of its mentorship, from their homes.
OF_VISITOR = or_(mentorships.c.mentor_id == bindparam("me"), mentorships.c.mentee_id == bindparam("me"))
WITH_KEY = select(messages.c.id).where(IN_MENTORSHIP, messages.c.key == bindparam("of_key"))
ADD = insert(messages).returning(messages.c.id)
BEFORE = (
    select(messages)
    .where(IN_MENTORSHIP, messages.c.id < bindparam("before"), messages.c.sealed.is_not(None))
    .order_by(messages.c.id.desc())
    .limit(bindparam("most"))
)
OWN = (
    select(messages)
    .join(mentorships, mentorships.c.id == messages.c.mentorship_id)
    .where(messages.c.id == bindparam("id"), OF_VISITOR)
)
TO_LOCK = for_update(OWN, of=messages)
BY_ID = select(messages).where(messages.c.id == bindparam("id"))
CLEAR = update(messages).where(messages.c.id == bindparam("of_id")).values(sealed=None)
NEWEST = select(func.max(messages.c.id)).where(IN_MENTORSHIP)
UNREAD = (
    select(messages.c.mentorship_id, func.count().label("unread"))
    .outerjoin(
        message_readers,
        and_(
            message_readers.c.mentorship_id == messages.c.mentorship_id,
            message_readers.c.person_id == bindparam("person"),
        ),
    )
    .where(
        messages.c.mentorship_id.in_(bindparam("ids", expanding=True)),
        messages.c.id > func.coalesce(message_readers.c.read_id, 0),
        messages.c.author_id != bindparam("person"),
        messages.c.sealed.is_not(None),
    )
    .group_by(messages.c.mentorship_id)
)
ADD_FILE = insert(message_files)
DELETE_FILE = delete(message_files).where(message_files.c.message_id == bindparam("id"))
SIZE = select(func.sum(message_files.c.size)).where(message_files.c.mentorship_id == bindparam("mentorship"))
FILE = select(message_files.c.sealed).where(message_files.c.message_id == bindparam("id"))
ALL = select(messages).where(IN_MENTORSHIP)
MOVE = update(messages).where(messages.c.id == bindparam("of_id"))
MOVE = MOVE.values(mentorship_id=bindparam("to"), sealed=bindparam("new"))
ALL_FILES = select(message_files).where(message_files.c.mentorship_id == bindparam("mentorship"))
MOVE_FILE = update(message_files).where(message_files.c.message_id == bindparam("of_id"))
MOVE_FILE = MOVE_FILE.values(mentorship_id=bindparam("to"), sealed=bindparam("new"))
# Ids are below it.
END = 2**31 - 1


async def add_message(
    connection: AsyncConnection, sealer: Sealer, mentorship_id: int, author_id: int, new: NewMessage, now: datetime
) -> int | None:
    """Its id; None when it came before. The mentorship must be locked."""
    if await has_message(connection, mentorship_id, new.key):
        return None
    sealed = sealer.seal(msgspec.json.encode(new.body), _place(mentorship_id, new.key))
    values = {"mentorship_id": mentorship_id, "author_id": author_id, "key": new.key, "at": now, "sealed": sealed}
    message_id = int((await connection.execute(ADD, values)).scalar_one())
    if new.body.file is not None:
        content = sealer.seal(new.content, _file_place(mentorship_id, message_id))
        file = {"message_id": message_id, "mentorship_id": mentorship_id, "size": len(new.content), "sealed": content}
        await connection.execute(ADD_FILE, file)
    return message_id


async def has_message(connection: AsyncConnection, mentorship_id: int, key: str) -> bool:
    """Whether it came before, also when it was deleted since."""
    return (await connection.execute(WITH_KEY, {"mentorship": mentorship_id, "of_key": key})).first() is not None


async def messages_before(
    connection: AsyncConnection, sealer: Sealer, mentorship_id: int, before: int | None, most: int
) -> tuple[Message, ...]:
    """The newest ones, newest first, or those before the one with this id. Raises UnreadableContent."""
    wanted = {"mentorship": mentorship_id, "before": END if before is None else before, "most": most}
    return tuple(_message_of(row, sealer) for row in await connection.execute(BEFORE, wanted))


async def newest_id(connection: AsyncConnection, mentorship_id: int) -> int:
    """That of the newest message; 0 when there is none."""
    return int((await connection.execute(NEWEST, {"mentorship": mentorship_id})).scalar_one() or 0)


async def find_message(
    connection: AsyncConnection, sealer: Sealer, visitor: Visitor, message_id: int
) -> Message | None:
    """The message, when the visitor's home link opens it and it was not deleted. Raises UnreadableContent."""
    return await _found(connection, sealer, visitor, message_id, OWN)


async def lock_message(
    connection: AsyncConnection, sealer: Sealer, visitor: Visitor, message_id: int
) -> Message | None:
    """As `find_message`; locked until the transaction ends."""
    return await _found(connection, sealer, visitor, message_id, TO_LOCK)


async def any_message(connection: AsyncConnection, sealer: Sealer, message_id: int) -> Message | None:
    """The message, without a check of access: for what one of the two is told of it. Raises UnreadableContent."""
    row = (await connection.execute(BY_ID, {"id": message_id})).one_or_none()
    return _message_of(row, sealer) if row else None


async def clear_message(connection: AsyncConnection, message_id: int) -> None:
    """Deletes what it says, and its file. The message must be locked."""
    await connection.execute(CLEAR, {"of_id": message_id})
    await connection.execute(DELETE_FILE, {"id": message_id})


async def size_of_files(connection: AsyncConnection, mentorship_id: int) -> int:
    """How many bytes the files in the mentorship's messages have."""
    return int((await connection.execute(SIZE, {"mentorship": mentorship_id})).scalar_one() or 0)


async def read_file(connection: AsyncConnection, sealer: Sealer, message: Message) -> bytes | None:
    """The bytes of its file. Raises UnreadableContent."""
    sealed = (await connection.execute(FILE, {"id": message.id})).scalar_one_or_none()
    return None if sealed is None else sealer.open(sealed, _file_place(message.mentorship_id, message.id))


async def unread_counts(
    connection: AsyncConnection, person_id: int, mentorship_ids: Collection[int]
) -> Mapping[int, int]:
    """How many messages of the other this person has not read, by the ids of those mentorships that have any."""
    rows = await connection.execute(UNREAD, {"person": person_id, "ids": list(mentorship_ids)})
    return {row.mentorship_id: row.unread for row in rows}


async def join_messages(connection: AsyncConnection, sealer: Sealer, mentorship_id: int, to: int) -> None:
    """Takes the messages of a mentorship and their files into another of the same two."""
    for row in (await connection.execute(ALL, {"mentorship": mentorship_id})).all():
        sealed = row.sealed and sealer.move(row.sealed, _place(mentorship_id, row.key), _place(to, row.key))
        await connection.execute(MOVE, {"of_id": row.id, "to": to, "new": sealed})
    for row in (await connection.execute(ALL_FILES, {"mentorship": mentorship_id})).all():
        places = _file_place(mentorship_id, row.message_id), _file_place(to, row.message_id)
        moved = {"of_id": row.message_id, "to": to, "new": sealer.move(row.sealed, *places)}
        await connection.execute(MOVE_FILE, moved)


async def _found(
    connection: AsyncConnection, sealer: Sealer, visitor: Visitor, message_id: int, query: Any
) -> Message | None:
    if not visitor.home:
        return None
    row = (await connection.execute(query, {"id": message_id, "me": visitor.person.id})).one_or_none()
    return _message_of(row, sealer) if row and row.sealed is not None else None


def _message_of(row: Row[Any], sealer: Sealer) -> Message:
    body = None
    if row.sealed is not None:
        opened = sealer.open(row.sealed, _place(row.mentorship_id, row.key))
        body = msgspec.json.decode(opened, type=MessageBody)
    return Message(row.id, row.mentorship_id, row.author_id, row.at, body)


def _place(mentorship_id: int, key: str) -> str:
    return f"message:{mentorship_id}:{key}"


def _file_place(mentorship_id: int, message_id: int) -> str:
    return f"message-file:{mentorship_id}:{message_id}"
