"""Every route has its door (W1): the stranger and somebody without a link find nothing, on any route."""

import re

import pytest

from server.web.entry import Who
from server.web.routes import ROUTES

CLOSED = [route for route in ROUTES if route.who is not Who.EVERYONE]


def path_of(route, number):
    return re.sub(r"\{[^}]*\}+", str(number), route.path)


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route.method} {route.path}")
async def test_without_a_link_nothing_is_found(nobody, pair, route):
    booking = await pair.booking()
    for number in (booking.id, booking.offer_id, pair.mentorship_id, 999_999):
        await ask(nobody, route, number)
        assert (nobody.status, "Nothing here" in nobody.text) == (404, True)


@pytest.mark.parametrize(
    "route", [route for route in CLOSED if "{id" in route.path], ids=lambda route: f"{route.method} {route.path}"
)
async def test_the_stranger_finds_nothing_of_others_and_changes_nothing(stranger, pair, route, contents):
    booking = await pair.booking()
    offer = await pair.offer()
    before = await contents()
    for number in (booking.id, offer.id, booking.offer_id, pair.mentorship_id):
        await stranger.get("/home")
        await ask(stranger, route, number)
        assert (stranger.status, "Nothing here" in stranger.text) == (404, True)
    assert await contents() == before


async def ask(guest, route, number):
    if route.method == "POST":
        await guest.post(path_of(route, number), start="2027-01-01T10:00:00+00:00", medium="video", minutes="30")
    else:
        await guest.get(path_of(route, number))


async def test_the_mentor_is_no_admin(mentor):
    for path in ("/history", "/history/1"):
        assert (await mentor.get(path)).status == 404


async def test_an_unknown_address_is_not_found(nobody):
    assert (await nobody.get("/wp-login.php")).status == 404


async def test_the_wrong_method_is_refused_kindly(mentor):
    await mentor.post("/home")
    assert mentor.status == 405
    assert "start again from your link" in mentor.text
