"""Whether things still fit: each says it alone, and both see what both would like to change."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from server.db.tables import mentorships, reviews
from server.mentorships.actions.reviews import ask_both, follow_reviews
from server.mentorships.rules.reviews import OPEN
from server.people.store.people import lock_any_mentorship


async def ask(pair):
    async with pair.site.database.writing() as connection:
        mentorship = await lock_any_mentorship(connection, pair.mentorship_id)
        await ask_both(connection, mentorship, datetime.now(UTC))


async def close(pair):
    """Three weeks later."""
    database, now = pair.site.database, datetime.now(UTC)
    async with database.writing() as connection:
        theirs = mentorships.c.id == pair.mentorship_id
        await connection.execute(update(mentorships).where(theirs).values(review_at=now + OPEN))
        over = update(reviews).where(reviews.c.mentorship_id == pair.mentorship_id)
        await connection.execute(over.values(until=now - timedelta(seconds=1)))
    await follow_reviews(database, now)


async def test_each_answers_alone_and_both_see_what_both_wish(mentor, mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    assert "Nothing is asked here now." in (await mentor.get(f"{path}/review")).text
    await ask(pair)
    assert "Say what still fits" in (await mentor.get(path)).text
    await mentor.get(f"{path}/review")
    assert mentor.text.count('type="radio"') == 8
    assert "checked" not in mentor.text
    await mentor.post(f"{path}/review", medium="change", hour="change", length="fits")
    assert "Thank you. You can change your answers until then." in mentor.text
    assert mentor.text.count(" checked") == 3
    assert "You have answered." in (await mentor.get(path)).text
    await mentee.get(f"{path}/review")
    assert "checked" not in mentee.text
    await mentee.post(f"{path}/review", hour="change", needs="change")
    await close(pair)
    for guest in (mentor, mentee):
        for page in (path, f"{path}/review"):
            assert "Both of you would like to change this" in (await guest.get(page)).text
            assert f'<a href="{path}/offers/new">Suggest another time</a>' in guest.text
            for alone in ("Set video or phone", "/me#needs"):
                assert alone not in guest.text


async def test_a_wish_of_one_is_shown_to_nobody(mentor, mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    await ask(pair)
    await mentee.get(f"{path}/review")
    await mentee.post(f"{path}/review", medium="change")
    await mentor.get(f"{path}/review")
    await mentor.post(f"{path}/review", medium="fits")
    await close(pair)
    for guest in (mentor, mentee):
        assert "Both of you would like to change this" not in (await guest.get(path)).text
        assert "Nothing is asked here now." in (await guest.get(f"{path}/review")).text


async def test_not_now_takes_it_from_the_page_and_can_be_changed(mentor, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    await ask(pair)
    await mentor.get(f"{path}/review")
    await mentor.post(f"{path}/review/pause")
    assert "That is fine." in mentor.text
    assert "Does it still fit?" not in (await mentor.get(path)).text
    await mentor.get(f"{path}/review")
    await mentor.post(f"{path}/review", needs="fits")
    assert "Thank you." in mentor.text


async def test_what_cannot_be_read_or_comes_too_late_is_refused(mentor, pair):
    path = f"/mentorships/{pair.mentorship_id}/review"
    await ask(pair)
    await mentor.get(path)
    await mentor.post(path)
    assert (mentor.status, "Please answer at least one, or choose &#39;Not now&#39;." in mentor.text) == (422, True)
    await mentor.post(path, hour="sometimes")
    assert mentor.status == 422
    await close(pair)
    for each, fields in ((path, {"hour": "fits"}), (f"{path}/pause", {})):
        await mentor.post(each, **fields)
        assert (mentor.status, "This question is closed." in mentor.text) == (409, True)


async def test_only_the_two_open_it(stranger, nobody, admin, pair):
    for guest in (stranger, nobody, admin):
        assert (await guest.get(f"/mentorships/{pair.mentorship_id}/review")).status == 404
