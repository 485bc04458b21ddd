"""Calls a webhook's address, and never one in a private network, unless the host allows that network.

The check is made on the address that the socket connects to, so that no host name and no DNS change leads elsewhere.
Redirects are not followed. Public addresses are called by https on its standard port only, because the server's own
public address is public too.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from ssl import SSLContext

import aiohttp
from yarl import URL

from server.public_addresses import Address, guarded_session, is_public
from server.webhooks.rules.hooks import ANSWER_LIMIT, HookAnswer

HTTPS_PORT = 443
PRIVATE = "The address is in a private network that FIRESIDE_HOOK_NETWORKS does not allow."
NOT_PUBLIC = "A public address is called by https on port 443 only."
SLOW = "There was no answer in time."


class PrivateAddress(PermissionError):
    """The name leads to an address that may not be connected to."""


@dataclass(frozen=True, slots=True)
class HookPolicy:
    """Where a call may lead: to public addresses, and to the `networks` of the host's own. Times in seconds: `answer_s`
    is for the rest of an answer whose status has come. `tls` None: certificates that the system trusts."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    timeout_s: float = 15.0
    connect_s: float = 5.0
    answer_s: float = 2.0
    tls: SSLContext | None = None

    def allows(self, url: URL, address: Address) -> bool:
        if any(address in network for network in self.networks):
            return True
        return is_public(address) and url.scheme == "https" and url.port == HTTPS_PORT


async def call_hook(url: str, body: bytes, headers: Mapping[str, str], policy: HookPolicy) -> HookAnswer:
    """Sends the body (POST); what was answered, or why nothing was. Takes `timeout_s` at the longest."""
    where = URL(url, encoded=True)
    try:
        async with (
            _session(where, policy) as session,
            session.post(where, data=body, headers=headers, allow_redirects=False) as got,
        ):
            return HookAnswer(got.status, await _beginning(got, policy))
    except TimeoutError:
        return HookAnswer(None, SLOW)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return HookAnswer(None, _reason(error, where))


def _session(url: URL, policy: HookPolicy) -> aiohttp.ClientSession:
    def check(address: Address) -> None:
        if not policy.allows(url, address):
            raise PrivateAddress(NOT_PUBLIC if is_public(address) else PRIVATE)

    timeout = aiohttp.ClientTimeout(total=policy.timeout_s, sock_connect=policy.connect_s)
    return guarded_session(check, policy.tls, timeout, {"Accept-Encoding": "identity"})


async def _beginning(answer: aiohttp.ClientResponse, policy: HookPolicy) -> str:
    """The first characters of what was said with the status; a slow rest is not waited for."""
    came = b""
    with suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(policy.answer_s):
            while len(came) < ANSWER_LIMIT and not answer.content.at_eof():
                came += await answer.content.read(ANSWER_LIMIT)
    text = came[:ANSWER_LIMIT].decode(errors="replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _reason(error: Exception, url: URL) -> str:
    """Why there was no answer, without the address, which may hold a secret."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, PrivateAddress):
        return str(error.os_error)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"The name {url.host} was not found."
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return "The certificate of the receiver is not trusted."
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"No connection: {error.os_error.strerror or type(error.os_error).__name__}."
    return f"The connection broke: {type(error).__name__}."
