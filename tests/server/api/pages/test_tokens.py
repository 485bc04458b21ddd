"""The page of tokens, and who gets in with one."""

import re
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from sqlalchemy import select, update

from server.api.pages import operations
from server.api.rules.tokens import TokenScope
from server.db.tables import api_tokens
from server.people.rules.rate_limits import RateLimit
from tests.cast import until
from tests.server.api.pages.conftest import token_for


async def answer_to(site, token: str | None, path: str = "/counts") -> tuple[int, dict, dict]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session, session.get(f"{site.base_url}/api/v1{path}", headers=headers) as got:
        return got.status, await got.json(content_type=None), dict(got.headers)


async def is_used(admin) -> bool:
    return "Last used on" in (await admin.get("/admin/api")).text


async def test_a_token_is_shown_once_works_and_is_revoked(site, admin):
    await admin.get("/admin/api")
    assert (admin.status, "There are no tokens yet." in admin.text or "Never used." in admin.text) == (200, True)
    await admin.post("/admin/api/tokens", name="Statistics", scopes=["counts:read"], days="30")
    [secret] = re.findall(r'<input readonly autofocus dir="ltr" value="(fireside_[\w-]{43})"', admin.text)
    assert (await answer_to(site, secret))[0] == 200
    status, problem, headers = await answer_to(site, secret, "/people")
    assert (status, "people:read" in problem["detail"]) == (403, True)
    assert headers["Content-Type"].startswith("application/problem+json")
    await until(lambda: is_used(admin), what="the note that it was used")
    assert secret not in admin.text
    async with site.database.reading() as connection:
        stored = (await connection.execute(select(api_tokens).order_by(api_tokens.c.id.desc()).limit(1))).one()
    assert secret not in repr(stored)
    await admin.post(f"/admin/api/tokens/{stored.id}/revocation")
    assert 'role="status" tabindex="-1" autofocus>The token was revoked.' in admin.text
    status, problem, headers = await answer_to(site, secret)
    assert (status, problem["detail"], headers["WWW-Authenticate"]) == (401, "This token was revoked.", "Bearer")
    await admin.get("/admin/audit")
    assert all(said in admin.text for said in ("Made a token of the API", "Revoked a token of the API", "Statistics"))


async def test_a_form_that_cannot_be_a_token_is_shown_again(site, admin):
    await admin.get("/admin/api")
    for fields, said in (
        ({"name": " ", "scopes": ["counts:read"], "days": "30"}, "Please say which system this token is for."),
        ({"name": "x" * 81, "scopes": ["counts:read"], "days": "30"}, "Please shorten this to 80 characters."),
        ({"name": "Statistics", "scopes": [], "days": "30"}, "Please choose what the token may do."),
        ({"name": "Statistics", "scopes": ["all"], "days": "30"}, "Please choose one from the list."),
        ({"name": "Statistics", "scopes": ["counts:read"], "days": "9999"}, "Please choose one from the list."),
    ):
        await admin.post("/admin/api/tokens", **fields)
        assert (admin.status, said in admin.text, "fireside_" in admin.text) == (422, True, False)


async def test_coordinators_have_no_tokens(coordinator):
    for path in ("/admin/api", "/admin/hooks"):
        assert (await coordinator.get(path)).status == 404
    await coordinator.get("/admin")
    assert "/admin/api" not in coordinator.text
    await coordinator.post("/admin/api/tokens", name="x", scopes=["counts:read"], days="30")
    assert coordinator.status == 404


@pytest.mark.parametrize("token", [None, "", "fireside_no", "\u00ff"])
async def test_nobody_gets_in_without_a_token(site, token):
    for path in ("/people", "/people/1", "/mentorships", "/sessions", "/counts"):
        status, problem, headers = await answer_to(site, token, path)
        assert (status, problem["status"], headers["WWW-Authenticate"]) == (401, 401, "Bearer")


async def test_a_token_ends_by_itself(site):
    secret = await token_for(site, frozenset({TokenScope.READ_COUNTS}))
    assert (await answer_to(site, secret))[0] == 200
    async with site.database.writing() as connection:
        await connection.execute(update(api_tokens).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    status, problem, _ = await answer_to(site, secret)
    assert (status, problem["detail"]) == (401, "This token has expired.")


async def test_too_many_calls_of_one_token_wait(site, monkeypatch):
    """Nobody else's do."""
    secret, other = [await token_for(site, frozenset({TokenScope.READ_COUNTS})) for _ in range(2)]
    monkeypatch.setattr(operations, "CALLS", RateLimit("api_calls", 2, timedelta(hours=1)))
    assert [(await answer_to(site, secret))[0] for _ in range(3)] == [200, 200, 429]
    _, problem, headers = await answer_to(site, secret)
    assert (int(headers["Retry-After"]) > 60, "wait a little" in problem["detail"]) == (True, True)
    assert (await answer_to(site, other))[0] == 200
