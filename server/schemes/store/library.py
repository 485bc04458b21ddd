"""The library of schemes and of the whole server, and which cards of the program are hidden."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import CursorResult, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import hidden_cards, library_entries, library_texts, memberships
from server.schemes.rules.library import LibraryEntry
from server.schemes.rules.memberships import MembershipState

JOINED = (
    select(library_entries.c.id, library_entries.c.url, library_texts.c.language, library_texts.c.text)
    .join(library_texts, library_texts.c.entry_id == library_entries.c.id)
    .order_by(library_entries.c.id, library_texts.c.language)
)
OF_SERVER = JOINED.where(library_entries.c.scheme_id.is_(None))
OF_SCHEME = JOINED.where(library_entries.c.scheme_id == bindparam("scheme_id"))
FOR_MENTOR = JOINED.where(
    or_(
        library_entries.c.scheme_id.is_(None),
        library_entries.c.scheme_id.in_(
            select(memberships.c.scheme_id).where(
                memberships.c.person_id == bindparam("person_id"), memberships.c.state == MembershipState.MEMBER.value
            )
        ),
    )
)
ADD = insert(library_entries).returning(library_entries.c.id)
CHANGE = update(library_entries).where(library_entries.c.id == bindparam("of_id"))
REMOVE = delete(library_entries).where(library_entries.c.id == bindparam("of_id"))
ADD_TEXTS = insert(library_texts)
FORGET_TEXTS = delete(library_texts).where(library_texts.c.entry_id == bindparam("of_id"))
HIDDEN, HIDE, SHOW_ALL = select(hidden_cards.c.card), insert(hidden_cards), delete(hidden_cards)


async def library_of(connection: AsyncConnection, scheme_id: int | None) -> tuple[LibraryEntry, ...]:
    """That of a scheme, oldest first, or of the whole server without one."""
    query, values = (OF_SERVER, {}) if scheme_id is None else (OF_SCHEME, {"scheme_id": scheme_id})
    return _entries(await connection.execute(query, values))


async def library_for(connection: AsyncConnection, mentor_id: int) -> tuple[LibraryEntry, ...]:
    """What this mentor may use: that of the server, and of the schemes in which they take part."""
    return _entries(await connection.execute(FOR_MENTOR, {"person_id": mentor_id}))


async def add_entry(connection: AsyncConnection, scheme_id: int | None, texts: Mapping[str, str], url: str) -> None:
    entry_id = int((await connection.execute(ADD, {"scheme_id": scheme_id, "url": url})).scalar_one())
    await _add_texts(connection, entry_id, texts)


async def change_entry(connection: AsyncConnection, entry_id: int, texts: Mapping[str, str], url: str) -> None:
    await connection.execute(CHANGE, {"of_id": entry_id, "url": url})
    await connection.execute(FORGET_TEXTS, {"of_id": entry_id})
    await _add_texts(connection, entry_id, texts)


async def remove_entry(connection: AsyncConnection, entry_id: int) -> None:
    """What was put on agendas stays there."""
    await connection.execute(REMOVE, {"of_id": entry_id})


async def read_hidden(connection: AsyncConnection) -> frozenset[str]:
    return frozenset((await connection.execute(HIDDEN)).scalars())


async def set_hidden(connection: AsyncConnection, cards: Collection[str]) -> None:
    """In place of those before."""
    await connection.execute(SHOW_ALL)
    if cards:
        await connection.execute(HIDE, [{"card": card} for card in sorted(cards)])


async def _add_texts(connection: AsyncConnection, entry_id: int, texts: Mapping[str, str]) -> None:
    rows = [{"entry_id": entry_id, "language": code, "text": text} for code, text in texts.items()]
    await connection.execute(ADD_TEXTS, rows)


def _entries(rows: CursorResult[Any]) -> tuple[LibraryEntry, ...]:
    texts: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        texts[row.id, row.url][row.language] = row.text
    return tuple(LibraryEntry(entry_id, url, of_it) for (entry_id, url), of_it in texts.items())
