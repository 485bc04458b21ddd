"""The visitor's own wish to be forgotten."""

from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.privacy.store.erasure_requests import ErasureRequest, find_request


async def read_own_request(db: Database, visitor: Visitor) -> ErasureRequest | None:
    """None when there is none."""
    async with db.reading() as connection:
        return await find_request(connection, visitor.person.id)
