"""The page of what rests about a person, for admins."""


async def test_it_says_what_is_kept_and_what_erasing_would_do(admin, pair):
    await pair.booking()
    await pair.offer()
    await admin.get(f"/admin/people/{pair.sam.id}/data")
    assert admin.status == 200
    for said in (
        "Data of Sam",
        pair.sam_email,
        "Offers made and received",
        "1 catch-up to come is called off.",
        "1 offer that waits is ended.",
        "<bdi>Maya</bdi>",
    ):
        assert said in admin.text


async def test_the_person_sees_who_looked(admin, mentee, pair):
    await admin.get(f"/admin/people/{pair.sam.id}/data")
    await mentee.get("/me/looks")
    assert "Looked at a person" in mentee.text


async def test_the_page_of_a_session_leads_there_for_admins_only(admin, coordinator, pair):
    booking = await pair.booking()
    for guest, leads in ((admin, True), (coordinator, False)):
        await guest.get(f"/history/{booking.id}")
        assert (guest.status, f'href="/admin/people/{pair.sam.id}/data"' in guest.text) == (200, leads)


async def test_coordinators_and_others_do_not_find_it(coordinator, mentee, mentor, nobody, pair):
    for guest in (coordinator, mentee, mentor, nobody):
        assert (await guest.get(f"/admin/people/{pair.sam.id}/data")).status == 404


async def test_nobody_with_that_number(admin):
    assert (await admin.get("/admin/people/999999999/data")).status == 404
