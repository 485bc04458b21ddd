"""An offer's page: the choice, and what each side sees of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.ledger import WORDINGS, ChoiceKind, wording_hash
from server.catchups.rules.offers import OfferState
from server.catchups.rules.wordings import wording
from server.catchups.store.ledger import ledger_of
from server.catchups.store.offers import set_state
from server.i18n.catalog import ENGLISH
from tests.crowd import whole_hour_in

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
    assert "already been answered" in page.text
    assert "It is agreed" in page.text
    assert await contents() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start": "2027-01-01T10:00:00+00:00"}, "one of the offered times"),
        ({"start": "2027-01-01T10:00:00"}, "one of the offered times"),
        ({"start": "noon"}, "one of the offered times"),
        ({"medium": "carrier pigeon"}, "one of the offered ways to meet"),
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


def times(page):
    """What is said of each time, and whether it can be chosen and stands chosen."""
    rows = re.findall(
        r'<label class="choice"><input type="radio" name="start"([^>]*)>(.*?)</label>', page.text, re.DOTALL
    )
    said = (re.search(r"has passed|no longer free|you have another catch-up then", row) for _, row in rows)
    return [
        (found[0] if found else "", "disabled" not in marks, "checked" in marks)
        for (marks, _), found in zip(rows, said, strict=True)
    ]


async def test_of_two_offers_of_one_time_the_second_says_that_it_is_taken_and_what_is_left(page, pair):
    other = await pair.offer()
    await page.get(f"/offers/{other.id}")
    assert times(page) == [("", True, True), ("", True, False)]
    await accept(page)
    page.offer = other
    await accept(page, start=other.starts[0].isoformat(), revision="9")
    assert "has changed since you opened this page" in page.text
    await accept(page, start=other.starts[1].isoformat())
    assert page.status == 409
    assert "already has another catch-up at that time" in page.text
    assert times(page) == [("", True, True), ("you have another catch-up then", False, False)]
    assert 'value="phone" checked' in page.text
    assert re.search(r'href="/bookings/\d+">you have another', page.text)


async def test_of_what_the_one_who_asked_has_agreed_with_others_only_that_is_said(page, pair, site):
    """And of one's own, what a link to another catch-up does not reach is told without an address."""
    booked = await pair.booking(page.offer.starts[0])
    sam = await site.guest(await pair.link(pair.sam, page.offer.catchup_id, f"/offers/{page.offer.id}"))
    assert times(sam) == [("you have another catch-up then", False, False), ("", True, True)]
    assert f"/bookings/{booked.id}" not in sam.text
    lena = await pair.another_mentee()
    offer = await pair.offer(mentorship_id=lena.mentorship_id)
    guest = await site.guest(lena.secret)
    await guest.get(f"/offers/{offer.id}")
    assert times(guest) == [("no longer free", False, False), ("", True, True)]
    assert "/bookings/" not in guest.text


async def test_where_no_time_is_left_another_is_suggested(page, pair):
    for start in page.offer.starts:
        await pair.booking(start)
    await page.get(f"/offers/{page.offer.id}")
    assert "None of these times is free any more" in page.text
    assert '<button form="suggest">Suggest another time</button>' in page.text
    assert ">Accept<" not in page.text
    assert (await page.get(f"/offers/{page.offer.id}/suggestion")).status == 200


async def test_a_refused_choice_comes_back_chosen(page):
    await accept(page, wording="0" * 64, start=page.offer.starts[1].isoformat())
    assert times(page) == [("", True, False), ("", True, True)]
    assert 'value="phone" checked' in page.text


async def test_one_may_allow_the_phone_where_the_one_who_asked_does(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    assert 'name="phone_fallback"' not in mentee.text
    mentee.offer = await pair.offer(phone_fallback=True)
    await mentee.get(f"/offers/{mentee.offer.id}")
    means = mentee.text.index(WORDINGS[ChoiceKind.ALLOWED_PHONE])
    assert means < mentee.text.index('name="phone_fallback"') < mentee.text.index(">Accept<")
    await accept(mentee, medium="video", phone_fallback="on")
    async with pair.site.database.reading() as connection:
        entries = await ledger_of(connection, mentee.offer.catchup_id)
    assert [entry.kind.value for entry in entries] == ["offered", "allowed_phone", "accepted", "allowed_phone"]


async def test_a_wish_to_move_says_what_stays_and_is_not_put_off(mentee, mentor, pair, contents):
    booking = await pair.booking(whole_hour_in(2))
    asked = await pair.move(booking, whole_hour_in(2) + timedelta(minutes=15), whole_hour_in(3))
    await mentee.get(f"/offers/{asked.id}")
    assert "Maya would like to move your catch-up" in mentee.text
    assert "This stays agreed until you accept another time." in mentee.text
    # The catch-up itself does not stand in its own way.
    assert times(mentee) == [("", True, True), ("", True, False)]
    assert "/postponement" not in mentee.text
    before = await contents()
    putting_off = wording(ChoiceKind.POSTPONED, ENGLISH).hash
    await mentee.post(f"/offers/{asked.id}/postponement", weeks=4, wording=putting_off)
    assert (mentee.status, await contents()) == (409, before)
    assert "Your catch-up stays as it is until you agree to another time." in mentee.text
    await mentee.post(f"/offers/{asked.id}/refusal")
    assert "Your catch-up stays as agreed" in mentee.text
    assert f"/bookings/{booking.id}" in mentee.text


async def test_each_end_of_an_offer_is_told_to_the_one_who_was_asked(mentee, mentor, pair, site):
    taken_back = await pair.offer()
    await mentor.get(f"/offers/{taken_back.id}")
    await mentor.post(f"/offers/{taken_back.id}/withdrawal")
    await mentee.get(f"/offers/{taken_back.id}")
    assert "This offer was taken back" in mentee.text
    run_out = await pair.offer()
    async with site.database.writing() as connection:
        await set_state(connection, run_out.id, OfferState.EXPIRED, datetime.now(UTC))
    await mentee.get(f"/offers/{run_out.id}")
    assert "Ask Maya for new times, or offer some yourself." in mentee.text
    assert 'href="/home"' in mentee.text.partition("<main")[2]
    by_link = await site.guest(await pair.link(pair.sam, run_out.catchup_id, f"/offers/{run_out.id}"))
    assert f'href="/offers/{run_out.id}/new-times">Offer new times' in by_link.text
