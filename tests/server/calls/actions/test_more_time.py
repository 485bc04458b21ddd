"""More time in a call that goes on: what is stored, and who may."""

from datetime import timedelta

import pytest

from server.calls.actions.entering import record_news
from server.calls.actions.more_time import refuse_more_time, request_more_time
from server.calls.queries.call_time import read_call_time
from server.calls.rules.errors import NoMoreTime
from server.calls.rules.more_time import CallTime, MoreTime
from server.catchups.queries.choices import read_own_choices
from server.catchups.rules.consents import withdrawals
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.store.bookings import any_booking, read_booking
from server.errors import NotFound
from signaling.news import Joined
from tests.server.actors import a_booking


@pytest.fixture
async def booking(database, pair):
    """Both are in its call."""
    made = await a_booking(database, pair)
    for visitor in (pair.mentor, pair.mentee):
        person = str(visitor.person.id)
        await record_news(database, Joined(f"stay{person}", str(made.id), person, made.start.timestamp()))
    async with database.reading() as connection:
        return await any_booking(connection, made.id)


async def time_of(database, pair, booking):
    async with database.reading() as connection:
        return await read_call_time(connection, await read_booking(connection, pair.mentor, booking.id))


async def test_one_asks_and_the_other_agrees(database, pair, booking):
    assert await time_of(database, pair, booking) == CallTime(booking.end, None, MoreTime.FREE)
    await request_more_time(database, pair.mentee, booking.id, booking.end)
    assert await time_of(database, pair, booking) == CallTime(booking.end, pair.mentee.person.id, MoreTime.FREE)
    await request_more_time(database, pair.mentor, booking.id, booking.end)
    assert await time_of(database, pair, booking) == CallTime(booking.end + timedelta(minutes=15), None, MoreTime.FREE)


async def test_consent_can_be_withdrawn_until_the_longer_time_is_over(database, pair, booking):
    for visitor in (pair.mentee, pair.mentor):
        await request_more_time(database, visitor, booking.id, booking.end)
    own = await read_own_choices(database, pair.mentee)
    at_the_planned_end, at_the_longer_end = (
        withdrawals(own, booking.end + timedelta(minutes=more)) for more in (0, 15)
    )
    assert (list(at_the_planned_end.values()), at_the_longer_end) == ([ChoiceKind.WITHDREW], {})


async def test_a_request_is_refused_or_taken_back(database, pair, booking):
    for visitor in (pair.mentor, pair.mentee):
        await request_more_time(database, pair.mentee, booking.id, booking.end)
        await refuse_more_time(database, visitor, booking.id, booking.end)
        assert (await time_of(database, pair, booking)).asked is None


async def test_a_next_catch_up_of_one_of_the_two_leaves_no_time(database, pair, booking):
    await a_booking(database, pair, booking.end)
    assert (await time_of(database, pair, booking)).more is MoreTime.TAKEN
    with pytest.raises(NoMoreTime):
        await request_more_time(database, pair.mentee, booking.id, booking.end)


async def test_nobody_else_asks(database, pair, booking):
    for act in (request_more_time, refuse_more_time):
        with pytest.raises(NotFound):
            await act(database, pair.stranger, booking.id, booking.end)
