"""Offering a catch-up."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.catchups.actions.answers import postpone_offer
from server.catchups.rules.drafts import Caller
from server.catchups.store.ledger import ledger_of
from server.catchups.store.offers import open_offers_of
from server.i18n.catalog import ENGLISH
from server.i18n.dates import day
from server.people.store.contacts import reachable_by_phone
from tests.crowd import whole_hour_in
from tests.server.actors import POSTPONED


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


async def test_a_note_is_text_and_never_markup(page, pair):
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **form(note="<script>alert(1)</script>"))
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


async def test_the_next_one_is_suggested_at_the_same_hour(mentor, mentee, pair):
    """It begins as long as the last one and the same way, with an hour that can be changed; a link leads to it."""
    booking = await pair.booking(datetime.now(UTC) - timedelta(hours=2))
    link = f"/mentorships/{pair.mentorship_id}/offers/new?after={booking.id}"
    assert f'href="{link}"' in (await mentor.get(f"/bookings/{booking.id}")).text
    assert f'href="{link}"' in (await mentee.get(f"/bookings/{booking.id}")).text
    await mentor.get(link)
    start = booking.start.astimezone(ZoneInfo(pair.maya.zone)) + timedelta(weeks=1)
    assert f'value="{start:%Y-%m-%dT%H:%M}"' in mentor.text
    await mentor.post(f"/mentorships/{pair.mentorship_id}/offers", **form(starts=[f"{start:%Y-%m-%dT%H:%M}"]))
    assert "Sam has your offer" in mentor.text


async def test_only_a_catch_up_of_these_two_is_followed(stranger, mentor, pair):
    booking = await pair.booking(datetime.now(UTC) - timedelta(hours=2))
    assert (await stranger.get(f"/mentorships/{pair.mentorship_id}/offers/new?after={booking.id}")).status == 404
    await mentor.get(f"/mentorships/{pair.mentorship_id}/offers/new?after=999999")
    assert (mentor.status, "Send offer" in mentor.text) == (200, True)


async def offers_of(pair):
    async with pair.site.database.reading() as connection:
        return await open_offers_of(connection, pair.as_maya)


async def test_a_form_that_is_sent_twice_makes_one_offer(page, pair):
    """A double click, a reload, and two tabs of one form."""
    path = f"/mentorships/{pair.mentorship_id}/offers"
    await asyncio.gather(*(page.post(path, **form()) for _ in range(3)))
    first = page.path
    await page.post(path, **form())
    assert (page.path, len(await offers_of(pair))) == (first, 1)
    await page.get(f"{path}/new")
    await page.post(path, **form())
    assert (page.path != first, len(await offers_of(pair))) == (True, 2)


async def test_what_was_typed_after_the_first_sending_becomes_a_change(page, pair):
    path = f"/mentorships/{pair.mentorship_id}/offers"
    await page.post(path, **form())
    await page.post(path, **form(note="I moved twice."))
    assert page.status == 409
    assert "You have already sent this offer" in page.text
    assert "I moved twice." in page.text
    [view] = await offers_of(pair)
    assert view.offer.note == "I moved."
    assert f'action="/offers/{view.offer.id}/wording"' in page.text


async def test_who_may_be_phoned_says_so_on_the_words_that_stand_there(page, pair):
    answer_by = "2027-05-31T09:00"
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **form(phone_fallback="on", answer_by=answer_by))
    [view] = await offers_of(pair)
    assert view.offer.phone_fallback
    assert view.offer.expires_at.isoformat() == "2027-05-31T07:00:00+00:00"
    async with pair.site.database.reading() as connection:
        entries = await ledger_of(connection, view.offer.catchup_id)
    assert [entry.kind.value for entry in entries] == ["offered", "allowed_phone"]
    assert "If the video fails, the phone is fine with you." in page.text
    assert "Sam can answer until" in page.text


async def test_it_is_said_when_the_other_wants_to_be_asked_again_and_one_can_still_write(page, pair):
    offer, now = await pair.offer(), whole_hour_in(0)
    assert "would like to be asked again" not in page.text
    until = await postpone_offer(pair.site.database, pair.as_sam, offer.id, 4, "", POSTPONED, now)
    hint = (
        f"Sam would like to be asked again from {day(until, pair.maya.zone, ENGLISH, now)}. You can still send an offer"
    )
    for path in (f"/mentorships/{pair.mentorship_id}/offers/new", "/home"):
        assert hint in (await page.get(path)).text
    await page.get(f"/mentorships/{pair.mentorship_id}/offers/new")
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **form())
    assert "Sam has your offer" in page.text


async def test_a_new_offer_can_begin_as_one_s_own_earlier_one(page, mentee, pair):
    offer, path = await pair.offer(), f"/mentorships/{pair.mentorship_id}/offers/new"
    await page.get(f"{path}?like={offer.id}")
    assert "I moved house." in page.text
    assert page.text.count('value="phone" checked') == 1
    assert page.text.count('name="starts" value=""') == 5
    # Not the other's words, nor those of an offer to somebody else.
    for visitor, like in ((mentee, offer.id), (page, offer.id + 1_000), (page, "x")):
        await visitor.get(f"{path}?like={like}")
        assert (visitor.status, "I moved house." in visitor.text) == (200, False)


async def test_a_time_beside_what_is_agreed_is_offered_all_the_same_and_says_what_it_runs_into(page, pair):
    booking = await pair.booking(whole_hour_in(2))
    at = (booking.start + timedelta(minutes=15)).isoformat()
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **form(starts=[at, "2027-06-01T10:00"]))
    assert "Sam has your offer" in page.text
    assert page.text.count("This clashes with another catch-up of yours") == 1
    assert f'<a href="/bookings/{booking.id}">' in page.text


async def test_a_link_to_one_catch_up_does_not_offer_another(site, pair):
    offer = await pair.offer()
    guest = await site.guest(await pair.link(pair.maya, offer.catchup_id, f"/offers/{offer.id}"))
    assert (await guest.get(f"/mentorships/{pair.mentorship_id}/offers/new")).status == 403


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"starts": ["", ""]}, "at least one time"),
        ({"starts": ["2020-01-01T10:00"]}, "has already passed"),
        ({"starts": ["tomorrow"]}, "We cannot read one of the times"),
        ({"starts": ["2027-03-28T02:30"]}, "the clocks go forward"),
        ({"starts": ["9999-12-31T23:59"]}, "more than a year ahead"),
        ({"media": []}, "choose video, phone or both"),
        ({"minutes": "soon"}, "choose one from the list"),
        ({"note": "x" * 2001}, "shorten this to 2,000 characters; it has 2,001"),
    ],
)
async def test_what_is_wrong_is_said_and_the_form_comes_back_filled_in(page, pair, contents, changes, sentence):
    before = await contents()
    sent = form(**changes)
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **sent)
    assert page.status == 422
    assert sentence in page.text
    assert sent["note"] in page.text
    assert all(f'value="{start}"' in page.text for start in sent["starts"])
    assert await contents() == before


async def test_a_form_that_comes_back_is_still_the_same_form(page, pair):
    path = f"/mentorships/{pair.mentorship_id}/offers"
    name = page.hidden["form"]
    await page.post(path, **form(starts=[""]))
    assert page.hidden["form"] == name
    assert len(name) >= 22


async def test_a_form_that_comes_back_still_asks_for_its_times_where_they_were_typed(page, pair):
    """Somebody travels while the form is open."""
    path = f"/mentorships/{pair.mentorship_id}/offers"
    await page.post(path, **form(typed_in="Asia/Kolkata", media=[]))
    assert "Kolkata time" in page.text
    assert 'name="typed_in" value="Asia/Kolkata"' in page.text


async def test_an_oversized_form_is_refused_with_a_page(page, pair, contents):
    before = await contents()
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **form(note="x" * 100_000))
    assert page.status == 413
    assert "too large" in page.text
    assert await contents() == before


async def has_number(pair, person):
    async with pair.site.database.reading() as connection:
        return person.id in await reachable_by_phone(connection, (person.id,))


async def test_by_phone_it_asks_for_a_number_and_who_calls(page, pair):
    path = f"/mentorships/{pair.mentorship_id}/offers"
    assert re.search(r'name="caller" value="mentor"\s+checked> I call Sam', page.text)
    assert "Sam can call you only if you give your number." in page.text
    await page.post(path, **form(media=["phone"], caller="mentee", phone="08 123 456 78"))
    assert (page.status, 'value="+46 8 123 456 78"' in page.text) == (422, True)
    assert re.search(r'name="caller" value="mentee"\s+checked> Sam calls me', page.text)
    assert not await has_number(pair, pair.maya)
    await page.post(path, **form(media=["phone"], caller="mentee", phone="+46 8 123 456 78"))
    assert page.status == 200
    assert "By phone, Sam calls you." in page.text
    assert await has_number(pair, pair.maya)
    [view] = await offers_of(pair)
    assert view.offer.caller is Caller.MENTEE
    await page.get(f"{path}/new")
    assert 'name="phone"' not in page.text


@pytest.mark.parametrize("phone", ["call me", "+46 8", "112"])
async def test_what_is_no_number_makes_no_offer(page, pair, phone):
    await page.post(f"/mentorships/{pair.mentorship_id}/offers", **form(media=["phone"], phone=phone))
    assert (page.status, f'value="{phone}"' in page.text) == (422, True)
    assert "Please enter a phone number with its country code" in page.text
    assert await offers_of(pair) == ()
