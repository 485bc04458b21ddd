"""A call of three by its forms: Maya offers it to Lena, and Sam, whom she introduced, is asked once Lena agrees."""

import re
from datetime import UTC, datetime, timedelta

import pytest

import server.catchups.pages.new_offer as new_offer_pages
from server.catchups.rules.ledger import ChoiceKind
from server.guests.actions.following import follow_catchups
from tests.server.actors import SHOWN
from tests.server.guests.seating import link_of, newest

WORDS = "We both look forward to it."


@pytest.fixture
async def in_contact(introduced, mentee):
    """Both have said yes."""
    path, lena = introduced
    for who in (lena, mentee):
        await who.get(path)
        await who.post(f"{path}/answer", answer="yes")
    return path, lena


def form(path, **changes):
    start = datetime.now(UTC) + timedelta(days=3)
    of = {"introduction": path.rpartition("/")[2], "note": "", "media": ["video"], "minutes": "30"}
    return of | {"starts": [f"{start:%Y-%m-%dT%H:%M}"]} | changes


async def new_offer(mentor, path):
    """The mentor has the form open; where it is sent."""
    await mentor.get(path)
    offers = re.search(r'action="(/mentorships/\d+/offers)/new"', mentor.text)[1]
    await mentor.get(f"{offers}/new?introduction={path.rpartition('/')[2]}")
    return offers


async def booked(site, mentor, lena, path):
    """Lena has accepted a time and agreed; the booking's page."""
    await mentor.post(await new_offer(mentor, path), **form(path))
    offer = mentor.path
    await lena.get(offer)
    start = re.search(r'name="start" value="([^"]+)"', lena.text)[1]
    await lena.post(f"{offer}/acceptance", start=start, medium="video")
    booking = lena.path
    await lena.post(f"{booking}/guest/agreement", seat=(await newest(site.database)).id)
    return booking


async def test_each_is_shown_what_concerns_them(in_contact, site, mentor, mentee, pair):
    path, lena = in_contact
    offers = await new_offer(mentor, path)
    assert "Together with Sam, to whom I introduced you." in mentor.text
    await mentor.post(offers, **form(path))
    assert "Together with Sam, who is asked once" in mentor.text
    await lena.get(mentor.path)
    assert "Together with Sam, if you agree" in lena.text
    assert "Nobody else is asked" in (await mentor.get(path)).text
    assert "offers you a call together with Sam" in (await lena.get(path)).text
    assert "A call of three" not in (await mentee.get(path)).text
    booking = await booked(site, mentor, lena, path)
    assert "We asked Sam whether they join." in lena.text
    await mentee.get(path)
    assert ("both would like you to join" in mentee.text, "/g/" in mentee.text) == (True, False)
    seat = (await newest(site.database)).id
    await mentee.post(f"{path}/seat", answer="yes", seat=seat)
    assert "You join." in mentee.text
    for who in (mentor, lena):
        assert "Sam joins." in (await who.get(path)).text
    assert "has a seat in this catch-up" in (await lena.get(booking)).text
    # Sam's choices are among his own, and lead to the introduction.
    await mentee.get("/me/choices")
    assert ("Joined a call of three" in mentee.text, f'href="{path}"' in mentee.text) == (True, True)
    await mentee.get(re.search(r'href="(/g/[^"]+)"', (await mentee.get(path)).text)[1])
    assert ("The call opens at" in mentee.text, "Delete my data" in mentee.text) == (True, False)
    for hidden in (pair.maya_email, "/bookings/", "/mentorships/"):
        assert hidden not in mentee.text
    assert "BEGIN:VEVENT" in (await mentee.get(f"/guests/{seat}/invitation.ics")).text
    assert pair.maya_email not in mentee.text.replace("\r\n ", "")


async def test_a_no_is_told_as_one_sentence_and_closes_the_link(in_contact, site, mentor, mentee):
    path, lena = in_contact
    booking = await booked(site, mentor, lena, path)
    seat = await newest(site.database)
    await mentee.get(path)
    await mentee.post(f"{path}/seat", answer="no", seat=seat.id)
    assert "You do not join this time." in mentee.text
    for who in (mentor, lena):
        for page in (path, booking):
            assert "Sam does not join this time. Your catch-up stays as agreed." in (await who.get(page)).text
    sam = await (await site.guest()).get(link_of(site.database, seat))
    assert "This seat has ended" in sam.text
    assert (await sam.get(f"/guests/{seat.id}/socket")).status == 404
    # Another one can be offered.
    assert "Offer a call of three" in (await mentor.get(path)).text
    await follow_catchups(site.database, datetime.now(UTC))
    assert "Joined a call" not in (await mentee.get("/me/choices")).text


