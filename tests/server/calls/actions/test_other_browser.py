"""A link for going on in another browser."""

from datetime import timedelta

import pytest

from server.calls.actions.other_browser import GOOD_AFTERWARDS, make_link_to_call
from server.calls.rules.errors import CallOver
from server.catchups.rules.join_window import JoinWindow
from server.errors import NotFound
from server.people.actions.links import find_visitor, open_link
from server.people.rules.errors import LinkNotFound
from tests.server.actors import FIRST, a_booking

WINDOW = JoinWindow()
A_MINUTE = timedelta(minutes=1)


async def test_it_opens_ones_own_catchup_and_nothing_else_until_a_day_after(database, pair):
    booking = await a_booking(database, pair)
    secret = await make_link_to_call(database, pair.mentee, booking.id, WINDOW, FIRST)
    opened = await open_link(database, secret, None, FIRST)
    assert opened.path == f"/bookings/{booking.id}"
    visitor = await find_visitor(database, opened.token, FIRST)
    assert (visitor.person.id, visitor.home) == (pair.mentee.person.id, False)
    ends = WINDOW.closes_at(booking) + GOOD_AFTERWARDS
    await open_link(database, secret, None, ends - A_MINUTE)
    with pytest.raises(LinkNotFound):
        await open_link(database, secret, None, ends)


async def test_neither_a_stranger_nor_who_comes_too_late_gets_one(database, pair, contents):
    booking = await a_booking(database, pair)
    before = await contents()
    with pytest.raises(NotFound):
        await make_link_to_call(database, pair.stranger, booking.id, WINDOW, FIRST)
    with pytest.raises(CallOver):
        await make_link_to_call(database, pair.mentor, booking.id, WINDOW, WINDOW.closes_at(booking))
    assert await contents() == before
