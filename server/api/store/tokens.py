"""Tokens of the API. Only the hashes of their secrets are stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.api.rules.tokens import ApiToken, TokenScope
from server.db.tables import api_tokens

BY_HASH = select(api_tokens).where(api_tokens.c.secret_hash == bindparam("secret_hash"))
ALL = select(api_tokens).order_by(api_tokens.c.id.desc())


async def add_token(
    connection: AsyncConnection,
    name: str,
    scopes: frozenset[TokenScope],
    secret_hash: str,
    now: datetime,
    expires_at: datetime,
) -> int:
    """Its id."""
    new = insert(api_tokens).values(
        name=name, scopes=" ".join(sorted(scopes)), secret_hash=secret_hash, made_at=now, expires_at=expires_at
    )
    return int((await connection.execute(new.returning(api_tokens.c.id))).scalar_one())


async def find_token_by_hash(connection: AsyncConnection, secret_hash: str) -> ApiToken | None:
    row = (await connection.execute(BY_HASH, {"secret_hash": secret_hash})).one_or_none()
    return _token_of(row) if row else None


async def all_tokens(connection: AsyncConnection) -> tuple[ApiToken, ...]:
    """Newest first."""
    return tuple(_token_of(row) for row in await connection.execute(ALL))


async def revoke(connection: AsyncConnection, token_id: int, now: datetime) -> bool:
    """Whether there was such a token that was not revoked before."""
    standing = api_tokens.c.id == token_id, api_tokens.c.revoked_at.is_(None)
    return (await connection.execute(update(api_tokens).where(*standing).values(revoked_at=now))).rowcount == 1


async def note_used(connection: AsyncConnection, token_id: int, now: datetime) -> None:
    await connection.execute(update(api_tokens).where(api_tokens.c.id == token_id).values(used_at=now))


def _token_of(row: Row[Any]) -> ApiToken:
    # A scope of another version is none that this one gives.
    scopes = frozenset(TokenScope(name) for name in row.scopes.split() if name in set(TokenScope))
    return ApiToken(row.id, row.name, scopes, row.made_at, row.expires_at, row.used_at, row.revoked_at)
