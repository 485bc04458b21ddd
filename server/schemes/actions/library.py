"""Editing the library of a scheme, or of the whole server."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.db.database import Database
from server.errors import NotFound
from server.people.actions.audit import acting
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor
from server.people.store.audit import record
from server.schemes.rules.library import QUESTIONS, check_entry, check_room_for_entry
from server.schemes.store import library, schemes


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What was typed of an entry, of a new one without an id. The texts are by BCP 47 tag."""

    id: int | None
    texts: Mapping[str, str]
    url: str
    remove: bool = False


async def change_library(
    db: Database,
    visitor: Visitor,
    scheme_id: int | None,
    typed: Sequence[EntryChange],
    now: datetime,
    hidden: Collection[str] | None = None,
) -> None:
    """Changes, removes and adds entries: those of a scheme, or without one of the whole server, which is for admins.

    There, `hidden` are the cards of the program that are not shown; None leaves them as they are.
    Raises NotFound or InvalidInput.
    """
    if visitor.account is None or (scheme_id is None and not visitor.account.is_admin):
        raise NotFound
    async with db.writing() as connection:
        if scheme_id is not None:
            scheme = await schemes.scheme_coordinated_by(connection, visitor.account, scheme_id)
            await schemes.lock_any_scheme(connection, scheme.id)
        before = {entry.id: entry for entry in await library.library_of(connection, scheme_id)}
        count = len(before)
        for change in typed:
            if change.id is not None and change.id not in before:
                continue
            if change.id is not None and change.remove:
                await library.remove_entry(connection, change.id)
                count -= 1
                continue
            texts, url = check_entry(change.texts, change.url, "new" if change.id is None else str(change.id))
            if change.id is None:
                check_room_for_entry(count)
                await library.add_entry(connection, scheme_id, texts, url)
                count += 1
            elif (texts, url) != (before[change.id].texts, before[change.id].url):
                await library.change_entry(connection, change.id, texts, url)
        if scheme_id is None and hidden is not None:
            await library.set_hidden(connection, frozenset(hidden) & QUESTIONS.keys())
        subject = None if scheme_id is None else AuditSubject("scheme", scheme_id)
        await record(connection, acting(visitor), Act.CHANGED_LIBRARY, now, subject=subject)
