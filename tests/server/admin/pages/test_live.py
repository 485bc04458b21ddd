"""Live now: a call appears on the page by itself; it is ended, and a relay process drained."""

import asyncio

from server.calls.actions.entering import SEATS
from signaling.protocol.messages import Enter, raw
from tests.cast import until
from tests.signaling.callers import make_offer


async def hear(stream, wanted):
    """Returns with the next event that says this."""
    async with asyncio.timeout(60):
        async for line in stream.content:
            if wanted in line.decode():
                return
    raise AssertionError(wanted)


async def test_a_call_appears_by_itself_and_is_ended_for_good(coordinator, mentor, pair):
    booking = await pair.booking()
    await coordinator.get("/admin/live")
    path = f"/admin/live/calls/{booking.id}/ending"
    await coordinator.post(path, reason="A test.")
    assert (coordinator.status, "This call is over." in coordinator.text) == (403, True)
    url = f"{mentor.base_url}/calls/{booking.id}/socket"
    async with (
        coordinator.session.get(f"{coordinator.base_url}/admin/live/events") as stream,
        mentor.session.ws_connect(url, origin=mentor.base_url) as socket,
    ):
        await socket.send_json({"type": "hello", "version": 1})
        await socket.send_str(bytes(raw(Enter(await make_offer(SEATS - 1), True, True))).decode())
        await hear(stream, f"/history/{booking.id}")
        await coordinator.get(path)
        assert "End the call of Maya and Sam?" in coordinator.text
        await coordinator.post(path, reason="")
        assert (coordinator.status, "Please say why." in coordinator.text) == (422, True)
        await coordinator.post(path, reason="A test.")
        assert (coordinator.path, "The call has ended." in coordinator.text) == ("/admin/live", True)

        async def ended():
            message = await socket.receive_json(timeout=60)
            return message if message["type"] == "ended" else None

        assert await until(ended, what="the call to end") == {"type": "ended", "why": "over"}
        await hear(stream, "Nobody is in a call.")
    await mentor.get(f"/calls/{booking.id}")
    assert (mentor.status, "Your scheme has ended this call." in mentor.text) == (403, True)


async def test_only_an_admin_drains_a_relay_process(coordinator, admin):
    async def offers_to_drain(guest):
        # It may just have been started again.
        await until(lambda: serves(guest), what="the relay process")
        return 'aria-describedby="relay-1"' in guest.text

    async def serves(guest):
        return "serves calls" in (await guest.get("/admin/live")).text

    assert [await offers_to_drain(guest) for guest in (coordinator, admin)] == [False, True]
    # There is no such one: it drains nothing.
    await admin.post("/admin/live/relays/99/draining")
    assert (admin.path, "takes no new calls" in admin.text) == ("/admin/live", True)
    await admin.get("/admin/audit")
    assert "Asked a relay process to take no new calls" in admin.text


async def test_the_mentor_finds_nothing(mentor):
    for path in ("/admin/live", "/admin/live/events"):
        assert (await mentor.get(path)).status == 404
