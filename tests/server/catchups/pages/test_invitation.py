"""A booking's entry for a calendar, to download."""


async def test_a_bookings_entry_is_downloaded(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}/invitation.ics")
    assert mentee.status == 200
    assert mentee.headers["Content-Disposition"] == 'attachment; filename="catch-up.ics"'
    assert mentee.text.startswith("BEGIN:VCALENDAR")


async def test_the_stranger_downloads_nothing(stranger, pair):
    booking = await pair.booking()
    assert (await stranger.get(f"/bookings/{booking.id}/invitation.ics")).status == 404
