"""The pages and the calls: opens the pages at their address, and sends packets through the relay and back by every way.

It works from this machine, and from any other with an admin's link.
"""

import logging
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from server.admin.actions.accounts import find_any_account, make_account_link
from server.calls.actions.media_check import keep_check
from server.calls.rules.media_check import MOST_PATHS, Check, CheckOrigin, MediaPath, MediaProtocol
from server.db.database import Database
from server.doctor.findings import DoctorFinding, good, soon, wrong
from server.doctor.front import SENT
from server.origin import origin_of
from server.people.actions.links import end_any_link, find_good_link
from server.people.rules.links import ONE_TIME
from server.web.foreign_origins import FOREIGN
from signaling.probe.loop import Endpoint, EntryRefused, LoopMeasurement, measure

PAGES_WITHIN = 10.0

log = logging.getLogger(__name__)


class PagesUnavailable(Exception):
    """The server's pages could not be opened with this link."""


@dataclass(frozen=True, slots=True)
class Examination:
    """`forwarded` are the addresses in X-Forwarded-For as they came to Fireside, when SENT was sent."""

    check: Check
    forwarded: tuple[str, ...]

    @property
    def findings(self) -> Iterator[DoctorFinding]:
        for path in self.check.paths:
            yield good("Way", f"{path.name}: {path.said}")
        for each in self.check.findings:
            said, *advice = map(str, each.sentences)
            yield (good if each.works else wrong)("Calls", said, *[" ".join(advice)] * (not each.works))
        if not any(ip_address(path.ip).is_global for path in self.check.paths):
            yield soon(
                "Address",
                "browsers are told no public address to send calls to: people elsewhere cannot join.",
                "Set FIRESIDE_PUBLIC_ADDRESSES to the addresses of this server as the world sees them.",
            )


async def examine(link: str, now: datetime, trusted: ssl.SSLContext | None = None) -> Examination:
    """Checks the server that this admin's link leads to. Raises PagesUnavailable.

    `trusted` holds the certificates to trust, the system's if none.
    """
    base_url = _base_url_of(link)
    try:
        measured, forwarded = await _measure(link, base_url, trusted)
    except EntryRefused as error:
        raise PagesUnavailable(str(error)) from error
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise PagesUnavailable(
            f"The pages at {base_url} cannot be reached from here ({error or 'no answer'}). Is the server running, and "
            "is FIRESIDE_BASE_URL the address at which people reach it?"
        ) from error
    paths = tuple(
        MediaPath(
            MediaProtocol(each.candidate.transport),
            each.candidate.ip,
            each.candidate.port,
            each.sent,
            each.received,
            each.milliseconds,
        )
        for each in measured[:MOST_PATHS]
    )
    return Examination(Check(CheckOrigin.COMMAND, now, paths), forwarded)


def _base_url_of(link: str) -> str:
    """Raises PagesUnavailable."""
    parts = urlsplit(link)
    try:
        return origin_of(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        raise PagesUnavailable("This is no link: one begins with https:// or http://, and a host.") from None


async def _measure(
    link: str, base_url: str, trusted: ssl.SSLContext | None
) -> tuple[tuple[LoopMeasurement, ...], tuple[str, ...]]:
    """Opens the link, and measures through the socket of the media check's page. The second: as in Examination."""
    timeout = aiohttp.ClientTimeout(sock_connect=PAGES_WITHIN, sock_read=PAGES_WITHIN)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=trusted or True),
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        timeout=timeout,
    ) as session:
        async with session.get(f"{base_url}/healthz", headers={"Origin": base_url}) as response:
            own = (await response.json()).get("base_url", base_url)
        if own != base_url:
            raise PagesUnavailable(
                f"The server's own address is {own}, but it was asked at {base_url}: no form and no call works there. "
                f"Set FIRESIDE_BASE_URL={base_url} if that is where people reach it, or use the right address here."
            )
        # The link works once, by its form: the session ends with this check.
        async with session.post(link, headers={"Origin": base_url}) as response:
            if not response.ok:
                raise PagesUnavailable(f"The link to {base_url} does not open: it is not valid, or no longer valid.")
        async with session.get(f"{base_url}/media-check/origins.json", headers={"X-Forwarded-For": SENT}) as response:
            seen = await response.json() if response.ok else {}
            for origin in seen.get("foreign", ()):
                log.warning(FOREIGN, origin, base_url)
        measured = await measure(Endpoint(session, f"{base_url}/media-check/socket", base_url))
        return measured, tuple(seen.get("forwarded", (SENT,)))


async def examine_own(db: Database, base_url: str, now: datetime) -> Examination:
    """Checks this server through its public address, and saves the result. Raises PagesUnavailable, or NoAccount."""
    async with db.writing() as connection:
        account = await find_any_account(connection, None)
        secret = await make_account_link(connection, account, now)
        link = await find_good_link(connection, secret, ONE_TIME, now)
    try:
        examined = await examine(f"{base_url}/l/{secret}", now)
    finally:
        if link is not None:
            await end_any_link(db, link.id, now)
    check = await keep_check(db, examined.check.origin, examined.check.paths, now)
    return replace(examined, check=check)
