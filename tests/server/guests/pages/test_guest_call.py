"""At the door of the call: a guest's stream is open while they wait, and their socket only once they are let in."""

import aiohttp
import pytest

from server.db.changes import Topic, note_change
from server.guests.actions.seats import close_door, open_door
from server.guests.store.seats import set_door
from tests.cast import until
from tests.server.guests.pages.test_guest import seated
from tests.server.guests.seating import link_of, newest
from tests.signaling.callers import Caller, make_offer


@pytest.fixture
async def cleo(site, pair, database):
    booking, seat = await seated(pair, database)
    return await (await site.guest()).get(link_of(database, seat)), booking, seat


async def hear(told: aiohttp.StreamReader, word: bytes) -> None:
    while word not in await told.readline():
        pass


async def test_waiting_and_being_let_in(cleo, pair, database):
    guest, booking, seat = cleo
    socket = guest.base_url + f"/guests/{seat.id}/socket"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await guest.session.ws_connect(socket, origin=guest.base_url)
    assert refusal.value.status == 404
    async with guest.session.get(guest.base_url + f"/guests/{seat.id}/events") as stream:
        await hear(stream.content, b"data: waits")
        assert (await newest(database)).waits
        await open_door(database, pair.as_sam, booking.id, seat.id)
        await hear(stream.content, b"data: open")
    async with guest.session.ws_connect(socket, origin=guest.base_url) as opened:
        await opened.send_json({"type": "hello", "version": 1})
        welcome = await opened.receive_json()
        assert (welcome["type"], welcome["person"], welcome["name"], welcome["slots"]) == (
            "hello",
            seat.person,
            "Cleo",
            2,
        )

    async def gone() -> bool:
        return not (await newest(database)).waits

    await until(gone, 30, "the door to be empty")


async def test_a_second_window_waits_on_when_the_first_is_closed(cleo, database):
    guest, _, seat = cleo
    events = guest.base_url + f"/guests/{seat.id}/events"

    async def waits() -> bool:
        return (await newest(database)).waits

    async with guest.session.get(events) as second:
        await hear(second.content, b"data: waits")
        async with guest.session.get(events) as first:
            await hear(first.content, b"data: waits")
        async with database.writing() as connection:
            await set_door(connection, seat.id, waits=False)
            note_change(connection, Topic("guest", seat.id))
        await until(waits, 10, "the second window to wait again")


async def test_a_guest_who_was_asked_to_leave_while_entering_is_out_at_once(cleo, pair, database):
    guest, booking, seat = cleo
    await open_door(database, pair.as_sam, booking.id, seat.id)
    socket = guest.base_url + f"/guests/{seat.id}/socket"
    async with guest.session.ws_connect(socket, origin=guest.base_url) as opened:
        caller = Caller(opened)
        await caller.say("hello", version=1)
        await caller.hear("hello")
        # The page would take them out of the call, in which they are not yet.
        await close_door(database, pair.as_sam, booking.id, seat.id)
        await caller.say("enter", offer=await make_offer(2), microphone=True, camera=True)
        await caller.hear("entered")
        assert (await caller.hear("ended"))["why"] == "removed"
