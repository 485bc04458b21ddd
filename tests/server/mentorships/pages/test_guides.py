"""Guides stand where they help, and stay away once they were put away."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from server.db.tables import bookings, offers


async def test_before_the_first_call_until_it_is_put_away(mentor, mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    await mentor.get(path)
    assert ("Begin with yourself" in mentor.text, "You need not prepare" in mentor.text) == (True, False)
    assert "You need not prepare anything." in (await mentee.get(path)).text
    await mentor.post("/guides/dismissal", guide="mentor_first", mentorship=str(pair.mentorship_id))
    assert (mentor.path, "Begin with yourself" in mentor.text) == (path, False)
    await mentor.post("/guides/dismissal", guide="mentor_first")
    assert mentor.path == "/home"
    assert "You need not prepare anything." in (await mentee.get(path)).text
    await mentor.get("/guides/mentor")
    await mentor.post("/guides/return", role="mentor")
    assert "The hints are shown again" in mentor.text
    assert "Begin with yourself" in (await mentor.get(path)).text
    await mentor.post("/guides/dismissal", guide="none")
    assert mentor.status == 400


async def test_after_a_missed_one_and_a_not_now(mentor, mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    offer = await pair.offer()
    async with pair.site.database.writing() as connection:
        await connection.execute(update(offers).where(offers.c.id == offer.id).values(state="declined"))
    assert "not a no to you" in (await mentor.get(path)).text
    assert "your mentor has seen no reason" in (await mentee.get(path)).text
    booking = await pair.booking()
    assert "your mentor has seen no reason" not in (await mentee.get(path)).text
    async with pair.site.database.writing() as connection:
        missed = {"state": "missed", "start": datetime.now(UTC) - timedelta(hours=2)}
        await connection.execute(update(bookings).where(bookings.c.id == booking.id).values(missed))
    for guest in (mentor, mentee):
        assert "You missed each other" in (await guest.get(path)).text


async def test_both_guides_are_there_for_everybody(mentor, mentee, nobody):
    for guest in (mentor, mentee):
        for role, title in (("mentor", "Guide for mentors"), ("mentee", "Guide for mentees")):
            await guest.get(f"/guides/{role}")
            assert f"<h1>{title}</h1>" in guest.text
    assert (await mentor.get("/guides/admin")).status == 404
    assert (await nobody.get("/guides/mentor")).status == 404
