"""Which addresses are on the public internet: what the server fetches or calls for people must not lead into a network
of its own.

The check is made on the address that a socket connects to, so that no host name, redirect or DNS change leads there.
"""

import socket
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from ssl import SSLContext, create_default_context

import aiohttp

# The public IPv6 addresses; the tunnels to IPv4 and the unused networks among them; and the prefix of NAT64.
PUBLIC_V6 = IPv6Network("2000::/3")
TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
UNUSED = (IPv6Network("2001:db8::/32"), IPv6Network("3fff::/20"))
TRANSLATED = IPv6Network("64:ff9b::/96")
TUNNEL_V4 = IPv4Network("192.88.99.0/24")

Address = IPv4Address | IPv6Address


def is_public(address: Address) -> bool:
    """Whether the address is on the public internet, and so is the IPv4 address that it may contain."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in TUNNEL_V4
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in TRANSLATED:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    excluded = any(address in network for network in TUNNELS + UNUSED)
    return address in PUBLIC_V6 and address.is_global and not excluded


def guarded_session(
    check: Callable[[Address], None], tls: SSLContext | None, timeout: aiohttp.ClientTimeout, headers: Mapping[str, str]
) -> aiohttp.ClientSession:
    """Without cookies, proxies and passwords of this machine: others gave the address.

    `check` raises an OSError for an address that must not be connected to. `tls` None: certificates that the system
    trusts.
    """

    def socket_for(found: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = found
        check(ip_address(where[0]))
        return socket.socket(family, kind, protocol)

    connector = aiohttp.TCPConnector(
        socket_factory=socket_for, use_dns_cache=False, force_close=True, ssl=tls or create_default_context()
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=timeout,
        headers={"User-Agent": "Fireside", **headers},
    )
