"""An offer's page to the one who asked, in each state that it comes to."""

import html
from datetime import timedelta

from server.catchups.actions.answers import decline_offer, postpone_offer
from server.catchups.actions.offers import expire_offers, make_offer
from server.catchups.rules.offers import Draft, Medium
from tests.crowd import whole_hour_in
from tests.server.actors import DECLINED, POSTPONED
from tests.server.site import OFFERED


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


async def test_taken_back(mentor, pair):
    offer = await pair.offer()
    await mentor.get(f"/offers/{offer.id}")
    await mentor.post(f"/offers/{offer.id}/withdrawal")
    assert "This offer was taken back" in mentor.text
    assert like(pair, offer) in mentor.text


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
