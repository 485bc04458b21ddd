"""Fetches a calendar from an address that a person gave, and never connects to a private network.

Only by HTTPS on its standard port, and only from public addresses. The check is made on the address that the socket
connects to, so that no host name, redirect or DNS change leads into the server's own network. The port is fixed because
the server's own public address is public too: behind its firewall other ports may be open to itself alone.

A calendar may be large: it is handed on piece by piece, so that no more than a piece of it is in memory here.
"""

import asyncio
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLContext

import aiohttp
from yarl import URL

from server.errors import DomainError
from server.i18n.texts import N_
from server.public_addresses import Address, guarded_session, is_public

# Some calendars are put together when they are asked for, which takes long for large ones.
TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 10.0
MOST_BYTES = 32 * 1024 * 1024
PIECE = 256 * 1024
MOST_REDIRECTS = 3
LONGEST_ADDRESS = 2000
LONGEST_ETAG = 200
HTTP_PORT = 80
HTTPS_PORT = 443
SCHEMES = frozenset({"https", "http", "webcal", "webcals"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FeedNotReachable(DomainError):
    status = 422
    sentence = N_(
        "We could not fetch a calendar from that address. "
        "Please check that it opens in a browser where you are not signed in."
    )


NOT_AN_ADDRESS = N_("Please enter the calendar's address as you copied it. It begins with https:// or webcal://.")
OTHER_PORT = N_(
    "Please enter an address without a port number: we fetch calendars only from the usual port of https, which is 443."
)
TOO_BIG = N_("This calendar is too large: it has more than 32 megabytes. Please choose one with fewer entries.")


@dataclass(frozen=True, slots=True)
class CalendarResponse:
    """Whether the calendar has `changed` since it had the ETag that was asked with. `etag` is empty if none came."""

    changed: bool
    etag: str


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """Which servers a fetch may connect to. `tls` None: those with a certificate that the system trusts."""

    may_connect: Callable[[Address], bool] = is_public
    ports: frozenset[int] = frozenset({HTTPS_PORT})
    tls: SSLContext | None = None


PUBLIC_ONLY = FetchPolicy()


async def fetch_calendar(
    url: str, etag: str, take: Callable[[bytes], None], policy: FetchPolicy = PUBLIC_ONLY
) -> CalendarResponse:
    """Hands the calendar at this address to `take`, in pieces of about PIECE and in a thread; at most MOST_BYTES.

    Raises FeedNotReachable, after TIMEOUT_S at the latest, or what `take` raises.
    """
    try:
        async with asyncio.timeout(TIMEOUT_S), _session(policy) as session:
            return await _get(session, _checked(url.strip(), policy), etag, take, policy)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, zlib.error) as error:
        raise FeedNotReachable from error


def _session(policy: FetchPolicy) -> aiohttp.ClientSession:
    def check(address: Address) -> None:
        if not policy.may_connect(address):
            raise PermissionError("not a public address")

    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S)
    return guarded_session(check, policy.tls, timeout, {"Accept": "text/calendar", "Accept-Encoding": "gzip"})


async def _get(
    session: aiohttp.ClientSession, url: URL, etag: str, take: Callable[[bytes], None], policy: FetchPolicy
) -> CalendarResponse:
    condition = {"If-None-Match": etag} if etag else {}
    for _ in range(1 + MOST_REDIRECTS):
        async with session.get(url, headers=condition, allow_redirects=False) as response:
            if response.status in REDIRECTS:
                location = response.headers.get("Location", "")
                url = _checked(str(url.join(URL(location, encoded=location.isascii()))), policy)
                continue
            if response.status == HTTPStatus.NOT_MODIFIED and etag:
                return CalendarResponse(False, etag)
            if response.status != HTTPStatus.OK:
                raise FeedNotReachable
            await _hand_on(response, take)
            return CalendarResponse(True, _etag(response))
    raise FeedNotReachable


def _checked(typed: str, policy: FetchPolicy) -> URL:
    """The URL to fetch, always with HTTPS. Raises FeedNotReachable, or ValueError for what is no URL."""
    url = URL(typed, encoded=typed.isascii())
    host = url.host_subcomponent
    if url.scheme not in SCHEMES or not host or url.raw_user or url.raw_password or not _is_plain(typed):
        raise FeedNotReachable(NOT_AN_ADDRESS)
    usual = url.scheme == "http" and url.explicit_port == HTTP_PORT
    port = HTTPS_PORT if usual or url.explicit_port is None else url.explicit_port
    if port not in policy.ports:
        raise FeedNotReachable(OTHER_PORT)
    asked = {"path": url.raw_path, "query_string": url.raw_query_string}
    return URL.build(scheme="https", host=host, port=port, encoded=True, **asked)


def _is_plain(typed: str) -> bool:
    return len(typed) <= LONGEST_ADDRESS and not any(c.isspace() or not c.isprintable() for c in typed)


async def _hand_on(response: aiohttp.ClientResponse, take: Callable[[bytes], None]) -> None:
    """Raises FeedNotReachable, zlib.error or what `take` raises."""
    unpack = _unpacking(response.headers.get("Content-Encoding", "identity").lower())
    taken, piece = 0, bytearray()
    async for chunk in response.content.iter_any():
        for part in unpack(chunk):
            taken += len(part)
            piece += part
            if taken > MOST_BYTES:
                raise FeedNotReachable(TOO_BIG)
            if len(piece) >= PIECE:
                await asyncio.to_thread(take, bytes(piece))
                piece.clear()
    for part in unpack(b""):
        piece += part
    await asyncio.to_thread(take, bytes(piece))


def _unpacking(encoding: str) -> Callable[[bytes], Iterator[bytes]]:
    """What unpacks one chunk after the other; an empty one says that there are no more. Raises FeedNotReachable."""
    if encoding == "identity":
        return lambda chunk: iter((chunk,))
    if encoding not in ("gzip", "x-gzip"):
        raise FeedNotReachable
    decompressor = zlib.decompressobj(wbits=31)

    def unpack(chunk: bytes) -> Iterator[bytes]:
        """In parts of at most PIECE, however much a few bytes stand for. Raises FeedNotReachable or zlib.error."""
        if not chunk and not decompressor.eof:
            raise FeedNotReachable
        part = chunk
        while part and not decompressor.eof:
            yield (part := decompressor.decompress(chunk, PIECE))
            chunk = decompressor.unconsumed_tail

    return unpack


def _etag(response: aiohttp.ClientResponse) -> str:
    etag = response.headers.get("ETag", "")
    return etag if len(etag) <= LONGEST_ETAG and etag.isascii() and etag.isprintable() else ""
