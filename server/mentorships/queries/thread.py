"""The messages of a mentorship as one of the two sees them, and finding words in them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.errors import NotFound
from server.mentorships.rules.messages import Message, may_delete
from server.mentorships.rules.notices import MessageNotice
from server.mentorships.rules.search import has_words, words_of
from server.mentorships.store.messages import find_message, messages_before, read_file
from server.mentorships.store.readers import read_reader
from server.people.rules.visitors import Visitor
from server.people.store.people import MentorshipRow, mentorship_of_visitor
from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer

AT_ONCE = 30
MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """`mine`: the reader wrote it. `new`: they have not seen it before."""

    message: Message
    mine: bool
    new: bool
    may_delete: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """Oldest first. `earlier` is the id before which there are more, None when these are the first.

    `readable` is False where they were encrypted with another secret than the server has now.
    """

    messages: tuple[ShownMessage, ...]
    earlier: int | None
    notice: MessageNotice
    readable: bool = True

    @property
    def unread(self) -> int:
        return sum(shown.new for shown in self.messages)

    @property
    def newest(self) -> int:
        """The id of the newest one; 0 when there is none."""
        return self.messages[-1].message.id if self.messages else 0


@dataclass(frozen=True, slots=True)
class FoundMessages:
    """Newest first, at most MOST_FOUND of them; `more`: there may be others."""

    row: MentorshipRow
    messages: tuple[Message, ...]
    more: bool


async def read_thread(
    connection: AsyncConnection,
    sealer: Sealer,
    mentorship_id: int,
    reader_id: int,
    now: datetime,
    before: int | None = None,
) -> Thread:
    """The newest messages, or those before the one with this id. Check first that the reader is one of the two."""
    reader = await read_reader(connection, mentorship_id, reader_id)
    try:
        found = await messages_before(connection, sealer, mentorship_id, before, AT_ONCE + 1)
    except UnreadableContent:
        return Thread((), None, reader.notice, readable=False)
    page = found[:AT_ONCE]
    shown = tuple(
        ShownMessage(
            message,
            mine=message.author_id == reader_id,
            new=message.author_id != reader_id and message.id > reader.read_id,
            may_delete=may_delete(message, reader_id, now),
        )
        for message in reversed(page)
    )
    return Thread(shown, page[-1].id if len(found) > AT_ONCE else None, reader.notice)


async def read_own_thread(
    db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, now: datetime
) -> tuple[MentorshipRow, Thread]:
    """For a page that is open. Raises NotFound."""
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        return row, await read_thread(connection, sealer, row.id, visitor.person.id, now)


async def search_messages(
    db: Database, sealer: Sealer, visitor: Visitor, mentorship_id: int, typed: str
) -> FoundMessages:
    """Those that have all words, in what they say or in the name of their file; none where nothing was typed.

    Raises NotFound or UnreadableContent.
    """
    words = words_of(typed)
    async with db.reading() as connection:
        row = await mentorship_of_visitor(connection, visitor, mentorship_id)
        found: list[Message] = []
        before: int | None = None
        while words and len(found) <= MOST_FOUND:
            page = await messages_before(connection, sealer, row.id, before, 500)
            found += [message for message in page if has_words(_words_in(message), words)]
            if len(page) < 500:
                break
            before = page[-1].id
    return FoundMessages(row, tuple(found[:MOST_FOUND]), len(found) > MOST_FOUND)


async def read_message_file(db: Database, sealer: Sealer, visitor: Visitor, message_id: int) -> tuple[str, bytes]:
    """Its name and its bytes. Raises NotFound or UnreadableContent."""
    async with db.reading() as connection:
        message = await find_message(connection, sealer, visitor, message_id)
        content = await read_file(connection, sealer, message) if message else None
    if message is None or message.body is None or message.body.file is None or content is None:
        raise NotFound
    return message.body.file.name, content


def _words_in(message: Message) -> str:
    body = message.body
    return "" if body is None else f"{body.text}\n{body.file.name if body.file else ''}"
