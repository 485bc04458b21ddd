import socket

import pytest

from signaling.sockets.addresses import announced_addresses, own_addresses

BOTH = {socket.AF_INET, socket.AF_INET6}


def test_configured_addresses_are_announced_as_they_are() -> None:
    assert announced_addresses("", ["203.0.113.5", "2001:DB8::1"], BOTH) == ("203.0.113.5", "2001:db8::1")


def test_a_bound_address_is_announced() -> None:
    assert announced_addresses("127.0.0.1", [], BOTH) == ("127.0.0.1",)


@pytest.mark.parametrize("bind", ["", "::", "0.0.0.0"])  # noqa: S104  # the setting's own words
def test_else_every_own_address_is(bind: str) -> None:
    addresses = announced_addresses(bind, [], BOTH)
    assert addresses == tuple(str(each) for each in own_addresses())
    assert "127.0.0.1" in addresses
    assert not any(each.startswith("fe80") for each in addresses)


def test_only_families_that_are_served_are_announced() -> None:
    assert [each for each in announced_addresses("", [], {socket.AF_INET}) if ":" in each] == []


def test_loopback_comes_last() -> None:
    loopbacks = [each.is_loopback for each in own_addresses()]
    assert loopbacks == sorted(loopbacks)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match=r"example\.org"):
        announced_addresses("", ["example.org"], BOTH)
