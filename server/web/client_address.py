"""The address that a request comes from, as far as it can be trusted. The rate limits count by it."""

import logging
from collections.abc import Sequence
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network

from aiohttp import web

from server.people.rules.rate_limits import Counted, counted_address
from server.web.keys import SECRET, SETTINGS

UNKNOWN = "unknown"

log = logging.getLogger(__name__)


def caller_of(request: web.Request) -> Counted:
    """The caller's IPv4 address or IPv6 network, as the rate limits count it."""
    proxies = request.app[SETTINGS].proxies
    forwarded = request.headers.getall("X-Forwarded-For", [])
    if forwarded and not proxies:
        _warn_once()
    return counted_address(rate_limit_key(request), caller(request.remote, forwarded, proxies))


def rate_limit_key(request: web.Request) -> bytes:
    """What hides the addresses that the rate limits count."""
    return request.app[SECRET].key("rate limits")


def caller(peer: str | None, forwarded: Sequence[str], proxies: int) -> str:
    """`peer` is connected to us. Each of the `proxies` has added the address that was connected to it to `forwarded`.

    Everything before those was written by the caller, who may write anything.
    """
    hops = forwarded_hops(forwarded)
    trusted = hops[-proxies:] if proxies else []
    return (_network_of(trusted[0]) if trusted else None) or _network_of(peer or "") or UNKNOWN


def forwarded_hops(lines: Sequence[str]) -> list[str]:
    """The addresses in the lines of X-Forwarded-For, in their order."""
    return [hop.strip() for line in lines for hop in line.split(",")]


def _network_of(hop: str) -> str | None:
    """An IPv4 address, or the /64 network of an IPv6 address: one caller has all of it. None when it is no address."""
    try:
        address = ip_address(_without_port(hop))
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address) >> 64 << 64, 64)))


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


@cache
def _warn_once() -> None:
    log.warning("requests come with X-Forwarded-For: if a reverse proxy of yours adds it, set FIRESIDE_PROXIES")
