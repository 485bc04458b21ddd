"""W9: behind TLS every answer carries every header, whatever the route; cookies are for this host and browser alone."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path

import aiohttp
import pytest

from server.people.actions.links import make_link
from server.people.rules.links import Purpose
from server.routes import ROUTES
from server.web.access import Who
from tests.cast import Fireside
from tests.crowd import Crowd

WANTED = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "object-src": None,
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "connect-src": "'self' wss://fireside.example",
}
COOKIE = "__Host-fireside"


@pytest.fixture
async def house(crowd: Crowd, tmp_path: Path) -> AsyncIterator[Fireside]:
    """Served as behind a proxy that speaks TLS."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}"
    house = await Fireside.serve(tmp_path / "data", url, FIRESIDE_BASE_URL="https://fireside.example")
    yield house
    await house.stop()


async def test_every_answer_of_every_route_has_every_header(house: Fireside, crowd: Crowd) -> None:
    seen, nonces = set(), set()
    async with aiohttp.ClientSession() as session:
        for route in ROUTES:
            path = re.sub(r"\{[^}]*\}+", "1", route.path)
            for cookie in ({}, {"Cookie": f"{COOKIE}={crowd.mentor.token}"}):
                ask = session.request(route.method, house.base_url + path, headers=cookie, allow_redirects=False)
                async with ask as answer:
                    # A page at a link's own address must not name the link to what it loads.
                    at_link = {"Referrer-Policy": "strict-origin"} if route.path.startswith(("/l/", "/g/")) else {}
                    assert {name: answer.headers.get(name) for name in WANTED} == WANTED | at_link, route
                    parts = answer.headers["Content-Security-Policy"].split("; ")
                    policy = {name: value for name, _, value in (part.partition(" ") for part in parts)}
                    assert {name: policy.get(name) for name in POLICY} == POLICY, route
                    nonces.add(policy["script-src"])
                    assert "unsafe" not in answer.headers["Content-Security-Policy"]
                    assert "geolocation=()" in answer.headers["Permissions-Policy"]
                    found_file = route.path.startswith("/static") and answer.status == 200
                    assert found_file or answer.headers["Cache-Control"] == "no-store", route
                    seen.add((route.path, answer.status))
    print(f"{len(nonces)} answers of {len(ROUTES)} routes")
    assert len(nonces) == 2 * len(ROUTES), "a nonce was used twice"
    assert {status for _, status in seen} <= {200, 303, 401, 403, 404, 422}, seen
    assert {path for path, status in seen if status == 401} == {
        each.path for each in ROUTES if each.who is Who.PROGRAMS
    }


async def opened(house: Fireside, crowd: Crowd, cookie: str | None = None) -> tuple[str, str]:
    """The visit's token that opening a home link gives, and the whole header, in a browser that has this cookie."""
    now = datetime.now(UTC)
    async with crowd.database.writing() as connection:
        person = crowd.mentees[0].visitor.person
        secret = await make_link(connection, now, person_id=person.id, purpose=Purpose.HOME, path="/home")
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{house.base_url}/l/{secret}", headers=headers, allow_redirects=False) as answer,
    ):
        [header] = answer.headers.getall("Set-Cookie")
    return SimpleCookie(header)[COOKIE].value, header


async def test_the_cookie_is_for_this_host_over_tls_and_no_script(house: Fireside, crowd: Crowd) -> None:
    token, header = await opened(house, crowd)
    parts = {part.strip().partition("=")[0].lower() for part in header.split(";")[1:]}
    assert len(token) >= 43
    assert {"secure", "httponly", "path", "samesite"} <= parts
    assert "domain" not in parts
    assert "SameSite=Lax" in header


async def test_a_cookie_that_somebody_planted_is_not_taken_over(house: Fireside, crowd: Crowd) -> None:
    """Neither one that was made up nor another's own visit becomes the visit of who opens a link."""
    for planted in ("planted-by-somebody-else-who-would-use-it-later", crowd.mentor.token):
        token, _ = await opened(house, crowd, planted)
        assert token != planted
