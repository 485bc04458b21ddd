"""Personal links: exchanged for a cookie and gone from the address; a scanner's GET decides nothing."""

import asyncio
import statistics
import time
from collections import Counter
from datetime import UTC, datetime

from server.people.actions.links import make_link, revoke_link
from server.people.rules.links import LASTS, Purpose
from server.people.rules.rate_limits import WRONG_LINKS
from tests.server.actors import account_link
from tests.times import longer


async def test_a_link_leads_to_its_page_and_leaves_the_address_bar(site, pair):
    offer = await pair.offer()
    guest = await site.guest(await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}"))
    assert (guest.status, guest.path) == (200, f"/offers/{offer.id}")
    assert "Maya offers you a catch-up" in guest.text


async def test_it_works_again_on_another_device(site, pair):
    for _ in range(2):
        assert (await site.guest(pair.sam_secret)).path == "/home"


async def test_invented_and_revoked_links_get_the_same_page_that_says_what_to_do(site, pair):
    await revoke_link(site.database, pair.sam_secret, datetime.now(UTC))
    pages = [await site.guest(secret) for secret in ("invented", pair.sam_secret)]
    assert [page.status for page in pages] == [404, 404]
    assert pages[0].text == pages[1].text
    assert "You can ask for a new one." in pages[0].text


async def test_revoking_ends_a_visit_that_is_open(site, pair, mentee):
    await revoke_link(site.database, pair.sam_secret, datetime.now(UTC))
    assert (await mentee.get("/me")).status == 404


async def test_a_scanner_that_gets_every_link_twice_changes_nothing_but_visits(site, pair, contents):
    offer = await pair.offer()
    secret = await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}")
    before = await contents()
    scanner = await site.guest(address="127.0.0.9")
    for method in ("GET", "HEAD", "GET"):
        async with scanner.session.request(method, f"{site.base_url}/l/{secret}") as response:
            assert response.status == 200
    after = await contents()
    assert {table for table in after if after[table] != before[table]} == {"visits", "visit_links"}


async def test_too_many_wrong_links_have_to_wait_and_are_told_how_long_but_good_ones_always_open(site, pair):
    """Twenty wrong ones from a school's address shut nobody out."""
    offer = await pair.offer()
    good = {pair.sam_secret: "/home", await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}"): "/offers/"}
    guesser = await site.guest(address="127.0.0.10")
    answers = [(await guesser.get(f"/l/wrong{number}")).status for number in range(WRONG_LINKS.tries + 1)]
    assert answers == [404] * WRONG_LINKS.tries + [429]
    assert 170 <= int(guesser.headers["Retry-After"]) <= 180
    assert "You can try again in 3 minutes." in guesser.text
    assert 'href="/lost-link"' in guesser.text
    for secret, path in good.items():
        classmate = await site.guest(secret, address="127.0.0.10")
        assert (classmate.status, classmate.path.startswith(path)) == (200, True)
    assert (await guesser.get("/l/wrong")).status == 429
    elsewhere = await site.guest("wrong", address="127.0.0.11")
    assert elsewhere.status == 404


async def test_a_hundred_at_once_are_counted_exactly(site):
    guesser = await site.guest(address="127.0.0.12")

    async def guess(number):
        async with guesser.session.get(f"{site.base_url}/l/wrong{number}") as response:
            return response.status

    answers = Counter(await asyncio.gather(*(guess(number) for number in range(100))))
    assert answers == {404: WRONG_LINKS.tries, 429: 100 - WRONG_LINKS.tries}


async def test_right_links_may_be_opened_as_often_as_one_likes(site, pair):
    guest = await site.guest(address="127.0.0.13")
    for _ in range(WRONG_LINKS.tries + 5):
        assert (await guest.get(f"/l/{pair.sam_secret}")).status == 200


async def test_no_answer_tells_by_its_time_whether_there_was_such_a_link(site, pair):
    """W3: unknown, revoked and expired in turn. One kind taking longer four times in five would tell."""
    now = datetime.now(UTC)
    revoked = await pair.link(pair.sam, (await pair.offer()).catchup_id, "/")
    await revoke_link(site.database, revoked, now)
    async with site.database.writing() as connection:
        expired = await make_link(
            connection, now - LASTS[Purpose.HOME], person_id=pair.sam.id, purpose=Purpose.HOME, path="/home"
        )
    secrets = {"unknown": "x" * 43, "revoked": revoked, "expired": expired}
    took = {kind: [] for kind in secrets}
    for number in range(40):
        guesser = await site.guest(address=f"127.0.3.{number + 1}")
        await guesser.get("/healthz")
        for kind, secret in list(secrets.items())[number % 3 :] + list(secrets.items())[: number % 3]:
            began = time.perf_counter()
            assert (await guesser.get(f"/l/{secret}")).status == 404
            took[kind].append(time.perf_counter() - began)
    print({kind: f"{statistics.median(times) * 1000:.2f} ms" for kind, times in took.items()})
    shares = [longer(took["unknown"], took[kind]) for kind in ("revoked", "expired")]
    print([f"{share:.2f}" for share in shares])
    assert all(0.2 < share < 0.8 for share in shares)


async def test_a_link_that_works_once_asks_first_and_is_used_up_by_its_form(site, contents):
    secret = await account_link(site.database, datetime.now(UTC), email="once@example.org")
    before = await contents()
    guest = await site.guest(secret)
    assert (guest.status, "It works once." in guest.text, guest.headers.get("Set-Cookie")) == (200, True, None)
    assert await contents() == before
    await guest.post(f"/l/{secret}", origin="https://phish.example")
    assert guest.status == 403
    assert await contents() == before
    await guest.post(f"/l/{secret}")
    assert (guest.status, guest.path) == (200, "/admin")
    for again in (await site.guest(secret), await (await site.guest()).post(f"/l/{secret}")):
        assert (again.status, "You can ask for a new one." in again.text) == (404, True)


async def test_a_link_of_another_kind_is_not_used_up_by_a_form(site, pair):
    guest = await (await site.guest()).post(f"/l/{pair.sam_secret}")
    assert guest.status == 404
    assert (await site.guest(pair.sam_secret)).path == "/home"
