"""The seats of a media check, and keeping what it found."""

from datetime import timedelta

import pytest

from server.calls.actions.entering import record_news
from server.calls.actions.media_check import keep_check, loop_seat
from server.calls.rules.media_check import Check, CheckOrigin, MediaPath, MediaProtocol
from server.calls.store.media_checks import latest_check
from server.errors import NotFound
from signaling.news import Joined, Left, Present
from tests.server.actors import NOW

PATHS = (
    MediaPath(MediaProtocol.UDP, "203.0.113.5", 8444, 20, 20, 1.2),
    MediaPath(MediaProtocol.TCP, "2001:db8::5", 8444, 20, 0, None),
    MediaPath(MediaProtocol.UDP, "192.168.1.7", 8444, 0, 0, None),
)


async def test_a_loop_is_a_call_of_this_visit_alone(pair):
    seats = [
        loop_seat(visitor, "ab12", end) for visitor in (pair.mentor, pair.mentee) for end in ("sender", "receiver")
    ]
    assert [seat.person for seat in seats] == ["sender", "receiver"] * 2
    assert len({seat.call for seat in seats}) == 2
    assert not any(seat.call.isdecimal() for seat in seats), "no booking has such an id"


@pytest.mark.parametrize(("loop", "end"), [("", "sender"), ("AB", "sender"), ("a" * 33, "sender"), ("a", "third")])
async def test_other_names_are_not_found(pair, loop, end):
    with pytest.raises(NotFound):
        loop_seat(pair.mentor, loop, end)


async def test_no_attendance_is_kept_of_a_loop(database, pair, contents):
    before, seat = await contents(), loop_seat(pair.mentor, "ab12", "sender")
    await record_news(database, Joined("uid", seat.call, seat.person, NOW.timestamp()))
    await record_news(database, Present(("uid",), NOW.timestamp()))
    await record_news(database, Left("uid", seat.call, seat.person, NOW.timestamp(), "left"))
    assert await contents() == before


async def test_the_latest_of_each_place_is_found(database):
    for origin, paths, later in (
        (CheckOrigin.BROWSER, PATHS[:1], 0),
        (CheckOrigin.COMMAND, (), 1),
        (CheckOrigin.BROWSER, PATHS, 2),
    ):
        await keep_check(database, origin, paths, NOW + timedelta(minutes=later))
    async with database.reading() as connection:
        found = [await latest_check(connection, origin) for origin in CheckOrigin]
    assert found == [
        Check(CheckOrigin.BROWSER, NOW + timedelta(minutes=2), PATHS),
        Check(CheckOrigin.COMMAND, NOW + timedelta(minutes=1), ()),
    ]


async def test_before_the_first_there_is_none(database):
    async with database.reading() as connection:
        assert await latest_check(connection, CheckOrigin.BROWSER) is None
