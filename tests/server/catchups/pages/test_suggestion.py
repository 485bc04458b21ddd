"""Suggesting another time."""

import re

import pytest

from server.catchups.rules.drafts import Medium
from server.catchups.store.ledger import ledger_of


@pytest.fixture
async def page(mentee, pair):
    mentee.offer = await pair.offer()
    return await mentee.get(f"/offers/{mentee.offer.id}/suggestion")


def form(**changes):
    return {"note": "Later?", "media": ["phone"], "starts": ["2027-06-01T10:00"], "minutes": "45"} | changes


async def test_a_suggestion_waits_for_the_mentor_who_accepts_it(page, mentor):
    await page.post(f"/offers/{page.offer.id}/suggestion", **form())
    assert "Maya has your suggestion" in page.text
    await mentor.get(f"/offers/{page.offer.id}")
    assert "Sam suggested another time" in mentor.text
    await mentor.get(page.path)
    await mentor.post(f"{page.path}/acceptance", start="2027-06-01T09:00:00+00:00", medium="phone")
    assert mentor.path.startswith("/bookings/")


async def test_just_the_other_way_at_the_same_times(mentee, mentor, pair):
    offer = await pair.offer(media=frozenset({Medium.VIDEO}))
    await mentee.get(f"/offers/{offer.id}/suggestion")
    assert re.findall(r'name="media" value="(\w+)"[^>]*checked', mentee.text) == ["video"]
    await mentee.post(f"/offers/{offer.id}/suggestion", note="", media="phone", starts=["", ""], minutes=30)
    await mentor.get(mentee.path)
    starts = re.findall(r'name="start" value="([^"]*)"', mentor.text)
    assert starts == [start.isoformat() for start in offer.starts]
    assert "by phone" in mentor.text


async def test_the_mentor_answers_the_same_way_back_and_forth(page, mentor):
    await page.post(f"/offers/{page.offer.id}/suggestion", **form())
    await mentor.get(f"{page.path}/suggestion")
    await mentor.post(f"{page.path}/suggestion", **form(starts=["2027-06-02T10:00"]))
    assert mentor.path not in (page.path, f"{page.path}/suggestion")
    await page.get(mentor.path)
    assert "Maya suggests another time or way to meet" in page.text
    await page.post(f"{mentor.path}/acceptance", start="2027-06-02T08:00:00+00:00", medium="phone")
    assert page.path.startswith("/bookings/")


async def test_the_phone_is_allowed_on_words_of_its_own(page, pair):
    await page.post(f"/offers/{page.offer.id}/suggestion", **form(media=["video"], phone_fallback="on"))
    async with pair.site.database.reading() as connection:
        entries = await ledger_of(connection, page.offer.catchup_id)
    assert [entry.kind.value for entry in entries] == ["offered", "suggested", "offered", "allowed_phone"]
    assert "If the video fails, the phone is fine with you." in page.text


async def test_a_decided_offer_cannot_be_answered_with_one(page, contents):
    for path in ("/suggestion", ""):
        await page.get(f"/offers/{page.offer.id}{path}")
    await page.post(f"/offers/{page.offer.id}/refusal")
    await page.get("/home")
    before = await contents()
    await page.post(f"/offers/{page.offer.id}/suggestion", **form())
    assert page.status == 409
    assert "already been answered" in page.text
    assert await contents() == before
    assert (await page.get(f"/offers/{page.offer.id}/suggestion")).path == f"/offers/{page.offer.id}"


async def test_what_is_wrong_is_said_and_the_form_comes_back(page, contents):
    before = await contents()
    await page.post(f"/offers/{page.offer.id}/suggestion", **form(starts=["2020-01-01T10:00"]))
    assert page.status == 422
    assert "has already passed" in page.text
    assert "Later?" in page.text
    assert await contents() == before


async def test_nothing_else_is_no_suggestion(mentee, pair, contents):
    offer = await pair.offer(media=frozenset({Medium.VIDEO}))
    await mentee.get(f"/offers/{offer.id}/suggestion")
    before = await contents()
    await mentee.post(f"/offers/{offer.id}/suggestion", note="", media="video", starts=[""], minutes=30)
    assert (mentee.status, await contents()) == (422, before)
    assert '<a href="#starts">' in mentee.text
