"""A person's home."""

import html
import re
from datetime import UTC, datetime, timedelta

from server.catchups.actions.answers import decline_offer, postpone_offer
from server.catchups.actions.bookings import withdraw
from server.catchups.actions.offers import expire_offers, make_offer
from server.catchups.rules.drafts import Draft, Medium
from tests.server.actors import DECLINED, POSTPONED, WITHDREW
from tests.server.site import OFFERED


def main_actions(page):
    """The texts of the buttons that are not set back."""
    main = page.text.partition("<main")[2]
    buttons = re.findall(r'<(?:button|a class="button ?)((?: class="second"|second)?)[^>]*>([^<]*)', main)
    return [text for second, text in buttons if not second]


async def test_the_mentor_sees_whom_to_offer_a_catch_up(mentor, pair):
    await mentor.get("/home")
    assert "Hello, Maya" in mentor.text
    assert "Offer a catch-up" in mentor.text
    assert "Nothing is agreed yet" in mentor.text


async def test_a_booking_that_is_open_can_be_joined_from_here(mentor, pair):
    booking = await pair.booking()
    assert f'action="/calls/{booking.id}"' in (await mentor.get("/home")).text


async def test_a_later_one_cannot_yet(mentor, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    await mentor.get("/home")
    assert f"/bookings/{booking.id}" in mentor.text
    assert "Join call" not in mentor.text


async def test_the_mentee_sees_what_waits_for_an_answer(mentee, pair):
    offer = await pair.offer()
    await mentee.get("/home")
    assert "Waiting for your answer" in mentee.text
    assert f"/offers/{offer.id}" in mentee.text


async def test_a_stranger_sees_nothing_of_them(stranger, pair):
    await pair.booking()
    await stranger.get("/home")
    assert "Maya" not in stranger.text
    assert "You are not in a mentorship yet" in stranger.text


async def test_a_link_to_one_catch_up_has_a_home_with_that_one(site, pair):
    offer, other = await pair.offer(), await pair.offer(hours=30)
    guest = await site.guest(await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}"))
    [logo] = re.findall(r'class="brand" href="([^"]*)"', guest.text)
    await guest.get(logo)
    assert (guest.status, guest.path) == (200, "/home")
    assert "Waiting for your answer." in guest.text
    assert f'href="/catchups/{offer.catchup_id}"' in guest.text
    assert f"/catchups/{other.catchup_id}" not in guest.text
    assert 'action="/home-link"' in guest.text
    assert main_actions(guest) == ["Open"]
    assert (await guest.get("/")).path == "/home"


async def test_it_says_how_that_one_stands(site, pair):
    booking = await pair.booking()
    guest = await site.guest(await pair.link(pair.sam, booking.catchup_id, f"/bookings/{booking.id}"))
    await guest.get("/home")
    assert "Catch-up with Maya" in guest.text
    assert "<time" in guest.text
    await withdraw(pair.site.database, pair.as_sam, booking.id, "", WITHDREW, datetime.now(UTC))
    assert "Nothing is agreed now." in (await guest.get("/home")).text


async def test_without_a_visit_the_front_page_says_how_to_get_in(nobody):
    await nobody.get("/home")
    assert (nobody.status, nobody.path) == (200, "/")
    assert 'href="/lost-link"' in nobody.text


async def test_the_admin_goes_to_the_history(admin):
    assert (await admin.get("/home")).path == "/admin"


async def test_one_thing_is_the_main_one(mentor, mentee, pair):
    assert (main_actions(await mentor.get("/home")), main_actions(await mentee.get("/home"))) == (
        ["Offer a catch-up"],
        [],
    )
    await pair.offer()
    assert main_actions(await mentee.get("/home")) == ["Answer"]
    await pair.booking()
    for guest in (mentor, mentee):
        assert main_actions(await guest.get("/home")) == ["Join call"]


async def test_waiting_offers_say_who_must_answer_and_until_when(mentor, mentee, pair):
    await pair.offer()
    assert "Waiting for Sam's answer until" in html.unescape((await mentor.get("/home")).text)
    assert "Waiting for your answer until" in (await mentee.get("/home")).text


async def test_what_came_back_lately_stands_there_with_its_words(mentor, mentee, pair):
    now = datetime.now(UTC)
    declined, postponed = await pair.offer(), await pair.offer(hours=30)
    await decline_offer(pair.site.database, pair.as_sam, declined.id, "Exams.", DECLINED, now)
    await postpone_offer(pair.site.database, pair.as_sam, postponed.id, 4, "Later & gladly.", POSTPONED, now)
    await mentor.get("/home")
    for text in (
        "It does not suit Sam this time.",
        "Exams.",
        "You are welcome to ask again from",
        "Later &amp; gladly.",
    ):
        assert text in mentor.text
    await mentee.get("/home")
    for text in ("You declined.", "Exams.", "You would like to be asked again from"):
        assert text in mentee.text


async def test_what_ran_out_is_offered_anew_from_there(mentor, pair):
    start = datetime.now(UTC) - timedelta(minutes=1)
    draft = Draft("I moved house.", frozenset(Medium), (start,), 45)
    earlier = start - timedelta(days=1)
    await make_offer(pair.site.database, pair.as_maya, pair.mentorship_id, draft, OFFERED, earlier)
    await expire_offers(pair.site.database, datetime.now(UTC))
    await mentor.get("/home")
    assert "The offer has expired." in mentor.text
    await mentor.get(re.search(r'href="(/mentorships/[^"]*like=[^"]*)"', mentor.text)[1])
    assert "I moved house." in mentor.text
    assert '<option value="45" selected>' in mentor.text


async def test_a_mentee_whom_nothing_waits_for_is_told_what_they_can_do(mentee, pair):
    assert "You can also offer a time yourself." in (await mentee.get("/home")).text
