"""Calls to real receivers: those that are down, hang, drip or send elsewhere, and those that may not be reached."""

import asyncio
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest
from yarl import URL

from server.webhooks.rules.hooks import HookAnswer
from server.webhooks.transport import NOT_PUBLIC, PRIVATE, SLOW, HookPolicy, call_hook
from tests.cast import free_port
from tests.server.webhooks.receivers import LOOPBACK, answering, dripping, hanging, receiver

HEADERS = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,x"}


async def test_what_is_answered_is_kept_to_its_beginning() -> None:
    async with receiver(answering(202, "Thank you.\n" + "x" * 5000)) as here:
        answer = await call_hook(here.url, b"{}", HEADERS, LOOPBACK)
    assert (answer.status, answer.answer[:12], len(answer.answer)) == (202, "Thank you. x", 300)


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with receiver(answering(200)) as other, receiver(answering(302, location=other.url)) as here:
        assert (await call_hook(here.url, b"{}", HEADERS, LOOPBACK)).status == 302
        assert (len(here.received), len(other.received)) == (1, 0)


async def test_one_that_hangs_is_left_after_the_time_there_is_for_it() -> None:
    async with receiver(hanging) as here:
        assert await call_hook(here.url, b"{}", HEADERS, replace(LOOPBACK, timeout_s=0.2)) == HookAnswer(None, SLOW)


async def test_of_one_that_drips_the_status_counts() -> None:
    async with receiver(dripping) as here:
        async with asyncio.timeout(20):
            assert await call_hook(here.url, b"{}", HEADERS, LOOPBACK) == HookAnswer(200, "still")


async def test_where_nobody_listens_and_what_speaks_no_http_are_reasons() -> None:
    answer = await call_hook(f"http://127.0.0.1:{free_port()}/", b"{}", HEADERS, LOOPBACK)
    assert (answer.status, answer.answer.startswith("No connection: ")) == (None, True)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        answer = await call_hook(f"http://127.0.0.1:{port}/", b"{}", HEADERS, LOOPBACK)
    assert (answer.status, answer.answer.startswith("The connection broke: ")) == (None, True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_a_private_address_is_not_connected_to_whatever_its_name(host: str) -> None:
    """The name is looked up, and the address that comes is what counts."""
    async with receiver(answering(200)) as here:
        answer = await call_hook(f"http://{host}:{here.port}/", b"{}", HEADERS, HookPolicy())
        assert (answer, here.received) == (HookAnswer(None, PRIVATE), [])


@pytest.mark.parametrize(
    ("url", "address", "may"),
    [
        ("https://hooks.example/", "198.51.101.7", True),
        ("https://hooks.example:8443/", "198.51.101.7", False),
        ("http://hooks.example/", "198.51.101.7", False),
        ("https://hooks.example/", "10.1.2.3", True),
        ("http://hooks.example:9000/", "10.1.2.3", True),
        ("https://hooks.example/", "10.2.0.1", False),
        ("https://hooks.example/", "169.254.169.254", False),
        ("https://hooks.example/", "fd00::1", False),
    ],
)
def test_a_public_address_is_called_by_https_alone_and_a_private_one_where_it_is_allowed(url, address, may) -> None:
    policy = HookPolicy((ip_network("10.1.0.0/16"),))
    assert policy.allows(URL(url), ip_address(address)) is may
    assert NOT_PUBLIC != PRIVATE
