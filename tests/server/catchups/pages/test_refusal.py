"""Declining an offer, for good or for some weeks."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from server.i18n.catalog import ENGLISH
from server.i18n.dates import day


@pytest.fixture
async def page(mentee, pair):
    """The mentee's page of an open offer; `page.offer` is the offer."""
    mentee.offer = await pair.offer()
    return await mentee.get(f"/offers/{mentee.offer.id}")


async def test_declining_is_said_to_be_all(page, mentor):
    await page.post(f"/offers/{page.offer.id}/refusal", words="Not now.")
    assert "You declined" in page.text
    await mentor.get(f"/offers/{page.offer.id}")
    assert "Not this time" in mentor.text


async def test_not_now_says_from_when_to_ask_again_with_ones_own_words(mentee, mentor, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/postponement", weeks=4, words="Exams <first>.")
    assert (mentee.status, mentee.path) == (200, f"/offers/{offer.id}")
    now = datetime.now(UTC)
    until = day(now + timedelta(weeks=4), "Europe/London", ENGLISH, now)
    assert f"you would like to be asked again from {until}." in mentee.text
    assert '<blockquote dir="auto">Exams &lt;first&gt;.</blockquote>' in mentee.text


async def test_too_many_words_come_back_to_be_shortened(page, contents):
    before = await contents()
    await page.post(f"/offers/{page.offer.id}/refusal", words="x" * 2001)
    assert page.status == 422
    assert "shorten this to 2,000 characters" in page.text
    assert "x" * 2001 in page.text
    assert await contents() == before


async def test_what_was_chosen_of_not_now_comes_back(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/postponement", weeks=8, words="x" * 2001)
    assert mentee.status == 422
    assert re.search(r'<option value="8" selected>ask me again in 8 weeks', mentee.text)
    await mentee.post(f"/offers/{offer.id}/postponement", weeks="soon")
    assert mentee.status == 422
