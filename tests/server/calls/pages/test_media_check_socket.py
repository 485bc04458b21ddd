"""The media check's sockets."""

import aiohttp
import pytest


def socket(guest, query="loop=ab&end=sender&relay=0", origin=None):
    address = f"{guest.base_url}/media-check/socket?{query}"
    return guest.session.ws_connect(address, origin=origin or guest.base_url)


async def test_each_end_has_its_seat(admin):
    for end in ("sender", "receiver"):
        async with socket(admin, f"loop=ab&end={end}&relay=0") as opened:
            await opened.send_json({"type": "hello", "version": 1})
            welcome = await opened.receive_json(timeout=60)
            assert (welcome["person"], welcome["slots"]) == (end, 1)


async def test_another_sites_page_and_the_mentor_have_no_socket(admin, mentor):
    for guest, origin in ((admin, "https://elsewhere.example"), (mentor, None)):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await socket(guest, origin=origin)
        assert refusal.value.status == 404


@pytest.mark.parametrize(
    "query",
    ["", "loop=ab&end=sender", "loop=ab&end=sender&relay=1", "loop=ab&end=sender&relay=-1", "loop=ab&end=x&relay=0"],
)
async def test_what_is_not_there_has_no_socket(admin, query):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await socket(admin, query)
    assert refusal.value.status == 404
