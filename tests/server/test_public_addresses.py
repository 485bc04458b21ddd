"""Which addresses are on the public internet."""

from ipaddress import ip_address

import pytest

from server.public_addresses import is_public


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "193.0.6.139", "2001:4860:4860::8888", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public_addresses_may_be_connected_to(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.1", "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
        *("169.254.169.254", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "192.88.99.1"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "ff0e::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0.0.0.0", "::7f00:1", "::127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808"),
        *("2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "2001::1", "2001:0:808:808::1"),
        *("2001:db8::1", "3fff::1", "100::1", "5f00::1"),
    ],
)  # fmt: skip
def test_no_other_address_may(address: str) -> None:
    assert not is_public(ip_address(address))
