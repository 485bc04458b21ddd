"""What the two keep of their catch-ups: one row for each item, and one for the notes and the version."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Row, and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import content_items, content_writers, contents
from server.room.rules.content import Content, ContentItem, ItemBody, ItemKind, Notes
from server.room.sealing import Sealer

OF_CATCHUP = contents.c.catchup_id == bindparam("catchup")
HEAD = select(contents).where(OF_CATCHUP)
VERSION = select(contents.c.version).where(OF_CATCHUP)
ADD_HEAD, CHANGE_HEAD = insert(contents), update(contents).where(OF_CATCHUP)
ITEMS = select(content_items).where(content_items.c.catchup_id == bindparam("catchup")).order_by(content_items.c.number)
KEPT_ITEMS = select(content_items).where(
    content_items.c.catchup_id.in_(bindparam("catchups", expanding=True)), content_items.c.sealed.is_not(None)
)
ADD_ITEM = insert(content_items)
CHANGE_ITEM = update(content_items).where(
    content_items.c.catchup_id == bindparam("catchup"), content_items.c.key == bindparam("of_key")
)
OF_WRITER = and_(content_writers.c.catchup_id == bindparam("catchup"), content_writers.c.writer == bindparam("page"))
LAST_SEQUENCE = select(content_writers.c.sequence).where(OF_WRITER)
ADD_WRITER, CHANGE_WRITER = insert(content_writers), update(content_writers).where(OF_WRITER)


async def read_content(connection: AsyncConnection, sealer: Sealer, catchup_id: int) -> Content:
    """To change it, the catch-up must be locked. Raises UnreadableContent."""
    head = (await connection.execute(HEAD, {"catchup": catchup_id})).one_or_none()
    if head is None:
        return Content()
    rows = await connection.execute(ITEMS, {"catchup": catchup_id})
    items = [_item_of(row, sealer) for row in rows]
    notes = sealer.open(head.notes, _notes(catchup_id)).decode() if head.notes else ""
    return Content(head.version, {item.key: item for item in items}, Notes(notes, head.notes_version))


async def read_items(
    connection: AsyncConnection, sealer: Sealer, catchup_ids: Collection[int]
) -> list[tuple[int, ContentItem]]:
    """What was not removed of these catch-ups, each with the id of its catch-up. Raises UnreadableContent."""
    rows = await connection.execute(KEPT_ITEMS, {"catchups": list(catchup_ids)})
    return [(row.catchup_id, _item_of(row, sealer)) for row in rows]


async def version_of(connection: AsyncConnection, catchup_id: int) -> int:
    """The content's version; 0 while there is none."""
    return int((await connection.execute(VERSION, {"catchup": catchup_id})).scalar_one_or_none() or 0)


async def save_content(
    connection: AsyncConnection, sealer: Sealer, catchup_id: int, before: Content, after: Content
) -> None:
    """Writes what changed. The catch-up must be locked."""
    if after.version == before.version:
        return
    notes = sealer.seal(after.notes.text.encode(), _notes(catchup_id)) if after.notes.text else None
    head = {"version": after.version, "notes": notes, "notes_version": after.notes.version}
    if before.version:
        await connection.execute(CHANGE_HEAD, {"catchup": catchup_id, **head})
    else:
        await connection.execute(ADD_HEAD, {"catchup_id": catchup_id, **head})
    for item in after.since(before.version).items:
        body = item.body and sealer.seal(msgspec.json.encode(item.body), _item(catchup_id, item.key))
        values = {"version": item.version, "sealed": body}
        if item.key in before.items:
            await connection.execute(CHANGE_ITEM, {"catchup": catchup_id, "of_key": item.key, **values})
        else:
            added = {"catchup_id": catchup_id, "key": item.key, "kind": item.kind.value, "number": item.number}
            await connection.execute(ADD_ITEM, {**added, "author_id": item.author_id, **values})


async def take_sequence(connection: AsyncConnection, catchup_id: int, writer: str, sequence: int) -> bool:
    """Whether this is the first time that this batch of the writer, an open page, came. The catch-up must be locked."""
    of_it = {"catchup": catchup_id, "page": writer}
    last = (await connection.execute(LAST_SEQUENCE, of_it)).scalar_one_or_none()
    if last is None:
        await connection.execute(ADD_WRITER, {"catchup_id": catchup_id, "writer": writer, "sequence": sequence})
        return True
    if sequence <= last:
        return False
    await connection.execute(CHANGE_WRITER, {**of_it, "sequence": sequence})
    return True


def _item_of(row: Row[Any], sealer: Sealer) -> ContentItem:
    body = None
    if row.sealed is not None:
        body = msgspec.json.decode(sealer.open(row.sealed, _item(row.catchup_id, row.key)), type=ItemBody)
    return ContentItem(row.key, ItemKind(row.kind), row.number, row.author_id, row.version, body)


def _item(catchup_id: int, key: str) -> str:
    return f"item:{catchup_id}:{key}"


def _notes(catchup_id: int) -> str:
    return f"notes:{catchup_id}"
