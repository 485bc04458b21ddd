"""Signing out."""

import asyncio
from datetime import UTC, datetime

from server.people.actions.links import revoke_link
from signaling.hub import reporting


async def greeted(guest, booking):
    socket = await guest.session.ws_connect(f"{guest.base_url}/calls/{booking.id}/socket", origin=guest.base_url)
    await socket.send_json({"type": "hello", "version": 1})
    assert [(await socket.receive_json(timeout=60))["type"] for _ in range(2)] == ["hello", "roster"]
    return socket


async def test_the_visit_ends_here_and_the_link_works_again(mentor, pair):
    await mentor.get("/home")
    await mentor.post("/signout")
    assert (mentor.status, mentor.path) == (200, "/")
    assert (await mentor.get("/me")).status == 404
    assert (await mentor.get(f"/l/{pair.maya_secret}")).path == "/home"


async def test_it_ends_the_call_in_this_browser_and_in_no_other(mentee, pair, site):
    """W9: logout kills the WebSocket."""
    booking = await pair.booking()
    elsewhere = await site.guest(pair.sam_secret)
    here, there = await greeted(mentee, booking), await greeted(elsewhere, booking)
    await mentee.get("/home")
    await mentee.post("/signout")
    assert await here.receive_json(timeout=1) == {"type": "ended", "why": "left"}
    assert (await here.receive(timeout=1)).data == 4000
    await there.send_json({"type": "ping", "n": 1})
    assert await there.receive_json(timeout=60) == {"type": "pong", "n": 1}
    await there.close()


async def test_a_link_that_is_revoked_ends_the_call_that_was_entered_by_it(mentee, pair, site):
    """Also from the command line, or by another web process: found out with the next count of who is there."""
    booking = await pair.booking()
    socket = await greeted(mentee, booking)
    await revoke_link(site.database, pair.sam_secret, datetime.now(UTC))
    # Its own time-out would begin anew with each ping.
    async with asyncio.timeout(3 * reporting.PRESENT_EVERY):
        assert await socket.receive_json() == {"type": "ended", "why": "left"}
