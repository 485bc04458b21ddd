"""The calls that go on, by what the hub knows of them."""

from datetime import timedelta

from server.admin.queries.live import read_live_calls
from signaling.news import Joined, Sample
from tests.server.actors import FIRST, a_booking


async def test_a_call_has_its_people_and_how_good_their_connections_are(database, pair):
    booking = await a_booking(database, pair)
    start = FIRST.timestamp()
    mentor, mentee = (str(each.person.id) for each in (pair.mentor, pair.mentee))
    sample = Sample("m", start + 10, 0.2, 0.05, 40_000.0, 100_000.0)
    found = await read_live_calls(
        database,
        [
            (Joined("m", str(booking.id), mentor, start), 1, sample),
            (Joined("x", "media check", "1", start), 0, None),
            (Joined("s", str(booking.id), mentee, start + 5), 1, None),
        ],
    )
    [call] = found
    assert (call.booking.key.id, call.relay) == (booking.id, 2)
    maya, sam = call.people
    assert (maya.name, maya.since, maya.newest.grade, maya.newest.rate_in) == ("Maya", FIRST, "poor", 320)
    assert (sam.name, sam.since, sam.newest) == ("Sam", FIRST + timedelta(seconds=5), None)
    assert await read_live_calls(database, []) == ()
