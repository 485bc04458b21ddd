"""Where one is signed in, and which of one's links live."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from server.db.tables import visits
from server.people.queries.sign_ins import PAGE_LINKS
from tests.cast import until

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def entries(page, what):
    """What stands in each entry of a kind, without its markup."""
    found = re.findall(rf'<article class="card split">\s*<div>\s*<h3 id="{what}-\d+">(.*?)</div>', page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", each).split()) for each in found]


def ids(page, what):
    return [int(each) for each in re.findall(rf'id="{what}-(\d+)"', page.text)]


async def test_it_shows_each_browser_and_marks_this_one(site, mentee, pair):
    phone = await site.guest()
    phone.session.headers["User-Agent"] = FIREFOX
    await phone.get(f"/l/{pair.sam_secret}")
    await phone.get("/me/sign-ins")
    here, *others = entries(phone, "visit")
    assert here.startswith("Firefox on Linux this browser Since ")
    assert here.endswith("last used now.")
    assert others
    assert all(each.startswith("A browser that we do not know Since") for each in others)


async def test_the_browser_used_last_comes_first_and_when_is_kept_roughly(site, mentee, pair):
    async def seen_at():
        async with site.database.reading() as connection:
            rows = await connection.execute(visits.select().where(visits.c.person_id == pair.sam.id))
            return sorted(row.seen_at for row in rows)

    long_ago = datetime.now(UTC) - timedelta(days=3)
    async with site.database.writing() as connection:
        await connection.execute(update(visits).where(visits.c.person_id == pair.sam.id).values(seen_at=long_ago))
    await mentee.get("/me/sign-ins")

    async def is_kept():
        first, second = await seen_at()
        assert first == long_ago
        return second > long_ago + timedelta(days=2)

    await until(is_kept, what="what is noted beside the page")


async def test_it_shows_each_link_what_it_is_for_and_whether_it_was_opened(site, mentee, pair):
    offer = await pair.offer()
    await pair.link(pair.sam, offer.catchup_id, "/")
    await mentee.get("/me")
    await mentee.post("/me/feed")
    await mentee.get("/me/sign-ins")
    shown = entries(mentee, "link")
    assert [re.match(r"(.*?) Made", each)[1] for each in shown] == [
        "The address of your calendar",
        "Catch-up with Maya",
        "All your pages",
    ]
    assert ["Not opened yet." in each for each in shown] == [True, True, False]
    assert pair.sam_secret not in mentee.text


async def test_ending_a_browser_signs_it_out_and_no_other(site, mentee, pair):
    elsewhere, third = await site.guest(pair.sam_secret), await site.guest(pair.sam_secret)
    await elsewhere.get("/me/sign-ins")
    [here, *_] = ids(elsewhere, "visit")
    await mentee.get("/me/sign-ins")
    await mentee.post(f"/me/visits/{here}/ending")
    assert (mentee.status, mentee.path) == (200, "/me/sign-ins")
    assert here not in ids(mentee, "visit")
    assert (await elsewhere.get("/home")).path == "/"
    assert (await third.get("/home")).path == "/home"


async def test_ending_this_browser_is_signing_out(mentee, pair):
    await mentee.get("/me/sign-ins")
    await mentee.post(f"/me/visits/{ids(mentee, 'visit')[0]}/ending")
    assert (mentee.status, mentee.path) == (200, "/")
    assert (await mentee.get("/me")).status == 404


async def test_ending_a_link_shuts_it_and_who_came_by_it_but_not_oneself(site, mentee, pair):
    elsewhere = await site.guest(pair.sam_secret)
    await mentee.get("/me/sign-ins")
    await mentee.post(f"/me/links/{ids(mentee, 'link')[-1]}/ending")
    assert (mentee.status, mentee.path) == (200, "/me/sign-ins")
    assert "No link of yours is valid." in mentee.text
    assert (await elsewhere.get("/home")).path == "/"
    assert (await site.guest(pair.sam_secret)).status == 404


async def test_ending_all_others_leaves_this_browser_alone(site, mentee, pair):
    offer = await pair.offer()
    to_catchup = await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}")
    others = [await site.guest(secret) for secret in (pair.sam_secret, to_catchup)]
    await mentee.get("/me/sign-ins")
    await mentee.post("/me/sign-ins/ending")
    assert "Only this browser is signed in." in mentee.text
    assert (len(entries(mentee, "visit")), entries(mentee, "link")) == (1, [])
    for other in others:
        assert (await other.get(f"/offers/{offer.id}")).status == 404
    for secret in (pair.sam_secret, to_catchup):
        assert (await site.guest(secret)).status == 404
    assert (await mentee.get("/home")).status == 200


async def test_many_links_come_in_pages(mentee, pair):
    offer = await pair.offer()
    for _ in range(PAGE_LINKS + 1):
        await pair.link(pair.sam, offer.catchup_id, "/")
    await mentee.get("/me/sign-ins")
    first = ids(mentee, "link")
    await mentee.get(re.search(r'href="(/me/sign-ins\?before=\d+)"', mentee.text)[1])
    older = ids(mentee, "link")
    # The email about the offer may have brought one more.
    assert (len(first), len(older) in {2, 3}) == (PAGE_LINKS, True)
    assert set(first).isdisjoint(older)


async def test_the_data_page_leads_here(mentee):
    assert 'href="/me/sign-ins"' in (await mentee.get("/me")).text
