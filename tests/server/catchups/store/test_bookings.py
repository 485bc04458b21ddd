"""A person's bookings: what is to come first, then what is over."""

from datetime import timedelta

from server.catchups.store import bookings
from tests.server.actors import FIRST, NOW, a_booking


async def test_to_come_soonest_first_then_over_newest_first(database, pair):
    for hours in (5, 1, 3):
        await a_booking(database, pair, FIRST + timedelta(hours=hours))

    async def order(now):
        async with database.reading() as connection:
            views = await bookings.bookings_of(connection, pair.mentee, now)
        return [(view.booking.start - FIRST) // timedelta(hours=1) for view in views]

    assert await order(NOW) == [1, 3, 5]
    assert await order(FIRST + timedelta(hours=5, minutes=45)) == [5, 3, 1]
    assert await order(FIRST + timedelta(days=1)) == [5, 3, 1]


async def test_a_stranger_has_none(database, pair):
    booking = await a_booking(database, pair)
    async with database.reading() as connection:
        assert await bookings.bookings_of(connection, pair.stranger, NOW) == ()
        assert await bookings.read_booking(connection, pair.stranger, booking.id) is None
