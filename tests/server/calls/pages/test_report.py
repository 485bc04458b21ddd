"""Saying how a catch-up was: one tap; both read both views, and so does the admin."""

from datetime import UTC, datetime, timedelta

from server.catchups.actions.bookings import close_missed
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.store.bookings import any_booking
from tests.server.site import WINDOW


async def past(pair, medium: Medium = Medium.PHONE):
    return await pair.booking(datetime.now(UTC) - timedelta(hours=2), medium)


async def test_both_views_stand_beside_each_other_for_both_and_for_the_admin(mentor, mentee, admin, pair):
    booking = await past(pair)
    await mentor.get("/home")
    assert "How was it with Sam?" in mentor.text
    await mentor.get(f"/bookings/{booking.id}")
    assert "This catch-up is over." in mentor.text
    await mentor.post(f"/bookings/{booking.id}/report", outcome="spoke")
    assert "<dt>You say</dt><dd>We spoke</dd>" in mentor.text
    assert "How was it with Sam?" not in (await mentor.get("/home")).text
    await mentee.get(f"/bookings/{booking.id}")
    assert "<dt>Maya says</dt><dd>We spoke</dd>" in mentee.text
    await mentee.post(f"/bookings/{booking.id}/report", outcome="missed")
    assert "<dt>You say</dt><dd>We missed each other</dd>" in mentee.text
    await mentor.get(f"/bookings/{booking.id}")
    assert "<dt>Sam says</dt><dd>We missed each other</dd>" in mentor.text
    for path in (f"/history?pair={pair.mentorship_id}", f"/history/{booking.id}"):
        await admin.get(path)
        for word in ("We spoke", "We missed each other", "confirmed, over"):
            assert word in admin.text


async def test_the_last_word_counts_and_two_that_agree_settle_it(mentor, mentee, pair, site):
    booking = await past(pair)
    for guest, outcome in ((mentor, "partly"), (mentee, "trouble"), (mentee, "spoke")):
        await guest.get(f"/bookings/{booking.id}")
        await guest.post(f"/bookings/{booking.id}/report", outcome=outcome)
    async with site.database.reading() as connection:
        assert (await any_booking(connection, booking.id)).state is BookingState.HELD


async def test_by_video_the_attendance_is_told_beside_it(mentee, pair):
    booking = await past(pair, Medium.VIDEO)
    await mentee.get(f"/bookings/{booking.id}")
    assert "<dt>The call</dt>" not in mentee.text
    await mentee.post(f"/bookings/{booking.id}/report", outcome="spoke")
    assert "<dt>The call</dt><dd>You were not there at the same time.</dd>" in mentee.text


async def test_no_page_calls_a_video_catchup_missed_whose_two_say_that_they_spoke(mentor, mentee, admin, pair, site):
    booking = await past(pair, Medium.VIDEO)
    await close_missed(site.database, WINDOW, datetime.now(UTC))
    for guest, other in ((mentor, "Sam"), (mentee, "Maya")):
        assert "missed" not in (await guest.get("/home")).text.lower()
        await guest.get(f"/bookings/{booking.id}")
        assert (f"<h1>Catch-up with {other}</h1>" in guest.text, "Missed</h1>" in guest.text) == (True, False)
        await guest.post(f"/bookings/{booking.id}/report", outcome="spoke")
    async with site.database.reading() as connection:
        assert (await any_booking(connection, booking.id)).state is BookingState.MISSED
    for guest, name in ((mentor, "Sam"), (mentee, "Maya")):
        await guest.get(f"/bookings/{booking.id}")
        assert f"<dt>{name} says</dt><dd>We spoke</dd>" in guest.text
        assert "missed" not in (await guest.get("/home")).text.lower()
    for path in (f"/history/{booking.id}", "/history?state=missed"):
        await admin.get(path)
        assert ("did not meet in the call" in admin.text, admin.text.count("We spoke") >= 2) == (True, True)
        assert '"tag missed">missed' not in admin.text


async def test_who_leaves_a_call_is_asked_there(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    assert f'action="/bookings/{booking.id}/report"' in mentee.text
    await mentee.post(f"/bookings/{booking.id}/report", outcome="trouble")
    assert (mentee.path, "<dd>Technical problems</dd>" in mentee.text) == (f"/bookings/{booking.id}", True)


async def test_before_it_is_over_nobody_is_asked(mentee, pair, count):
    booking = await pair.booking(medium=Medium.PHONE)
    await mentee.get(f"/bookings/{booking.id}")
    before = await count("reports")
    assert "How was it" not in mentee.text
    await mentee.post(f"/bookings/{booking.id}/report", outcome="spoke")
    assert (mentee.status, await count("reports")) == (409, before)
    assert "when the catch-up is over" in mentee.text


async def test_what_is_not_listed_is_refused(mentee, pair, count):
    booking = await past(pair)
    await mentee.get(f"/bookings/{booking.id}")
    before = await count("reports")
    for outcome in ("splendid", "", "spoke'--"):
        await mentee.post(f"/bookings/{booking.id}/report", outcome=outcome)
        assert (mentee.status, '<a href="#outcome">' in mentee.text) == (422, True)
    assert await count("reports") == before
