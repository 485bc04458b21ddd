"""Suggesting another time."""

import pytest


@pytest.fixture
async def page(mentee, pair):
    mentee.offer = await pair.offer()
    return await mentee.get(f"/offers/{mentee.offer.id}/suggestion")


def form(**changes):
    return {"note": "Later?", "media": ["phone"], "starts": ["2027-06-01T10:00"], "minutes": "45"} | changes


async def test_a_suggestion_waits_for_the_mentor_who_accepts_it(page, mentor):
    await page.post(f"/offers/{page.offer.id}/suggestion", **form())
    assert "Maya has your offer" in page.text
    await mentor.get(f"/offers/{page.offer.id}")
    assert "Sam suggested another time" in mentor.text
    await mentor.get(page.path)
    await mentor.post(f"{page.path}/acceptance", start="2027-06-01T09:00:00+00:00", medium="phone")
    assert mentor.path.startswith("/bookings/")


async def test_what_must_be_mended_is_said_and_the_form_comes_back(page, contents):
    before = await contents()
    await page.post(f"/offers/{page.offer.id}/suggestion", **form(starts=["2020-01-01T10:00"]))
    assert page.status == 422
    assert "has passed already" in page.text
    assert "Later?" in page.text
    assert await contents() == before


async def test_a_decided_offer_cannot_be_answered_with_one(page, contents):
    for path in ("/suggestion", ""):
        await page.get(f"/offers/{page.offer.id}{path}")
    await page.post(f"/offers/{page.offer.id}/refusal")
    await page.get("/home")
    before = await contents()
    await page.post(f"/offers/{page.offer.id}/suggestion", **form())
    assert page.status == 409
    assert "answered already" in page.text
    assert await contents() == before
    assert (await page.get(f"/offers/{page.offer.id}/suggestion")).path == f"/offers/{page.offer.id}"
