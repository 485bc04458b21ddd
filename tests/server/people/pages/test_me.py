"""The visitor's own data: shown with who sees it, changed, and filled in again when something must be corrected."""

import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import update

from server.catchups.rules.drafts import Medium
from server.db.tables import people
from server.people.store.contacts import any_contact
from server.people.store.people import find_person

GOOD = {"language": "en", "zone": "Africa/Nairobi", "phone": "+44 20 7946 0123", "needs": "Captions help me."}


async def person(site, found):
    async with site.database.reading() as connection:
        return await find_person(connection, found.id)


async def phone_of(site, found):
    async with site.database.reading() as connection:
        return (await any_contact(connection, found.id)).phone


def picked(guest, field):
    """What stands in a select."""
    options = guest.text.partition(f'<select id="{field}"')[2].partition("</select>")[0]
    return re.findall(r'<option(?: value="([^"]*)")?[^>]*selected[^>]*>([^<]*)<', options)


async def test_it_shows_what_is_kept(mentee, pair):
    await mentee.get("/me")
    assert mentee.status == 200
    assert pair.sam_email in mentee.text
    assert picked(mentee, "language") == [("en", "English")]
    assert picked(mentee, "zone") == [("Europe/London", "London")]
    assert re.search(r'name="discreet"[^>]*checked', mentee.text)


async def test_what_is_saved_is_kept_and_said(mentee, pair, site):
    await mentee.get("/me")
    await mentee.post("/me", **GOOD)
    assert (mentee.status, mentee.path) == (200, "/me")
    assert "Saved." in mentee.text
    sam = await person(site, pair.sam)
    assert (sam.language, sam.zone, await phone_of(site, pair.sam), sam.needs) == tuple(GOOD.values())
    assert (sam.discreet, sam.zone_known) == (False, True)
    await mentee.post("/me", **GOOD | {"discreet": "on", "phone": " ", "language": "de"})
    sam = await person(site, pair.sam)
    assert (sam.discreet, await phone_of(site, pair.sam)) == (True, "")
    assert "Gespeichert." in mentee.text


async def test_people_are_called_by_their_whole_name_until_they_say_how(mentee, mentor, pair, site):
    """No part of a name is sure to be what its owner is called by: not of Prof. Dr. Sam Okafor, nor of Li Wei."""
    async with site.database.writing() as connection:
        await connection.execute(update(people).where(people.c.id == pair.sam.id).values(name="Prof. Dr. Sam Okafor"))
    offer = await pair.offer()
    await mentee.get("/home")
    assert "<h1>Hello, Prof. Dr. Sam Okafor</h1>" in mentee.text
    await mentor.get(f"/offers/{offer.id}")
    assert "Waiting for Prof. Dr. Sam Okafor's answer." in mentor.text
    await mentee.get("/me")
    await mentee.post("/me", **GOOD, preferred_name="  Sam ")
    assert re.search(r'name="preferred_name"[^>]* value="Sam"', mentee.text.replace("\n", " "))
    await mentee.get("/home")
    assert "<h1>Hello, Sam</h1>" in mentee.text
    await mentor.get(f"/offers/{offer.id}")
    assert "Waiting for Sam's answer." in mentor.text
    assert "<h1>Prof. Dr. Sam Okafor has your offer</h1>" in mentor.text


async def test_a_name_to_be_called_by_that_is_too_long_is_shown_again(mentee, contents):
    await mentee.get("/me")
    before = await contents()
    await mentee.post("/me", **GOOD, preferred_name="x" * 81)
    assert (mentee.status, await contents()) == (422, before)
    assert "Please shorten this to 80 characters." in mentee.text
    assert re.search(r'id="preferred_name"[^>]*aria-invalid="true"', mentee.text)


async def test_from_a_page_of_a_catchup_it_leads_back_there(mentee, pair):
    offer, booking = await pair.offer(), await pair.booking(medium=Medium.PHONE)
    await mentee.get(f"/offers/{offer.id}")
    assert f'href="/me?back=/offers/{offer.id}#zone"' in mentee.text
    await mentee.get("/me")
    await mentee.post("/me", **GOOD)
    assert "Back to" not in mentee.text
    await mentee.get(f"/bookings/{booking.id}")
    assert f'href="/me?back=/bookings/{booking.id}#phone"' in mentee.text
    for path, words in ((f"/offers/{offer.id}", "the offer"), (f"/bookings/{booking.id}", "the catch-up")):
        way = rf'<a (?:class="button" )?href="{path}">Back to {words}</a>'
        await mentee.get(f"/me?back={path}")
        assert re.search(way, mentee.text)
        await mentee.post(f"/me?back={path}", **GOOD | {"phone": "12"})
        assert (mentee.status, bool(re.search(way, mentee.text))) == (422, True)
        await mentee.post(f"/me?back={path}", **GOOD)
        assert ("Saved." in mentee.text, len(re.findall(way, mentee.text))) == (True, 1)


@pytest.mark.parametrize("back", ["//evil.example/x", "https://evil.example/", "javascript:alert(1)", '/"><b>'])
async def test_it_leads_back_to_our_own_pages_only(mentee, back):
    await mentee.get("/me?" + urlencode({"back": back}))
    await mentee.post("/me?" + urlencode({"back": back}), **GOOD)
    assert ("Saved." in mentee.text, "Back" in mentee.text, "evil.example" in mentee.text) == (True, False, False)


async def test_by_a_link_to_a_single_catchup_it_asks_for_the_link_to_all_pages(site, pair, contents):
    offer = await pair.offer()
    guest = await site.guest(await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}"))
    before = await contents()
    for page in (await guest.get("/me"), await guest.post("/me", **GOOD)):
        assert (page.status, "This needs another link" in page.text) == (403, True)
        assert 'action="/home-link"' in page.text
        assert pair.sam_email not in page.text
    assert await contents() == before


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("language", "tlh"),
        ("language", ""),
        ("zone", "Europe/Atlantis"),
        ("zone", "../../etc/passwd"),
        ("phone", "call me"),
        ("phone", "12"),
        ("phone", "+1234567890123456"),
        ("phone", "١٢٣٤٥٦٧"),
        ("needs", "x" * 501),
    ],
)
async def test_what_must_be_mended_comes_back_filled_in_and_changes_nothing(mentee, contents, field, typed):
    await mentee.get("/me")
    before = await contents()
    await mentee.post("/me", **GOOD | {"needs": "Please type links."} | {field: typed})
    assert mentee.status == 422
    assert f'<a href="#{field}">' in mentee.text
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', mentee.text)
    assert field == "needs" or "Please type links." in mentee.text
    assert field == "language" or typed in mentee.text
    assert await contents() == before


async def test_what_people_write_is_text(mentee):
    await mentee.get("/me")
    await mentee.post("/me", **GOOD | {"needs": "</textarea><script>alert(1)</script>"})
    assert "<script>alert" not in mentee.text
    assert "&lt;script&gt;" in mentee.text


async def test_a_zone_that_is_no_longer_listed_stays_chosen(mentee):
    await mentee.get("/me")
    await mentee.post("/me", **GOOD | {"zone": "Asia/Calcutta"})
    assert picked(mentee, "zone") == [("Asia/Calcutta", "Calcutta time")]
