"""Making tokens of the API, revoking them, and finding the one that a program shows."""

import secrets
from datetime import datetime, timedelta

from server.api.rules.tokens import ApiToken, NewToken, TokenScope, check_new_token, check_token, new_token_secret
from server.api.store import tokens
from server.db.database import Database
from server.errors import NotFound
from server.people.actions.audit import acting
from server.people.rules.audit import TOKEN, Act, AuditSubject
from server.people.rules.links import secret_hash
from server.people.rules.visitors import Visitor
from server.people.store.audit import record


async def make_token(db: Database, visitor: Visitor, new: NewToken, now: datetime) -> str:
    """The new token's secret, which is stored nowhere. Raises NotFound, or InvalidInput."""
    actor, new = acting(visitor), check_new_token(new)
    secret = new_token_secret(secrets.token_bytes)
    async with db.writing() as connection:
        expires_at = now + timedelta(days=new.days)
        token_id = await tokens.add_token(connection, new.name, new.scopes, secret_hash(secret), now, expires_at)
        await record(connection, actor, Act.MADE_TOKEN, now, subject=AuditSubject(TOKEN, token_id))
    return secret


async def revoke_token(db: Database, visitor: Visitor, token_id: int, now: datetime) -> None:
    """From now on nobody gets in with it. Raises NotFound, also when it was revoked before."""
    actor = acting(visitor)
    async with db.writing() as connection:
        if not await tokens.revoke(connection, token_id, now):
            raise NotFound
        await record(connection, actor, Act.REVOKED_TOKEN, now, subject=AuditSubject(TOKEN, token_id))


async def find_token(db: Database, secret: str, scope: TokenScope, now: datetime) -> ApiToken:
    """The token with this secret, if it is good for this. Raises TokenNeeded or ScopeMissing."""
    async with db.reading() as connection:
        return check_token(await tokens.find_token_by_hash(connection, secret_hash(secret)), scope, now)


async def note_used(db: Database, token: ApiToken, now: datetime) -> None:
    """Keeps for the admins that the token is in use."""
    async with db.writing() as connection:
        await tokens.note_used(connection, token.id, now)
