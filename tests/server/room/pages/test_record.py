"""The record by email: wished with a tick, on the page of the catch-up once it has begun."""

from datetime import UTC, datetime, timedelta

WISH = "Email me this record when we have ended"


async def test_the_tick_stays_as_it_was_set(mentee, mentor, pair):
    booking = await pair.booking(datetime.now(UTC) - timedelta(minutes=5))
    page = f"/bookings/{booking.id}"
    assert WISH in (await mentee.get(page)).text
    assert (await mentee.post(f"{page}/record", wished="yes")).status == 204
    assert 'name="wished" value="yes" checked' in (await mentee.get(page)).text
    assert 'name="wished" value="yes" checked' not in (await mentor.get(page)).text
    assert (await mentee.post(f"{page}/record")).status == 204
    assert 'name="wished" value="yes" checked' not in (await mentee.get(page)).text


async def test_before_it_begins_nothing_is_agreed(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=2))
    assert WISH not in (await mentee.get(f"/bookings/{booking.id}")).text
