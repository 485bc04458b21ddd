"""The tokens, as admins see them."""

from server.api.rules.tokens import ApiToken
from server.api.store.tokens import all_tokens
from server.db.database import Database


async def read_tokens(db: Database) -> tuple[ApiToken, ...]:
    """Newest first, with those that are over."""
    async with db.reading() as connection:
        return await all_tokens(connection)
