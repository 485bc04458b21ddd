"""The call's page and its socket: open to the two, in its time, from our own pages."""

import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest


async def test_the_page_tells_the_script_where_it_is(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    assert mentee.status == 200
    assert f'"socket": "/calls/{booking.id}/socket"' in mentee.text


async def test_too_early_says_to_come_back(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    await mentee.get(f"/calls/{booking.id}")
    assert mentee.status == 403
    assert "not open yet" in mentee.text


async def test_the_socket_greets_the_person_of_the_visit(mentee, pair):
    booking = await pair.booking()
    async with mentee.session.ws_connect(
        f"{mentee.base_url}/calls/{booking.id}/socket", origin=mentee.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        welcome = await socket.receive_json(timeout=5)
    assert (welcome["person"], welcome["name"], welcome["slots"]) == (str(pair.sam.id), "Sam", 1)


async def test_a_malformed_message_gets_a_clear_error_and_the_socket_goes_on(mentee, pair):
    booking = await pair.booking()
    async with mentee.session.ws_connect(
        f"{mentee.base_url}/calls/{booking.id}/socket", origin=mentee.base_url
    ) as socket:
        for wrong in ("{", "[]", json.dumps({"type": "sing"}), json.dumps({"type": "hello", "version": "one"})):
            await socket.send_str(wrong)
            answer = await socket.receive_json(timeout=5)
            assert answer["type"] == "error"
            assert answer["text"].endswith(".")
        await socket.send_json({"type": "hello", "version": 1})
        assert (await socket.receive_json(timeout=5))["type"] == "hello"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", None])
async def test_another_sites_page_has_no_socket(mentee, pair, origin):
    booking = await pair.booking()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await mentee.session.ws_connect(f"{mentee.base_url}/calls/{booking.id}/socket", origin=origin)
    assert refusal.value.status == 404


async def test_the_stranger_has_no_socket(stranger, pair):
    booking = await pair.booking()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await stranger.session.ws_connect(f"{stranger.base_url}/calls/{booking.id}/socket", origin=stranger.base_url)
    assert refusal.value.status == 404


async def test_withdrawing_ends_the_socket(mentee, mentor, pair):
    booking = await pair.booking()
    async with mentor.session.ws_connect(
        f"{mentor.base_url}/calls/{booking.id}/socket", origin=mentor.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        assert [(await socket.receive_json(timeout=5))["type"] for _ in range(2)] == ["hello", "roster"]
        await mentee.get(f"/bookings/{booking.id}")
        await mentee.post(f"/bookings/{booking.id}/withdrawal")
        assert await socket.receive_json(timeout=5) == {"type": "ended", "why": "removed"}
