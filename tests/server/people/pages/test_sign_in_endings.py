"""What is ended is over in a running call too, at once."""

import re

import pytest
from sqlalchemy import select

from server.db.tables import links
from server.people.pages import sign_in_endings
from server.people.rules.links import secret_hash
from signaling.hub.reporting import Reporting


@pytest.fixture(autouse=True)
def no_news(monkeypatch):
    """So that only the act itself can have ended the call, not the next count of who is there.

    The site is shared: with a longer pause between two counts in its place, other tests would wait for theirs, too.
    """
    monkeypatch.setattr(Reporting, "report_present", lambda self: None)


async def entered(guest, booking):
    socket = await guest.session.ws_connect(f"{guest.base_url}/calls/{booking.id}/socket", origin=guest.base_url)
    await socket.send_json({"type": "hello", "version": 1})
    assert [(await socket.receive_json(timeout=60))["type"] for _ in range(2)] == ["hello", "roster"]
    return socket


async def ended(socket):
    assert await socket.receive_json(timeout=5) == {"type": "ended", "why": "left"}
    return True


async def goes_on(socket):
    await socket.send_json({"type": "ping", "n": 1})
    assert await socket.receive_json(timeout=60) == {"type": "pong", "n": 1}
    await socket.close()
    return True


def first_id(page, what):
    return re.search(rf'id="{what}-(\d+)"', page.text)[1]


async def test_a_visit(site, mentee, pair):
    booking = await pair.booking()
    elsewhere = await site.guest(pair.sam_secret)
    here, there = await entered(mentee, booking), await entered(elsewhere, booking)
    visit = first_id(await elsewhere.get("/me/sign-ins"), "visit")
    await mentee.get("/me/sign-ins")
    await mentee.post(f"/me/visits/{visit}/ending")
    assert await ended(there)
    assert await goes_on(here)


async def test_a_link_to_the_catchup_of_the_call(site, mentee, pair):
    """Also of a visit that goes on with a link to another catch-up."""
    booking, other = await pair.booking(), await pair.offer()
    by_link = await site.guest(await pair.link(pair.sam, other.catchup_id, f"/offers/{other.id}"))
    secret = await pair.link(pair.sam, booking.catchup_id, f"/bookings/{booking.id}")
    await by_link.get(f"/l/{secret}")
    there = await entered(by_link, booking)
    # Emails have links to this catch-up, too.
    async with site.database.reading() as connection:
        own = select(links.c.id).where(links.c.secret_hash == secret_hash(secret))
        link = (await connection.execute(own)).scalar_one()
    assert f'id="link-{link}"' in (await mentee.get("/me/sign-ins")).text
    await mentee.post(f"/me/links/{link}/ending")
    assert await ended(there)
    assert (await by_link.get(f"/offers/{other.id}")).status == 200
    assert (await by_link.get(f"/bookings/{booking.id}")).status == 404


async def test_all_others(site, mentee, pair):
    booking = await pair.booking()
    others = [
        await site.guest(secret)
        for secret in (pair.sam_secret, await pair.link(pair.sam, booking.catchup_id, f"/bookings/{booking.id}"))
    ]
    here, *there = [await entered(guest, booking) for guest in (mentee, *others)]
    await mentee.get("/me/sign-ins")
    await mentee.post(sign_in_endings.PAGE + "/ending")
    assert [await ended(socket) for socket in there] == [True, True]
    assert await goes_on(here)
