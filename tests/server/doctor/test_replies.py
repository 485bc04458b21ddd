"""Answers by email as the doctor finds them: a real listener, on a port and at a Unix socket."""

from datetime import UTC, datetime

import pytest

from server.config import read_settings
from server.doctor.findings import Verdict
from server.doctor.replies import look_at_replies
from server.mail.lmtp import lmtp_served
from server.replying import ReplyTaker, reply_addresses
from server.secret import ServerSecret
from tests.cast import free_port
from tests.server.sending import SEALER

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
SECRET = "s" * 32


def settings_of(lmtp, secret=SECRET):
    given = {"lmtp": lmtp, "reply_address": "reply@fireside.example", "secret": secret}
    return read_settings({}, given if lmtp else {"secret": secret})


@pytest.fixture(params=["port", "socket"])
def address(request, tmp_path):
    return f"127.0.0.1:{free_port()}" if request.param == "port" else str(tmp_path / "lmtp.sock")


async def look(address, secret, database):
    addresses = reply_addresses(settings_of(address), ServerSecret(SECRET))
    async with lmtp_served(address, "fireside.example", ReplyTaker(database, SEALER, addresses, lambda: NOW)):
        return await look_at_replies(settings_of(address, secret), NOW)


async def test_a_listener_of_this_server_is_good(address, database):
    found = await look(address, SECRET, database)
    assert (found.verdict, f"they are taken at {address}" in found.said) == (Verdict.GOOD, True)


async def test_one_with_another_secret_is_named(database):
    found = await look(f"127.0.0.1:{free_port()}", "t" * 32, database)
    assert (found.verdict, "another FIRESIDE_SECRET" in found.help) == (Verdict.WRONG, True)


async def test_where_nothing_listens_it_says_so(address):
    found = await look_at_replies(settings_of(address), NOW)
    assert (found.verdict, "systemctl status fireside.service" in found.help) == (Verdict.WRONG, True)


async def test_where_none_are_taken_there_is_nothing_to_look_at():
    assert await look_at_replies(settings_of(""), NOW) is None
