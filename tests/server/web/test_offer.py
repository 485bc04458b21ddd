"""An offer's page: the choice, and what each side sees of it."""

import pytest

from server.domain.consents import WORDINGS, ChoiceKind, wording_hash

WORDING_OF_ACCEPTING = wording_hash(WORDINGS[ChoiceKind.ACCEPTED])


@pytest.fixture
async def page(mentee, pair):
    """The mentee's page of an open offer; `page.offer` is the offer."""
    mentee.offer = await pair.offer()
    return await mentee.get(f"/offers/{mentee.offer.id}")


async def accept(page, **changes):
    chosen = {"start": page.offer.starts[1].isoformat(), "medium": "phone"} | changes
    return await page.post(f"/offers/{page.offer.id}/acceptance", **chosen)


async def test_the_wording_stands_beside_each_choice(page):
    assert "I moved house." in page.text
    for kind in ("accepted", "declined"):
        assert WORDINGS[kind].replace("'", "&#39;") in page.text


async def test_accepting_leads_to_the_booking(page):
    await accept(page)
    assert page.path.startswith("/bookings/")
    assert "Catch-up with Maya" in page.text
    assert "by phone" in page.text


async def test_declining_is_said_to_be_all(page, mentor):
    await page.post(f"/offers/{page.offer.id}/refusal", words="Not now.")
    assert "You declined" in page.text
    await mentor.get(f"/offers/{page.offer.id}")
    assert "Not this time" in mentor.text


async def test_the_mentor_sees_it_waiting_and_can_take_it_back(page, mentor, pair):
    await mentor.get(f"/offers/{page.offer.id}")
    assert "Sam has your offer" in mentor.text
    assert ">Accept<" not in mentor.text
    await mentor.post(f"/offers/{page.offer.id}/withdrawal")
    assert "was taken back" in mentor.text


async def test_a_second_choice_is_refused_and_shows_how_it_stands(page, contents):
    await accept(page)
    before = await contents()
    await page.post(f"/offers/{page.offer.id}/refusal")
    assert page.status == 409
    assert "answered already" in page.text
    assert "It is agreed" in page.text
    assert await contents() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start": "2027-01-01T10:00:00+00:00"}, "one of the times that are offered"),
        ({"start": "2027-01-01T10:00:00"}, "one of the times that are offered"),
        ({"start": "noon"}, "one of the times that are offered"),
        ({"medium": "carrier pigeon"}, "choose video or phone"),
    ],
)
async def test_a_choice_that_was_not_offered_is_refused_on_the_same_page(page, contents, changes, sentence):
    before = await contents()
    await accept(page, **changes)
    assert page.status == 422
    assert sentence in page.text
    assert ">Accept<" in page.text
    assert await contents() == before


async def test_too_many_words_come_back_to_be_shortened(page, contents):
    before = await contents()
    await page.post(f"/offers/{page.offer.id}/refusal", words="x" * 2001)
    assert page.status == 422
    assert "shorten this to 2,000 characters" in page.text
    assert "x" * 2001 in page.text
    assert await contents() == before


async def test_the_mentor_cannot_accept_for_the_mentee(page, mentor, contents):
    await mentor.get(f"/offers/{page.offer.id}")
    mentor.offer, mentor.wordings, mentor.hidden["revision"] = page.offer, {WORDING_OF_ACCEPTING}, "0"
    before = await contents()
    await accept(mentor)
    assert mentor.status == 403
    assert "Only the person who was asked" in mentor.text
    assert await contents() == before


async def test_of_two_offers_of_one_time_the_second_says_that_it_is_taken(page, pair):
    other = await pair.offer()
    await accept(page)
    page.offer = other
    await page.get(f"/offers/{other.id}")
    await accept(page, start=other.starts[1].isoformat())
    assert page.status == 409
    assert "agreed to another catch-up at that time" in page.text
    assert ">Accept<" in page.text


async def test_a_refused_choice_comes_back_chosen(page, pair):
    other = await pair.offer()
    await accept(page)
    page.offer = other
    await page.get(f"/offers/{other.id}")
    await accept(page, start=other.starts[1].isoformat())
    assert f'value="{other.starts[1].isoformat()}" required  checked' in page.text
    assert 'value="phone" checked' in page.text
