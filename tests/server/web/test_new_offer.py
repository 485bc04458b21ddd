"""Offering a catch-up."""

import pytest


def form(**changes):
    return {"note": "I moved.", "media": ["video"], "starts": ["2027-06-01T10:00"], "minutes": "30"} | changes


@pytest.fixture
async def page(mentor, pair):
    return await mentor.get(f"/mentorships/{pair.mentorship_id}/offers/new")


async def test_the_form_names_the_zone_that_times_are_typed_in(page):
    assert page.status == 200
    assert "Stockholm time" in page.text
    assert "Send offer" in page.text


async def test_sending_it_makes_the_offer(page, pair):
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **form())
    assert page.status == 200
    assert page.path.startswith("/offers/")
    assert "Sam has your offer" in page.text
    assert 'datetime="2027-06-01T08:00:00+00:00"' in page.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts": ["", ""]}, "at least one possible time"),
        ({"starts": ["2020-01-01T10:00"]}, "has passed already"),
        ({"starts": ["tomorrow"]}, "cannot be read"),
        ({"starts": ["2027-03-28T02:30"]}, "the clocks go forward"),
        ({"starts": ["9999-12-31T23:59"]}, "more than a year ahead"),
        ({"media": []}, "choose video, phone or both"),
        ({"minutes": "soon"}, "one of those that are listed"),
        ({"note": "x" * 2001}, "shorten this to 2,000 characters; it has 2,001"),
    ],
)
async def test_what_must_be_mended_is_said_and_the_form_comes_back_filled_in(page, pair, contents, changes, sentence):
    before = await contents()
    sent = form(**changes)
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **sent)
    assert page.status == 422
    assert sentence in page.text
    assert sent["note"] in page.text
    assert all(f'value="{start}"' in page.text for start in sent["starts"])
    assert await contents() == before


async def test_an_oversized_form_is_refused_with_a_page(page, pair, contents):
    before = await contents()
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **form(note="x" * 100_000))
    assert page.status == 413
    assert "too large" in page.text
    assert await contents() == before


async def test_a_note_is_text_and_never_markup(page, pair):
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **form(note="<script>alert(1)</script>"))
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
