"""The zone of the browser: saved on a first visit, later on request; unknown zones never."""

import pytest

from server.people.store.people import find_person


async def zone_of(site, person):
    async with site.database.reading() as connection:
        found = await find_person(connection, person.id)
    return (found.zone, found.zone_known)


async def test_it_is_kept_and_leads_back_to_the_page(mentee, pair, site):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    assert "Times in London time." in mentee.text
    assert f'name="back" value="/offers/{offer.id}"' in mentee.text
    await mentee.post("/zone", zone="Asia/Kolkata", back=f"/offers/{offer.id}")
    assert (mentee.status, mentee.path) == (200, f"/offers/{offer.id}")
    assert "Times in Kolkata time." in mentee.text
    assert await zone_of(site, pair.sam) == ("Asia/Kolkata", True)


async def test_on_a_first_visit_it_is_kept_only_where_nobody_has_said_one(mentee, pair, site):
    await mentee.get("/home")
    assert 'zone="Europe/London" hidden' in mentee.text
    await mentee.post("/zone", zone="Africa/Nairobi", first="1", back="/home")
    assert 'zone="Africa/Nairobi" known hidden' in mentee.text
    await mentee.post("/zone", zone="Asia/Kolkata", first="1", back="/home")
    assert await zone_of(site, pair.sam) == ("Africa/Nairobi", True)


async def test_it_opens_by_the_link_to_a_single_catchup(site, pair):
    offer = await pair.offer()
    guest = await site.guest(await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}"))
    await guest.post("/zone", zone="Africa/Nairobi", back=f"/offers/{offer.id}")
    assert guest.path == f"/offers/{offer.id}"


@pytest.mark.parametrize("zone", ["", "Europe/Atlantis", "../../etc/passwd", "EST", "<b>"])
async def test_an_unknown_zone_is_refused_and_changes_nothing(mentee, contents, zone):
    await mentee.get("/home")
    before = await contents()
    await mentee.post("/zone", zone=zone, back="/home")
    assert (mentee.status, await contents()) == (422, before)


@pytest.mark.parametrize(
    "back",
    ["", "//evil.example/x", "https://evil.example/", "/\\evil.example", "/home\r\nX: y", "javascript:alert(1)", "/"],
)
async def test_it_leads_nowhere_else_than_to_our_own_pages(mentee, back):
    await mentee.get("/home")
    await mentee.post("/zone", zone="Europe/London", back=back)
    assert (mentee.status, mentee.path) == (200, "/me")


async def test_from_elsewhere_or_by_a_scanner_nothing_is_kept(mentee, contents):
    await mentee.get("/home")
    before = await contents()
    await mentee.post("/zone", zone="Africa/Nairobi", csrf="wrong")
    assert mentee.status == 403
    await mentee.get("/zone?zone=Africa/Nairobi")
    assert mentee.status == 405
    assert await contents() == before


async def test_a_page_that_cannot_be_asked_for_again_does_not_ask(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/refusal", words="x" * 2001)
    assert mentee.status == 422
    assert "<zone-question" not in mentee.text


async def test_times_that_were_typed_in_one_zone_are_not_read_in_another(mentee, pair):
    """The zone is changed in another tab, or by oneself, while the form stands open."""
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}/suggestion")
    assert 'name="typed_in" value="Europe/London"' in mentee.text
    await mentee.post("/zone", zone="Asia/Kolkata", back="/home")
    suggestion = {"media": "video", "starts": "2027-06-01T10:00", "minutes": "30", "typed_in": "Europe/London"}
    await mentee.post(f"/offers/{offer.id}/suggestion", note="x" * 2001, **suggestion)
    assert 'name="typed_in" value="Europe/London"' in mentee.text
    await mentee.post(f"/offers/{offer.id}/suggestion", note="", **suggestion)
    assert 'datetime="2027-06-01T09:00:00+00:00">Tuesday 1 June 2027, 14:30<' in mentee.text
