"""The media check's page, and sending what was measured."""

import json

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


async def test_the_history_leads_to_it(admin):
    assert 'href="/media-check"' in (await admin.get("/history")).text


async def test_only_the_admin_checks(mentor, nobody):
    for guest in (mentor, nobody):
        assert (await guest.get("/media-check")).status == 404
        assert (await guest.post("/media-check", paths=json.dumps([GOOD]))).status == 404


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
