"""The library for those who edit it, and as cards for a mentor."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.queries.booking_news import booking_for
from server.db.database import Database
from server.errors import NotFound
from server.i18n.catalog import Language
from server.people.rules.visitors import Visitor
from server.schemes.rules.library import Card, LibraryEntry, cards_of
from server.schemes.rules.schemes import Scheme
from server.schemes.store import library, schemes


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """Without a scheme that of the whole server; `hidden` are the cards of the program that are not shown."""

    scheme: Scheme | None
    entries: tuple[LibraryEntry, ...]
    hidden: frozenset[str]


async def read_library(db: Database, visitor: Visitor, scheme_id: int | None) -> LibraryPage:
    """Raises NotFound."""
    if visitor.account is None or (scheme_id is None and not visitor.account.is_admin):
        raise NotFound
    async with db.reading() as connection:
        scheme = None
        if scheme_id is not None:
            scheme = await schemes.scheme_coordinated_by(connection, visitor.account, scheme_id)
        return LibraryPage(
            scheme, await library.library_of(connection, scheme_id), await library.read_hidden(connection)
        )


async def cards_for(connection: AsyncConnection, mentor_id: int, language: Language) -> tuple[Card, ...]:
    """In the mentor's language."""
    entries = await library.library_for(connection, mentor_id)
    return cards_of(entries, await library.read_hidden(connection), language)


async def read_cards(db: Database, visitor: Visitor, booking_id: int, language: Language) -> tuple[Card, ...]:
    """For the mentor of this booking; none for the mentee. Raises NotFound."""
    async with db.reading() as connection:
        view = await booking_for(connection, visitor, booking_id)
        if view.mentor.id != visitor.person.id:
            return ()
        return await cards_for(connection, visitor.person.id, language)
