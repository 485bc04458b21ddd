"""The third person's part of a booking's page: asking, answering, and what must be corrected."""

from datetime import UTC, datetime

from server.catchups.rules.drafts import Medium
from server.guests.actions.seats import agree_to_seat, ask_for_seat
from tests.server.guests.seating import CLEO, YES, newest


async def test_both_decide(mentor, mentee, pair, database):
    booking = await pair.booking()
    await mentor.get(f"/bookings/{booking.id}")
    fields = {"guest_name": "Cleo", "guest_email": "cleo@example.org", "guest_role": "interpreter"}
    await mentor.post(f"/bookings/{booking.id}/guest", guest_language="de", **fields)
    assert (mentor.status, "We asked Sam whether Cleo (interpreter) may come." in mentor.text) == (200, True)
    await mentee.get(f"/bookings/{booking.id}")
    assert "Maya would like Cleo to come to this catch-up, as interpreter." in mentee.text
    assert "cleo@example.org" not in mentee.text
    seat = await newest(database)
    await mentee.post(f"/bookings/{booking.id}/guest/agreement", seat=seat.id)
    assert "Cleo (interpreter) has a seat in this catch-up." in mentee.text
    await mentee.get("/me/choices")
    assert "Agreed to a third person" in mentee.text
    await mentor.post(f"/bookings/{booking.id}/guest/ending", seat=seat.id)
    assert "The seat of the third person is gone." in mentor.text


async def test_a_wrong_address_comes_back_to_be_corrected(mentor, pair):
    booking = await pair.booking()
    await mentor.get(f"/bookings/{booking.id}")
    fields = {"guest_name": "Cleo", "guest_email": pair.sam_email, "guest_role": "guest", "guest_language": "en"}
    await mentor.post(f"/bookings/{booking.id}/guest", **fields)
    assert (mentor.status, "This is the address of one of you two." in mentor.text) == (422, True)
    assert 'value="Cleo"' in mentor.text


async def test_a_phone_catch_up_has_no_seat(mentor, pair):
    booking = await pair.booking(medium=Medium.PHONE)
    await mentor.get(f"/bookings/{booking.id}")
    assert "A third person" not in mentor.text


async def test_the_door_is_answered_from_the_call(mentee, stranger, pair, database):
    booking, now = await pair.booking(), datetime.now(UTC)
    await ask_for_seat(database, pair.as_maya, booking.id, CLEO, YES, now)
    seat = await newest(database)
    await agree_to_seat(database, pair.as_sam, booking.id, seat.id, YES, now)
    await mentee.get(f"/calls/{booking.id}")
    for verb, let_in in (("entry", True), ("removal", False), ("wait", False)):
        await mentee.post(f"/bookings/{booking.id}/guest/{verb}", seat=seat.id)
        assert (mentee.status, (await newest(database)).let_in) == (204, let_in)
    await stranger.get("/home")
    await stranger.post(f"/bookings/{booking.id}/guest/entry", seat=seat.id)
    assert (stranger.status, (await newest(database)).let_in) == (404, False)