async def test_nobody_else_answers_or_plans(in_contact, site, mentor, stranger, nobody):
    path, lena = in_contact
    number = path.rpartition("/")[2]
    offers = await new_offer(mentor, path)
    for who in (lena, stranger):
        assert (await who.get(f"{offers}/new?introduction={number}")).status == 404
    await booked(site, mentor, lena, path)
    seat, shown = await newest(site.database), {SHOWN[ChoiceKind.TOOK_SEAT].hash}
    for who in (mentor, lena, stranger):
        await who.get("/home")
        who.wordings = shown
        assert (await who.post(f"{path}/seat", answer="yes", seat=seat.id)).status == 404
    assert (await nobody.get(f"/guests/{seat.id}")).status == 404


async def test_bad_input(in_contact, site, mentor, mentee):
    path, lena = in_contact
    offers = await new_offer(mentor, path)
    await mentor.post(offers, **form(path, media=["video", "phone"]))
    assert (mentor.status, "A call of three is by video." in mentor.text) == (422, True)
    assert 'name="introduction"' in mentor.text
    await booked(site, mentor, lena, path)
    seat = await newest(site.database)
    await mentee.get(path)
    await mentee.post(f"{path}/seat", answer="yes", seat=seat.id + 1)
    assert (mentee.status, "Nothing was changed" in mentee.text) == (409, True)
    # The page of the seat has no form by which a guest says no.
    sam = await (await site.guest()).get(link_of(site.database, seat))
    assert (await sam.post(f"/guests/{seat.id}/refusal")).status == 403
    # Nor a file for the calendar, before a yes.
    assert "invitation.ics" not in sam.text
    assert (await sam.get(f"/guests/{seat.id}/invitation.ics")).status == 404


async def test_before_both_agreed_none_is_planned(introduced, mentor):
    path, _ = introduced
    await mentor.get(path)
    assert "Offer a call of three" not in mentor.text


async def test_an_introduction_that_ends_while_the_offer_is_written_brings_the_form_back(in_contact, mentor):
    path, lena = in_contact
    offers = await new_offer(mentor, path)
    await lena.get(path)
    await lena.post(f"{path}/answer", answer="no")
    await mentor.post(offers, **form(path, note=WORDS))
    assert (mentor.status, "A call of three is not possible any more" in mentor.text) == (409, True)
    assert (WORDS in mentor.text, 'name="introduction"' in mentor.text, "has ended" in mentor.text) == (
        True,
        False,
        False,
    )
    await mentor.post(offers, **form(path, note=WORDS) | {"introduction": ""})
    assert (mentor.path.startswith("/offers/"), WORDS in mentor.text, "Sam" in mentor.text) == (True, True, False)
    await mentor.get(f"{offers}/new?introduction={path.rpartition('/')[2]}")
    assert (mentor.status, "A call of three is not possible any more" in mentor.text) == (409, True)


async def test_an_introduction_that_ends_between_offer_and_seat_leaves_an_offer_of_two(in_contact, mentor, monkeypatch):
    path, lena = in_contact
    make_offer = new_offer_pages.make_offer

    async def made(*values):
        offer = await make_offer(*values)
        await lena.get(path)
        await lena.post(f"{path}/answer", answer="no")
        return offer

    monkeypatch.setattr(new_offer_pages, "make_offer", made)
    offers = await new_offer(mentor, path)
    await mentor.post(offers, **form(path, note=WORDS))
    assert (mentor.status, "Your offer was sent, as one for the two of you" in mentor.text) == (409, True)
    changed = re.search(r'<form method="post" action="(/offers/\d+/[^"]+)"', mentor.text)[1]
    await mentor.post(changed, **form(path, note="We meet."))
    assert (mentor.path.startswith("/offers/"), "We meet." in mentor.text) == (True, True)


async def test_a_mentorship_that_comes_to_rest_while_the_offer_is_written_brings_the_form_back(in_contact, mentor):
    path, lena = in_contact
    offers = await new_offer(mentor, path)
    base = offers.removesuffix("/offers")
    await lena.get(f"{base}/rest")
    await lena.post(f"{base}/pause")
    await mentor.post(offers, **form(path, note=WORDS))
    assert (mentor.status, WORDS in mentor.text) == (409, True)
    assert "Your mentorship is paused or has ended" in mentor.text
