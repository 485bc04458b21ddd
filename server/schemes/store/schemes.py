"""Schemes, their pictures, and which accounts coordinate them. An admin coordinates none by being one: they see all."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import for_update
from server.db.tables import accounts, people, scheme_coordinators, scheme_logos, schemes
from server.errors import NotFound
from server.people.rules.accounts import Account, Role
from server.schemes.rules.schemes import Colour, Scheme, SchemeText

SCHEMES = select(schemes, scheme_logos.c.hash.label("logo")).outerjoin(
    scheme_logos, scheme_logos.c.scheme_id == schemes.c.id
)
BY_ID = SCHEMES.where(schemes.c.id == bindparam("id"))
BY_SLUG = SCHEMES.where(schemes.c.slug == bindparam("slug"))
ALL = SCHEMES.order_by(schemes.c.name, schemes.c.id)
COORDINATES = exists().where(
    scheme_coordinators.c.scheme_id == schemes.c.id, scheme_coordinators.c.account_id == bindparam("account_id")
)
LOCK = for_update(select(schemes.c.id).where(schemes.c.id == bindparam("id")))
LOGO = select(scheme_logos.c.media_type, scheme_logos.c.content).where(
    scheme_logos.c.scheme_id == bindparam("id"), scheme_logos.c.hash == bindparam("hash")
)
# Of accounts that were not ended.
COORDINATORS = (
    select(accounts.c.id)
    .join(scheme_coordinators, scheme_coordinators.c.account_id == accounts.c.id)
    .where(scheme_coordinators.c.scheme_id == bindparam("id"), accounts.c.ended_at.is_(None))
)

ACCOUNTS = (
    select(accounts.c.id, people.c.name)
    .join(people, people.c.id == accounts.c.person_id)
    .where(accounts.c.role == Role.COORDINATOR.value, accounts.c.ended_at.is_(None))
    .order_by(people.c.name, accounts.c.id)
)


async def find_any_scheme(connection: AsyncConnection, scheme_id: int) -> Scheme | None:
    """The scheme, without a check of access: what its public page says anyway."""
    row = (await connection.execute(BY_ID, {"id": scheme_id})).one_or_none()
    return scheme_of(row) if row else None


async def find_scheme_by_slug(connection: AsyncConnection, slug: str) -> Scheme | None:
    """Also one that is not public."""
    row = (await connection.execute(BY_SLUG, {"slug": slug})).one_or_none()
    return scheme_of(row) if row else None


async def scheme_coordinated_by(connection: AsyncConnection, account: Account, scheme_id: int) -> Scheme:
    """The scheme, if this account coordinates it or is an admin's. Raises NotFound."""
    found = BY_ID if account.is_admin else BY_ID.where(COORDINATES)
    row = (await connection.execute(found, {"id": scheme_id} | _of(account))).one_or_none()
    if row is None:
        raise NotFound
    return scheme_of(row)


async def schemes_coordinated_by(connection: AsyncConnection, account: Account) -> tuple[Scheme, ...]:
    """Those that this account coordinates, all for an admin; by name."""
    found = ALL if account.is_admin else ALL.where(COORDINATES)
    return tuple(scheme_of(row) for row in await connection.execute(found, _of(account)))


async def public_schemes(connection: AsyncConnection) -> tuple[Scheme, ...]:
    """By name."""
    return tuple(scheme_of(row) for row in await connection.execute(ALL.where(schemes.c.public)))


async def lock_any_scheme(connection: AsyncConnection, scheme_id: int) -> Scheme:
    """Locked until the transaction ends: its places are counted and given under this lock. Raises NotFound."""
    await connection.execute(LOCK, {"id": scheme_id})
    scheme = await find_any_scheme(connection, scheme_id)
    if scheme is None:
        raise NotFound
    return scheme


async def add_scheme(connection: AsyncConnection, text: SchemeText, now: datetime) -> int:
    """The id of a new scheme; no other may have its slug."""
    added = insert(schemes).values(**asdict(text), made_at=now).returning(schemes.c.id)
    return int((await connection.execute(added)).scalar_one())


async def set_scheme_text(connection: AsyncConnection, scheme_id: int, text: SchemeText) -> None:
    await connection.execute(update(schemes).where(schemes.c.id == scheme_id).values(**asdict(text)))


async def set_logo(connection: AsyncConnection, scheme_id: int, media_type: str, content: bytes, hash: str) -> None:
    """In place of the one before. The scheme must be locked."""
    await remove_logo(connection, scheme_id)
    values = {"scheme_id": scheme_id, "media_type": media_type, "hash": hash, "content": content}
    await connection.execute(insert(scheme_logos).values(values))


async def remove_logo(connection: AsyncConnection, scheme_id: int) -> None:
    await connection.execute(delete(scheme_logos).where(scheme_logos.c.scheme_id == scheme_id))


async def read_logo(connection: AsyncConnection, scheme_id: int, hash: str) -> tuple[str, bytes] | None:
    """The media type and the bytes of the picture with this hash."""
    row = (await connection.execute(LOGO, {"id": scheme_id, "hash": hash})).one_or_none()
    return (row.media_type, row.content) if row else None


async def coordinators_of(connection: AsyncConnection, scheme_id: int) -> frozenset[int]:
    """The ids of the accounts that coordinate the scheme."""
    return frozenset((await connection.execute(COORDINATORS, {"id": scheme_id})).scalars())


async def coordinator_accounts(connection: AsyncConnection) -> Mapping[int, str]:
    """The names of those whose accounts are coordinators', by the ids of the accounts."""
    return {row.id: row.name for row in await connection.execute(ACCOUNTS)}


async def set_coordinators(connection: AsyncConnection, scheme_id: int, account_ids: Collection[int]) -> None:
    """In place of those before. The scheme must be locked."""
    await connection.execute(delete(scheme_coordinators).where(scheme_coordinators.c.scheme_id == scheme_id))
    rows = [{"scheme_id": scheme_id, "account_id": account_id} for account_id in sorted(account_ids)]
    if rows:
        await connection.execute(insert(scheme_coordinators), rows)


def _of(account: Account) -> dict[str, int]:
    return {} if account.is_admin else {"account_id": account.id}


def scheme_of(row: Row[Any]) -> Scheme:
    text = SchemeText(
        name=row.name,
        slug=row.slug,
        language=row.language,
        zone=row.zone,
        summary=row.summary,
        audience=row.audience,
        length=row.length,
        welcome=row.welcome,
        colour=Colour(row.colour),
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        mentor_places=row.mentor_places,
        mentee_places=row.mentee_places,
        public=row.public,
    )
    return Scheme(row.id, text, row.made_at, row.logo)
