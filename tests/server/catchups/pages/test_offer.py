"""An offer's page: the choice, and what each side sees of it in each state that it comes to."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.actions.answers import decline_offer, postpone_offer
from server.catchups.actions.offers import expire_offers, make_offer
from server.catchups.pages.answer_form import AnswerForm
from server.catchups.pages.offer import chosen_start
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, wording
from server.catchups.rules.offers import OfferState
from server.catchups.store.offers import set_state
from server.i18n.catalog import ENGLISH
from tests.crowd import whole_hour_in
from tests.server.actors import DECLINED, POSTPONED
from tests.server.site import OFFERED

FIRST = datetime(2026, 11, 24, 15, tzinfo=UTC)
SECOND = FIRST + timedelta(hours=1)


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


async def said(guest, offer):
    return html.unescape((await guest.get(f"/offers/{offer.id}")).text)


async def ran_out(pair):
    """An offer by video of three quarters of an hour, to which nobody said anything."""
    draft = Draft("I moved house.", frozenset({Medium.VIDEO}), (whole_hour_in(-1),), 45)
    offer = await make_offer(pair.site.database, pair.as_maya, pair.mentorship_id, draft, OFFERED, whole_hour_in(-2))
    await expire_offers(pair.site.database, whole_hour_in(0))
    return offer


def like(pair, offer):
    return f'href="/mentorships/{pair.mentorship_id}/offers/new?like={offer.id}"'


async def test_while_it_waits(mentor, pair):
    offer = await pair.offer(phone_fallback=True)
    text = await said(mentor, offer)
    for words in ("Waiting for Sam's answer.", "Sam can answer until", "for Sam (London time)", "Take it back"):
        assert words in text
    assert f'href="/offers/{offer.id}/wording"' in text
    assert "If the video fails, the phone is fine with you." in text


async def test_declined_with_and_without_words(mentor, pair):
    now = whole_hour_in(0)
    for words in ("Exams <b>first</b>.", ""):
        offer = await pair.offer()
        await decline_offer(pair.site.database, pair.as_sam, offer.id, words, DECLINED, now)
        text = (await mentor.get(f"/offers/{offer.id}")).text
        assert "Not this time" in text
        assert ("Exams &lt;b&gt;first&lt;/b&gt;." in text) is bool(words)
        assert ("<figcaption>Sam</figcaption>" in text) is bool(words)
        assert like(pair, offer) in text


async def test_postponed_says_from_when_and_the_words(mentor, pair):
    offer = await pair.offer()
    await postpone_offer(pair.site.database, pair.as_sam, offer.id, 4, "Gladly then.", POSTPONED, whole_hour_in(0))
    text = await said(mentor, offer)
    assert "<h1>Not now</h1>" in text
    assert "You are welcome to ask again from" in text
    assert "Gladly then." in text
    assert f'class="button second" {like(pair, offer)}' in text


async def test_run_out_leads_to_new_times(mentor, pair):
    offer = await ran_out(pair)
    text = await said(mentor, offer)
    assert "It was not answered in time. That is all right." in text
    assert f'class="button " {like(pair, offer)}' in text


async def test_by_a_link_to_one_catch_up_new_times_are_offered_within_it(site, pair):
    offer = await ran_out(pair)
    guest = await site.guest(await pair.link(pair.maya, offer.catchup_id, f"/offers/{offer.id}"))
    text = await said(guest, offer)
    assert "like=" not in text
    assert f'href="/offers/{offer.id}/new-times">Offer new times' in text


async def test_a_wish_to_move_leaves_the_booking_and_offers_nothing_new(mentor, pair):
    booking = await pair.booking(whole_hour_in(2))
    wish = await pair.move(booking, booking.start + timedelta(minutes=15), whole_hour_in(3))
    text = await said(mentor, wish)
    assert "Until then your catch-up stays as agreed:" in text
    assert "clashes with" not in text
    await decline_offer(pair.site.database, pair.as_sam, wish.id, "", DECLINED, whole_hour_in(0))
    text = await said(mentor, wish)
    assert "Your catch-up stays as agreed" in text
    assert f'href="/bookings/{booking.id}"' in text
    assert "like=" not in text


async def test_a_refused_choice_comes_back_chosen(page):
    await accept(page, wording="0" * 64, start=page.offer.starts[1].isoformat())
    assert times(page) == [("", True, False), ("", True, True)]
    assert 'value="phone" checked' in page.text


def test_the_first_that_is_left_is_selected() -> None:
    assert chosen_start((SECOND, FIRST), AnswerForm()) == FIRST
    assert chosen_start((), AnswerForm()) is None


def test_what_was_chosen_stays_selected_while_it_is_left() -> None:
    again = AnswerForm(start=SECOND.isoformat())
    assert chosen_start((FIRST, SECOND), again) == SECOND
    assert chosen_start((FIRST,), again) == FIRST
    assert chosen_start((FIRST, SECOND), AnswerForm(start="noon")) == FIRST
