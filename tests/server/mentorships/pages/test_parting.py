"""As a mentorship ends: going on or finishing, the keepsake, words for the other, and what becomes of the rest."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from server.db.tables import bookings, course_parts, courses, mentorships


@pytest.fixture
async def over(pair):
    """What they planned is over after the first of three catch-ups; the path of the mentorship."""
    now, booking = datetime.now(UTC), await pair.booking()
    async with pair.site.database.writing() as connection:
        of_it = {"mentorship_id": pair.mentorship_id}
        await connection.execute(
            insert(courses), of_it | {"state": "over", "counted_from": now - timedelta(days=9), "over_at": now}
        )
        held = {"state": "held", "start": now - timedelta(days=1)}
        await connection.execute(update(bookings).where(bookings.c.id == booking.id).values(held))
        for person in (pair.maya, pair.sam):
            said = {"person_id": person.id, "catchups": 3, "every": "month"}
            await connection.execute(insert(course_parts), of_it | said)
    return f"/mentorships/{pair.mentorship_id}"


async def set_state(pair, **values):
    async with pair.site.database.writing() as connection:
        theirs = update(courses).where(courses.c.mentorship_id == pair.mentorship_id)
        await connection.execute(theirs.values(**values))


async def test_each_says_it_alone(mentor, mentee, pair, over):
    await set_state(pair, state="closing", over_at=None)
    assert "Would you like to go on? Sam is asked the same" in (await mentor.get(over)).text
    before = mentor.text.split("<main")[1]
    await mentee.get(over)
    for wish, told in (("finish", "You would like to finish as planned."), ("go_on", "You would like to go on.")):
        await mentee.post(f"{over}/wish", wish=wish)
        assert (mentee.path, told in mentee.text) == (over, True)
        without_forms = (await mentor.get(over)).text.split("<main")[1]
        assert lines_of(without_forms) == lines_of(before)
    await mentor.post(f"{over}/wish", wish="go_on")
    assert "0 of 3 catch-ups" in " ".join(mentor.text.split())
    await mentor.post(f"{over}/wish", wish="never")
    assert mentor.status == 400


def lines_of(page):
    """Without what differs each time: the names of forms."""
    return [line for line in page.splitlines() if 'name="form"' not in line and 'name="key"' not in line]


async def test_the_keepsake_and_its_file(mentor, mentee, stranger, pair, over):
    await mentor.get(f"{over}/keepsake")
    await mentor.post(f"{over}/farewell", farewell="Keep <b>cooking</b>.")
    assert (mentor.path, "Saved." in mentor.text) == (f"{over}/keepsake", True)
    await set_state(pair, state="closing")
    assert "cooking" not in (await mentee.get(f"{over}/keepsake")).text
    await mentee.get(over)
    await mentee.post(f"{over}/ending", ready="reached")
    assert "I have got from our talks" in (await mentor.get(over)).text
    await mentee.get(f"{over}/keepsake.html")
    assert mentee.headers["Content-Disposition"] == 'attachment; filename="keepsake.html"'
    assert "Keep &lt;b&gt;cooking&lt;/b&gt;." in mentee.text
    for outside in ("<script", "<link", "csrf"):
        assert outside not in mentee.text
    await mentor.get(f"{over}/keepsake")
    await mentor.post(f"{over}/farewell", farewell="x" * 2001)
    assert (mentor.status, "Please shorten this" in mentor.text) == (422, True)
    for page in ("keepsake", "keepsake.html", "erasing"):
        assert (await stranger.get(f"{over}/{page}")).status == 404


async def test_each_decides_about_their_own_part(mentor, mentee, pair, over):
    await mentee.get(over)
    await mentee.post(f"{over}/messages", form="m", text="A secret of mine")
    await mentee.post(f"{over}/erasure")
    assert (mentee.status, "This mentorship goes on" in mentee.text) == (409, True)
    await mentee.post(f"{over}/ending")
    assert "What becomes of what you shared?" in mentee.text
    await mentor.get(over)
    await mentor.post(f"{over}/keeping")
    assert "It is kept as long as this server keeps such data." in mentor.text
    await mentee.get(f"{over}/erasing")
    assert "Erase what you shared?" in mentee.text
    await mentee.post(f"{over}/erasure")
    assert "What you wrote was erased." in mentee.text
    assert "A secret of mine" not in (await mentor.get(over)).text
    # What the one chose is not told to the other.
    assert "It is kept as long as this server keeps such data." in mentor.text
    await mentor.post(f"{over}/erasure")
    for guest in (mentor, mentee):
        assert "What you two wrote and kept here was erased." in (await guest.get(over)).text


async def test_the_scheme_is_named_where_there_is_none(mentee, pair, over):
    async with pair.site.database.writing() as connection:
        ended = {"state": "ended", "state_at": datetime.now(UTC) - timedelta(days=1), "rests_by": "either"}
        await connection.execute(update(mentorships).where(mentorships.c.id == pair.mentorship_id).values(ended))
    await mentee.get(over)
    assert "Would you like to be matched with somebody else?" in mentee.text
    assert "what you are looking for" in mentee.text
