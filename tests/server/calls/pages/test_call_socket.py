"""The call's socket: open to the two, in its time, from our own pages."""

import asyncio
import json

import aiohttp
import pytest

from server.calls.pages import call_socket
from tests.cast import until
from tests.logs import own_records


async def test_the_socket_greets_the_person_of_the_visit(mentee, pair):
    booking = await pair.booking()
    async with mentee.session.ws_connect(
        f"{mentee.base_url}/calls/{booking.id}/socket", origin=mentee.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        welcome = await socket.receive_json(timeout=60)
    assert (welcome["person"], welcome["name"], welcome["slots"]) == (str(pair.sam.id), "Sam", 2)


async def test_the_stranger_has_no_socket(stranger, pair):
    booking = await pair.booking()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await stranger.session.ws_connect(f"{stranger.base_url}/calls/{booking.id}/socket", origin=stranger.base_url)
    assert refusal.value.status == 404


@pytest.mark.parametrize("origin", ["https://elsewhere.example", None])
async def test_another_sites_page_has_no_socket(mentee, pair, origin):
    booking = await pair.booking()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await mentee.session.ws_connect(f"{mentee.base_url}/calls/{booking.id}/socket", origin=origin)
    assert refusal.value.status == 404


async def test_a_malformed_message_gets_a_clear_error_and_the_socket_goes_on(mentee, pair):
    booking = await pair.booking()
    async with mentee.session.ws_connect(
        f"{mentee.base_url}/calls/{booking.id}/socket", origin=mentee.base_url
    ) as socket:
        for wrong in ("{", "[]", json.dumps({"type": "sing"}), json.dumps({"type": "hello", "version": "one"})):
            await socket.send_str(wrong)
            answer = await socket.receive_json(timeout=60)
            assert answer["type"] == "error"
            assert answer["text"].endswith(".")
        await socket.send_json({"type": "hello", "version": 1})
        assert (await socket.receive_json(timeout=60))["type"] == "hello"


async def test_a_browser_that_leaves_before_it_is_answered_is_no_fault(mentee, pair, monkeypatch, caplog):
    """As each one does whose page is loaded while the server restarts."""
    booking = await pair.booking()
    entrance_of, ended = call_socket.entrance_of, []

    async def after_it_left(request):
        entrance = await entrance_of(request)
        ended.append(False)
        await until(lambda: request.transport is None, what="the end of the connection")
        ended.append(True)
        return entrance

    monkeypatch.setattr(call_socket, "entrance_of", after_it_left)
    url = f"{mentee.base_url}/calls/{booking.id}/socket"
    joining = asyncio.create_task(mentee.session.ws_connect(url, origin=mentee.base_url))
    await until(lambda: ended, what="the request")
    joining.cancel()
    await until(lambda: len(ended) == 2, what="its end")
    await mentee.get("/home")
    assert own_records(caplog) == []
