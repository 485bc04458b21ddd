"""The call's page and its socket: open to the two, in its time, from our own pages."""

import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from server.catchups.rules.ledger import Channel, ChoiceKind
from server.catchups.store.ledger import choices_about


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


async def test_withdrawing_from_within_the_call_is_kept_as_such_and_ends_it(mentee, mentor, pair, site):
    booking = await pair.booking()
    async with mentor.session.ws_connect(
        f"{mentor.base_url}/calls/{booking.id}/socket", origin=mentor.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        await mentee.get(f"/calls/{booking.id}")
        await mentee.post(f"/calls/{booking.id}/withdrawal", words="Let us stop here.")
        assert mentee.status == 204
        while (await socket.receive_json(timeout=5))["type"] != "ended":
            pass
    await mentor.get(f"/bookings/{booking.id}")
    assert ("Called off" in mentor.text, "Let us stop here." in mentor.text) == (True, True)
    async with site.database.reading() as connection:
        *_, last = await choices_about(connection, booking.offer_id)
    assert (last.kind, last.channel, last.person_id) == (ChoiceKind.WITHDREW, Channel.CALL, pair.sam.id)


async def test_withdrawing_twice_from_within_the_call_is_refused(mentee, pair, contents):
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    await mentee.post(f"/calls/{booking.id}/withdrawal")
    before = await contents()
    await mentee.post(f"/calls/{booking.id}/withdrawal")
    assert mentee.status == 409
    assert await contents() == before


async def test_accepting_another_time_ends_the_call_of_the_one_given_up(mentee, mentor, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    later = (booking.start + timedelta(days=1)).isoformat()
    await mentee.post(f"/bookings/{booking.id}/move", starts=later, media="video", minutes="30")
    async with mentee.session.ws_connect(
        f"{mentee.base_url}/calls/{booking.id}/socket", origin=mentee.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        assert [(await socket.receive_json(timeout=5))["type"] for _ in range(2)] == ["hello", "roster"]
        wish = (await mentor.get(f"/catchups/{booking.catchup_id}")).path
        await mentor.post(f"{wish}/acceptance", start=later, medium="video")
        assert await socket.receive_json(timeout=5) == {"type": "ended", "why": "removed"}
