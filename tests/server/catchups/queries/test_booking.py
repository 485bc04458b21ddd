"""What a booking's page shows. Most of it: tests/server/catchups/pages/test_booking.py."""

from datetime import timedelta

from server.catchups.queries.booking import times_instead
from server.catchups.store.bookings import read_booking
from tests.server.actors import FIRST, a_booking


async def test_the_two_times_keep_clear_of_what_both_have_agreed_to(database, pair):
    booking = await a_booking(database, pair)
    await a_booking(database, pair, FIRST + timedelta(days=1, minutes=-10))
    async with database.reading() as connection:
        view = await read_booking(connection, pair.mentee, booking.id)
        first, second = await times_instead(connection, pair.mentee.person, view)
    assert first >= booking.start + timedelta(days=1, minutes=20)
    assert second == booking.start + timedelta(days=7)
