"""How long the two plan to work together: each says it alone, and both see it once both have."""

from sqlalchemy import select

from server.db.tables import courses, outbox


async def test_each_says_it_alone_and_the_smaller_holds(mentor, mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    assert "Say how long and how often you would like to meet" in (await mentor.get(path)).text
    await mentor.get(f"{path}/length")
    await mentor.post(f"{path}/length", catchups="31", every="week")
    assert (mentor.path, "You said: 31 catch-ups, every week." in mentor.text) == (f"{path}/length", True)
    # What the mentor said is not told before the mentee has said theirs.
    for page in (path, f"{path}/length"):
        await mentee.get(page)
        assert not any(told in mentee.text for told in ("31 catch-ups", 'value="31"', "every week.")), page
    await mentee.post(f"{path}/length", catchups="6", every="month")
    assert "You: 6 catch-ups, once a month" in " ".join(mentee.text.split())
    assert "31 catch-ups, every week" in mentee.text
    assert "<strong>6 catch-ups, once a month</strong>" in " ".join(mentee.text.split())
    assert "0 of 6 catch-ups; the last is planned for" in (await mentor.get(path)).text
    await mentor.get(f"{path}/length")
    await mentor.post(f"{path}/length", catchups="6", every="month")
    assert "You agree." in mentor.text
    async with pair.site.database.reading() as connection:
        of_it = outbox.c.mentorship_id == pair.mentorship_id
        emails = (await connection.execute(select(outbox.c.recipient_id, outbox.c.kind).where(of_it))).all()
        query = select(courses.c.state).where(courses.c.mentorship_id == pair.mentorship_id)
        assert (await connection.execute(query)).scalar_one() == "running"
    assert emails == [(pair.sam.id, "length_asked"), (pair.maya.id, "length_agreed")]


async def test_only_the_two(stranger, nobody, admin, pair):
    for guest in (stranger, nobody, admin):
        assert (await guest.get(f"/mentorships/{pair.mentorship_id}/length")).status == 404


async def test_a_bad_number_comes_back(mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}/length"
    await mentee.get(path)
    for typed in ("2", "61", "", "ten", "-5", "1e1"):
        await mentee.post(path, catchups=typed, every="month")
        assert (mentee.status, "Please enter a number from 3 to 60." in mentee.text) == (422, True), typed
    await mentee.post(path, catchups="6", every="year")
    assert (mentee.status, 'value="6"' in mentee.text) == (422, True)
    await mentee.post(f"/mentorships/{pair.mentorship_id}/wish", wish="go_on")
    assert mentee.status == 409
