"""Making schemes, and changing what they say, their picture, who coordinates them and their topics."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.errors import NotFound
from server.i18n.catalog import language_of
from server.people.actions.audit import acting
from server.people.rules.audit import Act, AuditSubject
from server.people.rules.visitors import Visitor
from server.people.store.audit import record
from server.schemes.rules.logos import logo_type
from server.schemes.rules.schemes import Scheme, SchemeText, SlugTaken, check_scheme
from server.schemes.rules.topics import check_names, check_room_for_topic, first_topics
from server.schemes.store import schemes, topics


@dataclass(frozen=True, slots=True)
class SchemeChange:
    """`logo` is a new picture, empty for none; `coordinators` are ids of accounts, None to leave them as they are."""

    text: SchemeText
    logo: bytes = b""
    without_logo: bool = False
    coordinators: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class TopicChange:
    """Names by language; `id` is None for a new topic; with `remove` it goes."""

    id: int | None
    names: Mapping[str, str]
    remove: bool = False


async def make_scheme(db: Database, visitor: Visitor, typed: SchemeChange, now: datetime) -> int:
    """The id of a new scheme, with the topics that each begins with. Raises InvalidInput."""
    text = check_scheme(typed.text)
    async with db.writing() as connection:
        await _check_slug(connection, text.slug, None)
        scheme_id = await schemes.add_scheme(connection, text, now)
        for names in first_topics():
            await topics.add_topic(connection, scheme_id, names)
        await _set_rest(connection, scheme_id, typed)
        await _record(connection, visitor, Act.MADE_SCHEME, scheme_id, now)
    return scheme_id


async def change_scheme(db: Database, visitor: Visitor, scheme_id: int, typed: SchemeChange, now: datetime) -> None:
    """Raises NotFound or InvalidInput."""
    text = check_scheme(typed.text)
    async with db.writing() as connection:
        scheme = await _lock(connection, visitor, scheme_id)
        await _check_slug(connection, text.slug, scheme.id)
        await schemes.set_scheme_text(connection, scheme.id, text)
        await _set_rest(connection, scheme.id, typed)
        await _record(connection, visitor, Act.CHANGED_SCHEME, scheme.id, now)


async def change_topics(
    db: Database, visitor: Visitor, scheme_id: int, typed: Sequence[TopicChange], now: datetime
) -> None:
    """Renames, removes and adds topics. What people said stays, but for topics that go.

    Raises NotFound, or InvalidInput whose field is the language and the topic's id or new, such as en-7 and de-new.
    """
    async with db.writing() as connection:
        scheme = await _lock(connection, visitor, scheme_id)
        language, known = language_of(scheme.text.language), await topics.topics_of(connection, scheme.id)
        before = {topic.id: topic.names for topic in known}
        count = len(before)
        for change in typed:
            if change.id is not None and change.id not in before:
                continue
            if change.remove and change.id is not None:
                await topics.remove_topic(connection, change.id)
                count -= 1
                continue
            names = check_names(change.names, language, change.id)
            if change.id is None:
                check_room_for_topic(count)
                await topics.add_topic(connection, scheme.id, names)
                count += 1
            elif names != before[change.id]:
                await topics.rename_topic(connection, change.id, names)
        await _record(connection, visitor, Act.CHANGED_SCHEME, scheme.id, now)


async def _lock(connection: AsyncConnection, visitor: Visitor, scheme_id: int) -> Scheme:
    """One that the visitor coordinates. Raises NotFound."""
    if visitor.account is None:
        raise NotFound
    found = await schemes.scheme_coordinated_by(connection, visitor.account, scheme_id)
    return await schemes.lock_any_scheme(connection, found.id)


async def _check_slug(connection: AsyncConnection, slug: str, own: int | None) -> None:
    """Raises SlugTaken."""
    found = await schemes.find_scheme_by_slug(connection, slug)
    if found is not None and found.id != own:
        raise SlugTaken


async def _set_rest(connection: AsyncConnection, scheme_id: int, typed: SchemeChange) -> None:
    if typed.logo:
        digest = hashlib.sha256(typed.logo).hexdigest()
        await schemes.set_logo(connection, scheme_id, logo_type(typed.logo), typed.logo, digest)
    elif typed.without_logo:
        await schemes.remove_logo(connection, scheme_id)
    if typed.coordinators is not None:
        await schemes.set_coordinators(connection, scheme_id, await _existing(connection, typed.coordinators))


async def _existing(connection: AsyncConnection, account_ids: Collection[int]) -> frozenset[int]:
    return frozenset(await schemes.coordinator_accounts(connection)) & frozenset(account_ids)


async def _record(connection: AsyncConnection, visitor: Visitor, act: Act, scheme_id: int, now: datetime) -> None:
    await record(connection, acting(visitor), act, now, subject=AuditSubject("scheme", scheme_id))
