"""The address that rate limits count: the caller's as our own proxies give it, never one that the caller invents."""

import logging

import pytest

from server.web import client_address as module
from server.web.client_address import caller

PEER = "192.0.2.10"


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "found"),
    [
        # Without a proxy, the caller wrote everything.
        (PEER, [], 0, PEER),
        (PEER, ["198.51.100.1"], 0, PEER),
        # One proxy adds the address connected to it, at the right; the caller wrote what is before it.
        (PEER, ["198.51.100.1"], 1, "198.51.100.1"),
        (PEER, ["203.0.113.9, 198.51.100.1"], 1, "198.51.100.1"),
        (PEER, ["203.0.113.9", "198.51.100.1"], 1, "198.51.100.1"),
        (PEER, [" 203.0.113.9 ,\t198.51.100.1 "], 1, "198.51.100.1"),
        # Two: the address from the outer one counts, which the inner one passed on.
        (PEER, ["203.0.113.9, 198.51.100.1, 192.0.2.20"], 2, "198.51.100.1"),
        # A caller who did not come through the outer one.
        (PEER, ["198.51.100.1"], 2, "198.51.100.1"),
        # Nothing that can be read: the connected address.
        (PEER, [], 1, PEER),
        (PEER, [""], 1, PEER),
        (PEER, ["unknown"], 1, PEER),
        (PEER, ["198.51.100.1, _hidden"], 1, PEER),
        (None, [], 0, "unknown"),
        # Ports, brackets, IPv4 within IPv6.
        (PEER, ["198.51.100.1:4711"], 1, "198.51.100.1"),
        (PEER, ["[2001:db8:1:2:3::4]:4711"], 1, "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", [], 0, "198.51.100.1"),
        # A caller with IPv6 has a whole /64.
        ("2001:db8:1:2:aaaa::1", [], 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", [], 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:3::2", [], 0, "2001:db8:1:3::/64"),
        ("fe80::1%eth0", [], 0, "fe80::/64"),
    ],
)
def test_who_it_is(peer, forwarded, proxies, found):
    assert caller(peer, forwarded, proxies) == found


async def test_a_proxy_that_is_not_in_the_settings_is_warned_of_once(nobody, caplog):
    module._warn_once.cache_clear()
    with caplog.at_level(logging.WARNING, "server.web.client_address"):
        for _ in range(2):
            async with nobody.session.get(
                f"{nobody.base_url}/l/invented", headers={"X-Forwarded-For": "198.51.100.1"}
            ) as response:
                assert response.status == 404
    said = [record.message for record in caplog.records if record.name == module.__name__]
    assert said == ["requests come with X-Forwarded-For: if a reverse proxy of yours adds it, set FIRESIDE_PROXIES"]
