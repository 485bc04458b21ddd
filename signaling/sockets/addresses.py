"""Which addresses the relay announces to browsers."""

import socket
from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import ifaddr


def announced_addresses(
    bind: str, public: Sequence[str], families: Collection[socket.AddressFamily]
) -> tuple[str, ...]:
    """The configured addresses; otherwise the one that the port is bound to; otherwise all own ones, loopback last.

    Raises ValueError when a configured one is no address.
    """
    if public:
        return tuple(str(ip_address(each)) for each in public)
    if bind and not ip_address(bind).is_unspecified:
        return (bind,)
    return tuple(str(each) for each in own_addresses() if _family(each) in families)


def own_addresses() -> list[IPv4Address | IPv6Address]:
    """This machine's addresses, without link-local ones; loopback last."""
    found = {
        ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    }
    usable = [each for each in found if not each.is_link_local]
    return sorted(usable, key=lambda each: (each.is_loopback, each.version, int(each)))


def _family(address: IPv4Address | IPv6Address) -> socket.AddressFamily:
    return socket.AF_INET if address.version == 4 else socket.AF_INET6
