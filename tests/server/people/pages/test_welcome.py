"""The front page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.schemes.store.schemes import add_scheme
from tests.server.schemes.a_scheme import TEXT


async def test_it_says_what_this_is(nobody):
    await nobody.get("/")
    assert nobody.status == 200
    assert "personal link" in nobody.text


async def test_somebody_with_a_home_is_taken_there(mentor, admin):
    assert (await mentor.get("/")).path == "/home"
    assert (await admin.get("/")).path == "/admin"


async def test_public_schemes_that_are_not_over_are_named(nobody, site):
    now = datetime.now(UTC)
    made = (
        {"name": "Open to all", "slug": "open-to-all"},
        {"name": "By invitation", "slug": "by-invitation", "public": False},
        {"name": "Last year's", "slug": "last-years", "closes_on": (now - timedelta(days=9)).date()},
    )
    async with site.database.writing() as connection:
        for changes in made:
            await add_scheme(connection, replace(TEXT, **changes), now)
    await nobody.get("/")
    assert '<a href="/s/open-to-all"' in nobody.text
    assert ("By invitation" in nobody.text, "Last year" in nobody.text) == (False, False)
