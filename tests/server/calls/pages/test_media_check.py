"""The media check's page, its sockets, and handing in what was found."""

import json

import aiohttp
import pytest

GOOD = {"transport": "udp", "ip": "203.0.113.5", "port": 8444, "sent": 20, "received": 20, "milliseconds": 1.5}


async def test_what_was_found_is_kept_and_shown_with_its_date(admin):
    await admin.get("/media-check")
    assert (admin.status, "Check now" in admin.text) == (200, True)
    await admin.post("/media-check", paths=json.dumps([GOOD, {**GOOD, "transport": "tcp", "received": 0}]))
    assert admin.path == "/media-check"
    assert "UDP works: calls take the best route." in admin.text
    assert "TCP is blocked between here and the server" in admin.text
    assert "UDP 203.0.113.5:8444</dt><dd>20 of 20 packets came back. The round trip took 2 ms." in admin.text
    assert "from an admin" in admin.text


@pytest.mark.parametrize(
    "paths",
    [
        "",
        "{}",
        "[]",
        "[1]",
        "[" * 20_000,
        json.dumps([GOOD] * 65),
        json.dumps([{**GOOD, "more": 1}]),
        json.dumps([{**GOOD, "transport": "carrier pigeon"}]),
        json.dumps([{**GOOD, "ip": "<script>"}]),
        json.dumps([{**GOOD, "port": 1e9}]),
        json.dumps([{**GOOD, "received": True}]),
        json.dumps([{**GOOD, "received": 21}]),
        json.dumps([{**GOOD, "milliseconds": float("inf")}]),
    ],
)
async def test_what_no_check_finds_is_not_kept(admin, count, paths):
    before = await count("media_checks")
    await admin.get("/media-check")
    await admin.post("/media-check", paths=paths)
    assert (admin.status, "could not read what your browser sent" in admin.text) == (400, True)
    assert await count("media_checks") == before


async def test_only_the_admin_checks(mentor, nobody):
    for guest in (mentor, nobody):
        assert (await guest.get("/media-check")).status == 404
        assert (await guest.post("/media-check", paths=json.dumps([GOOD]))).status == 404


def socket(guest, query="loop=ab&end=sender&relay=0", origin=None):
    address = f"{guest.base_url}/media-check/socket?{query}"
    return guest.session.ws_connect(address, origin=origin or guest.base_url)


async def test_each_end_has_its_seat(admin):
    for end in ("sender", "receiver"):
        async with socket(admin, f"loop=ab&end={end}&relay=0") as opened:
            await opened.send_json({"type": "hello", "version": 1})
            welcome = await opened.receive_json(timeout=5)
            assert (welcome["person"], welcome["slots"]) == (end, 1)


@pytest.mark.parametrize(
    "query",
    ["", "loop=ab&end=sender", "loop=ab&end=sender&relay=1", "loop=ab&end=sender&relay=-1", "loop=ab&end=x&relay=0"],
)
async def test_what_is_not_there_has_no_socket(admin, query):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await socket(admin, query)
    assert refusal.value.status == 404


async def test_another_sites_page_and_the_mentor_have_no_socket(admin, mentor):
    for guest, origin in ((admin, "https://elsewhere.example"), (mentor, None)):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await socket(guest, origin=origin)
        assert refusal.value.status == 404


async def test_the_history_leads_to_it(admin):
    assert 'href="/media-check"' in (await admin.get("/history")).text
