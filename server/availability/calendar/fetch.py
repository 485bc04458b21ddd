"""The edge to other calendars: fetches what is at an address that a person gave, and reaches nobody it should not.

Only by HTTPS, on its own port, from public addresses: looked at on the very address that is connected to, so that no
name, redirect or change of a name's address leads into the server's own network.
"""

import asyncio
import socket
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from ssl import SSLContext, create_default_context

import aiohttp
from yarl import URL

from server.availability.calendar.sanitize import MOST_BYTES
from server.errors import DomainError
from server.i18n.texts import N_

LASTS_S = 10.0
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2000
LONGEST_ETAG = 200
HTTP_PORT = 80
HTTPS_PORT = 443
SCHEMES = frozenset({"https", "http", "webcal", "webcals"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})

# Where public IPv6 addresses are; in them, ways to somebody else's IPv4 addresses; beside them, a translator's.
PUBLIC_V6 = IPv6Network("2000::/3")
TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
NOWHERE = (IPv6Network("2001:db8::/32"), IPv6Network("3fff::/20"))
TRANSLATED = IPv6Network("64:ff9b::/96")
TUNNEL_V4 = IPv4Network("192.88.99.0/24")

Address = IPv4Address | IPv6Address


class FeedNotReachable(DomainError):
    status = 422
    sentence = N_(
        "We could not fetch a calendar from that address. "
        "Please check that it opens in a browser where you are not signed in."
    )


NOT_AN_ADDRESS = N_("Please enter the calendar's address as you copied it. It begins with https:// or webcal://.")
TOO_BIG = N_("This calendar is too large: it has more than a megabyte. Please choose one with fewer entries.")


@dataclass(frozen=True, slots=True)
class Fetched:
    """`body` is None when the calendar is still the one of `etag`, which is empty where there is none."""

    body: bytes | None
    etag: str


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, and so does the one that it may stand for."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in TUNNEL_V4
    if address.ipv4_mapped:
        return is_public(address.ipv4_mapped)
    if address in TRANSLATED:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    hidden = any(address in network for network in TUNNELS + NOWHERE)
    return address in PUBLIC_V6 and address.is_global and not hidden


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a fetch may connect to. `tls` None: who is known to the system's authorities."""

    may_connect: Callable[[Address], bool] = is_public
    ports: frozenset[int] = frozenset({HTTPS_PORT})
    tls: SSLContext | None = None


PUBLIC = Reach()


async def fetch_feed(url: str, etag: str = "", reach: Reach = PUBLIC) -> Fetched:
    """What is at the address now, at most MOST_BYTES. Raises FeedNotReachable, after LASTS_S at the latest."""
    try:
        async with asyncio.timeout(LASTS_S), _session(reach) as session:
            return await _follow(session, _checked(url.strip(), reach), etag, reach)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, zlib.error) as error:
        raise FeedNotReachable from error


def _session(reach: Reach) -> aiohttp.ClientSession:
    """Cookies, proxies and passwords of this machine are not for strangers' addresses."""
    connector = aiohttp.TCPConnector(
        socket_factory=lambda found: _guarded(found, reach),
        use_dns_cache=False,
        force_close=True,
        ssl=reach.tls or create_default_context(),
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={"User-Agent": "Fireside", "Accept": "text/calendar", "Accept-Encoding": "gzip"},
    )


def _guarded(found: aiohttp.AddrInfoType, reach: Reach) -> socket.socket:
    """The socket that is about to connect to what was found. Raises PermissionError for whom it may not reach."""
    family, kind, protocol, _, where = found
    if not reach.may_connect(ip_address(where[0])):
        raise PermissionError("not a public address")
    return socket.socket(family, kind, protocol)


async def _follow(session: aiohttp.ClientSession, url: URL, etag: str, reach: Reach) -> Fetched:
    condition = {"If-None-Match": etag} if etag else {}
    for _ in range(1 + MOST_REDIRECTS):
        async with session.get(url, headers=condition, allow_redirects=False) as response:
            if response.status in REDIRECTS:
                sent_on = response.headers.get("Location", "")
                url = _checked(str(url.join(URL(sent_on, encoded=sent_on.isascii()))), reach)
                continue
            if response.status == HTTPStatus.NOT_MODIFIED and etag:
                return Fetched(None, etag)
            if response.status != HTTPStatus.OK:
                raise FeedNotReachable
            return Fetched(await _body(response), _etag(response))
    raise FeedNotReachable


def _checked(typed: str, reach: Reach) -> URL:
    """The address to ask, by HTTPS whatever was typed. Raises FeedNotReachable, or ValueError for no address."""
    url = URL(typed, encoded=typed.isascii())
    host = url.host_subcomponent
    if url.scheme not in SCHEMES or not host or url.raw_user or url.raw_password or not _is_plain(typed):
        raise FeedNotReachable(NOT_AN_ADDRESS)
    usual = url.scheme == "http" and url.explicit_port == HTTP_PORT
    port = HTTPS_PORT if usual or url.explicit_port is None else url.explicit_port
    if port not in reach.ports:
        raise FeedNotReachable(NOT_AN_ADDRESS)
    asked = {"path": url.raw_path, "query_string": url.raw_query_string}
    return URL.build(scheme="https", host=host, port=port, encoded=True, **asked)


def _is_plain(typed: str) -> bool:
    return len(typed) <= LONGEST_ADDRESS and not any(c.isspace() or not c.isprintable() for c in typed)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            raise FeedNotReachable(TOO_BIG)
    match response.headers.get("Content-Encoding", "identity").lower():
        case "identity":
            return bytes(body)
        case "gzip" | "x-gzip":
            return _unpacked(bytes(body))
    raise FeedNotReachable


def _unpacked(body: bytes) -> bytes:
    """What was packed, never more than one byte too many of it. Raises FeedNotReachable or zlib.error."""
    packed = zlib.decompressobj(wbits=31)
    unpacked = packed.decompress(body, MOST_BYTES + 1)
    if len(unpacked) > MOST_BYTES:
        raise FeedNotReachable(TOO_BIG)
    if not packed.eof:
        raise FeedNotReachable
    return unpacked


def _etag(response: aiohttp.ClientResponse) -> str:
    etag = response.headers.get("ETag", "")
    return etag if len(etag) <= LONGEST_ETAG and etag.isascii() and etag.isprintable() else ""
