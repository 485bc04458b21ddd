"""A lost link: a fresh one is sent to known addresses, and the page does not show which are known."""

import asyncio
import statistics
import time

import pytest
from sqlalchemy import select

from server.db.tables import outbox
from server.people.rules.rate_limits import LOST_LINKS_FROM, LOST_LINKS_TO
from tests.cast import until
from tests.times import longer

addresses = (f"127.0.2.{number}" for number in range(1, 250))


@pytest.fixture
async def asker(site):
    """A browser without a link, at an IP address of its own."""
    return await site.guest(address=next(addresses))


@pytest.fixture
def emails(site):
    async def read(person):
        async with site.database.reading() as connection:
            rows = await connection.execute(select(outbox).where(outbox.c.recipient_id == person.id))
            return [(row.kind, row.path, row.catchup_id) for row in rows]

    return read


FRESH = ("fresh_link", "/home", None)


async def test_a_fresh_link_is_queued_for_a_known_address(asker, pair, emails):
    await asker.get("/lost-link")
    assert asker.status == 200
    await asker.post("/lost-link", email=f"  {pair.sam_email.upper()} ")
    assert asker.status == 200
    assert "a new link is on its way" in asker.text
    assert await until(lambda: emails(pair.sam)) == [FRESH]


async def test_the_answer_is_the_same_for_an_unknown_address(asker, pair, emails, count):
    known = (await asker.post("/lost-link", email=pair.sam_email)).text
    await until(lambda: emails(pair.sam))
    before = await count("outbox")
    unknown = (await asker.post("/lost-link", email="nobody@example.org")).text
    assert known == unknown
    await asker.post("/lost-link", email=pair.maya_email)
    await until(lambda: emails(pair.maya))
    assert await count("outbox") == before + 1


async def test_the_answer_takes_as_long_for_who_is_not_known(site, pair):
    """Asked alternately, so that the machine is the same. One kind taking longer four times in five would tell."""
    took = {"known": [], "unknown": []}
    for number in range(40):
        asker = await site.guest(address=next(addresses))
        emails = {"known": pair.sam_email, "unknown": f"nobody{number}@example.org"}
        await asker.get("/healthz")
        for kind, email in sorted(emails.items(), reverse=bool(number % 2)):
            await asyncio.sleep(0.02)
            began = time.perf_counter()
            assert (await asker.post("/lost-link", email=email)).status == 200
            took[kind].append(time.perf_counter() - began)
    share = longer(took["known"], took["unknown"])
    print({kind: f"{statistics.median(times) * 1000:.1f} ms" for kind, times in took.items()}, f"{share:.2f}")
    assert 0.2 < share < 0.8


async def test_nobody_gets_many_emails(site, pair, emails, asker):
    for _ in range(LOST_LINKS_TO.tries + 2):
        asker = await site.guest(address=next(addresses))
        assert (await asker.post("/lost-link", email=pair.sam_email)).status == 200
    await until(lambda: _as_many(emails, pair.sam, LOST_LINKS_TO.tries))
    assert await emails(pair.sam) == [FRESH] * LOST_LINKS_TO.tries


async def _as_many(emails, person, number):
    return len(await emails(person)) >= number


async def test_who_asks_too_often_has_to_wait(asker):
    for number in range(LOST_LINKS_FROM.tries):
        assert (await asker.post("/lost-link", email=f"someone{number}@example.org")).status == 200
    await asker.post("/lost-link", email="one.more@example.org")
    assert asker.status == 429
    assert "You can try again in 1 minute." in asker.text


@pytest.mark.parametrize("typed", ["", "sam", "sam@", "@example.org", "a b@example.org", "a@b@c", "x" * 320 + "@y"])
async def test_what_is_no_address_comes_back(asker, typed):
    await asker.post("/lost-link", email=typed)
    assert asker.status == 422
    assert '<a href="#email">' in asker.text
    assert f'value="{typed}"' in asker.text


async def test_another_sites_page_asks_for_nothing(asker, pair, emails):
    await asker.post("/lost-link", origin="https://elsewhere.example", email=pair.sam_email)
    assert asker.status == 403
    await asker.post("/lost-link", email="later@example.org")
    assert await emails(pair.sam) == []


async def test_a_form_that_cannot_be_read(asker):
    async with asker.session.post(
        f"{asker.base_url}/lost-link", data=b"email=\xff\xfe", headers={"Content-Type": "multipart/form-data"}
    ) as response:
        assert response.status == 400


@pytest.mark.parametrize("path", ["/", "/l/invented", "/wp-login.php"])
async def test_pages_without_a_link_lead_here(asker, path):
    assert 'href="/lost-link"' in (await asker.get(path)).text
