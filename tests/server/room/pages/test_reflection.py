"""What a person notes for themselves after a catch-up: theirs alone, encrypted, and deleted when they say so."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from server.db.tables import reflections

OVER = timedelta(hours=2)
HEARD = "He is afraid of the exam."


async def test_only_the_writer_sees_it_and_can_delete_it(mentor, mentee, pair, site):
    booking = await pair.booking(datetime.now(UTC) - OVER)
    page = f"/bookings/{booking.id}"
    await mentor.get(page)
    assert "Only for you: what did you hear?" in mentor.text
    await mentor.post(f"{page}/reflection", reflection=f" {HEARD} ")
    assert (mentor.path, f">{HEARD}</textarea>" in mentor.text) == (page, True)
    assert HEARD not in (await mentee.get(page)).text
    async with site.database.reading() as connection:
        of_it = select(reflections.c.sealed).where(reflections.c.catchup_id == booking.catchup_id)
        assert all(HEARD.encode() not in sealed for sealed in (await connection.execute(of_it)).scalars())
    await mentor.post(f"{page}/reflection/removal")
    assert HEARD not in mentor.text
    async with site.database.reading() as connection:
        assert (await connection.execute(of_it)).first() is None


async def test_the_two_write_each_their_own(mentor, mentee, pair):
    booking = await pair.booking(datetime.now(UTC) - OVER)
    for guest, text in ((mentor, "mine"), (mentee, "yours"), (mentor, "mine, again")):
        await guest.get(f"/bookings/{booking.id}")
        await guest.post(f"/bookings/{booking.id}/reflection", reflection=text)
    assert ">mine, again</textarea>" in (await mentor.get(f"/bookings/{booking.id}")).text
    assert ">yours</textarea>" in (await mentee.get(f"/bookings/{booking.id}")).text


async def test_it_is_asked_only_once_there_was_something_to_hear(mentor, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=2))
    assert "what did you hear?" not in (await mentor.get(f"/bookings/{booking.id}")).text


async def test_what_is_too_long_is_shown_again(mentor, stranger, pair, contents):
    booking = await pair.booking(datetime.now(UTC) - OVER)
    await mentor.get(f"/bookings/{booking.id}")
    await stranger.get("/home")
    before = await contents()
    await mentor.post(f"/bookings/{booking.id}/reflection", reflection="x" * 5001)
    assert (mentor.status, "at most 5,000 characters" in mentor.text, "x" * 5001 in mentor.text) == (422, True, True)
    assert (await stranger.post(f"/bookings/{booking.id}/reflection", reflection="x")).status == 404
    assert await contents() == before
