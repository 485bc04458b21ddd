"""The topics of schemes."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import scheme_topic_names, scheme_topics
from server.schemes.rules.topics import SchemeTopic

OF_SCHEME = (
    select(scheme_topics.c.id, scheme_topic_names.c.language, scheme_topic_names.c.name)
    .join(scheme_topic_names, scheme_topic_names.c.topic_id == scheme_topics.c.id)
    .where(scheme_topics.c.scheme_id == bindparam("scheme_id"))
    .order_by(scheme_topics.c.place, scheme_topics.c.id, scheme_topic_names.c.language)
)
LAST_PLACE = select(func.max(scheme_topics.c.place)).where(scheme_topics.c.scheme_id == bindparam("scheme_id"))
ADD = insert(scheme_topics).returning(scheme_topics.c.id)
NAMES = insert(scheme_topic_names)
FORGET_NAMES = delete(scheme_topic_names).where(scheme_topic_names.c.topic_id == bindparam("topic_id"))
REMOVE = delete(scheme_topics).where(scheme_topics.c.id == bindparam("topic_id"))


async def topics_of(connection: AsyncConnection, scheme_id: int) -> tuple[SchemeTopic, ...]:
    """In the order that the scheme gave them."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in await connection.execute(OF_SCHEME, {"scheme_id": scheme_id}):
        found[row.id][row.language] = row.name
    return tuple(SchemeTopic(id, names) for id, names in found.items())


async def add_topic(connection: AsyncConnection, scheme_id: int, names: Mapping[str, str]) -> int:
    """The id of a new topic, the last of the scheme's. The scheme must be locked."""
    last = (await connection.execute(LAST_PLACE, {"scheme_id": scheme_id})).scalar_one()
    values = {"scheme_id": scheme_id, "place": 0 if last is None else last + 1}
    topic_id = int((await connection.execute(ADD, values)).scalar_one())
    await _add_names(connection, topic_id, names)
    return topic_id


async def rename_topic(connection: AsyncConnection, topic_id: int, names: Mapping[str, str]) -> None:
    await connection.execute(FORGET_NAMES, {"topic_id": topic_id})
    await _add_names(connection, topic_id, names)


async def remove_topic(connection: AsyncConnection, topic_id: int) -> None:
    """Also from what people said that they bring and seek."""
    await connection.execute(REMOVE, {"topic_id": topic_id})


async def _add_names(connection: AsyncConnection, topic_id: int, names: Mapping[str, str]) -> None:
    rows = [{"topic_id": topic_id, "language": code, "name": name} for code, name in names.items()]
    await connection.execute(NAMES, rows)
