"""A token of the scheme's own systems, and what the site's API answers to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from server.api.actions.tokens import make_token
from server.api.rules.tokens import NewToken, TokenScope
from tests.server.actors import visitor_with_account
from tests.server.page_site import site
from tests.server.site import Site, admin, coordinator, mentee, nobody, pair

__all__ = ["admin", "coordinator", "mentee", "nobody", "pair", "site"]


@pytest.fixture
async def token(site: Site) -> str:
    """One that may do everything."""
    return await token_for(site, frozenset(TokenScope))


async def token_for(site: Site, scopes: frozenset[TokenScope]) -> str:
    now = datetime.now(UTC)
    visitor = await visitor_with_account(site.database, now, email="tokens@example.org")
    return await make_token(site.database, visitor, NewToken("Members' database", scopes, 30), now)


@pytest.fixture
async def api(site: Site, token: str) -> AsyncIterator[Callable[..., Awaitable[tuple[int, Any]]]]:
    """Calls the API: status and JSON of the answer."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:

        async def call(path: str, method: str = "GET", **more: Any) -> tuple[int, Any]:
            async with session.request(method, f"{site.base_url}/api/v1{path}", **more) as answer:
                return answer.status, await answer.json(content_type=None)

        yield call
