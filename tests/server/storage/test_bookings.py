"""A person's bookings: what is to come first, then what is over."""

from datetime import timedelta

from server.actions.offers import accept_offer, make_offer
from server.domain.offers import Draft, Medium
from server.storage import bookings
from tests.server.conftest import FIRST, NOW


async def test_to_come_soonest_first_then_over_newest_first(database, pair):
    for hours in (5, 1, 3):
        draft = Draft("", frozenset({Medium.VIDEO}), (FIRST + timedelta(hours=hours),), 30)
        offer = await make_offer(database, pair.mentor, pair.mentorship_id, draft, NOW)
        await accept_offer(database, pair.mentee, offer.id, draft.starts[0], Medium.VIDEO, NOW)

    async def order(now):
        async with database.reading() as connection:
            views = await bookings.bookings_of(connection, pair.mentee, now)
        return [(view.booking.start - FIRST) // timedelta(hours=1) for view in views]

    assert await order(NOW) == [1, 3, 5]
    assert await order(FIRST + timedelta(hours=4, minutes=45)) == [5, 3, 1]
    assert await order(FIRST + timedelta(days=1)) == [5, 3, 1]


async def test_a_stranger_has_none(database, pair):
    draft = Draft("", frozenset({Medium.VIDEO}), (FIRST,), 30)
    offer = await make_offer(database, pair.mentor, pair.mentorship_id, draft, NOW)
    booking = await accept_offer(database, pair.mentee, offer.id, FIRST, Medium.VIDEO, NOW)
    async with database.reading() as connection:
        assert await bookings.bookings_of(connection, pair.stranger, NOW) == ()
        assert await bookings.read_booking(connection, pair.stranger, booking.id) is None
