"""Sending emails: to a real SMTP server that works or does not, and to a folder."""

import asyncio
import email
from email.policy import default

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from server.mail.transport import (
    ConnectionLost,
    DeliveryFailure,
    FolderTransport,
    PermanentFailure,
    PolicyFailure,
    Refused,
    SmtpTransport,
    TransientFailure,
    Unreachable,
)
from tests.cast import until
from tests.server.catchups.an_email import INVITATION, written
from tests.smtp_server import link_in

SECRET = "s" * 43
EMAIL = written("offer_accepted", link=f"https://fireside.example/l/{SECRET}", invitation=INVITATION)
AS_SENT = email.message_from_bytes(bytes(EMAIL), policy=default)


@pytest.fixture
async def transport(smtp_server):
    transport = SmtpTransport(smtp_server.url)
    yield transport
    await transport.disconnect()


def parts(message):
    return [(part.get_content_type(), part.get_payload(decode=True)) for part in message.walk()]


async def test_a_mail_server_gets_the_email_as_written(smtp_server, transport):
    await transport.send(EMAIL)
    [message] = smtp_server.emails
    assert parts(message) == parts(AS_SENT)
    assert {name: message[name] for name in ("To", "From", "Subject", "Message-ID")} == {
        name: EMAIL[name] for name in ("To", "From", "Subject", "Message-ID")
    }
    assert link_in(message).endswith(SECRET)


async def test_emails_share_a_connection_until_there_is_none_for_a_while(smtp_server, transport):
    for _ in range(3):
        await transport.send(EMAIL)
    assert (len(smtp_server.emails), smtp_server.connections) == (3, 1)
    await transport.disconnect()
    await transport.disconnect()
    await transport.send(EMAIL)
    assert (len(smtp_server.emails), smtp_server.connections) == (4, 2)


@pytest.mark.parametrize(
    ("command", "reply", "verdict"),
    [
        ("RCPT", "550 5.1.1 No such person", PermanentFailure),
        ("RCPT", "550 No such person", PermanentFailure),
        ("RCPT", "554 5.7.1 Relay access denied", PolicyFailure),
        ("RCPT", "504 5.5.2 <host>: need fully-qualified hostname", PolicyFailure),
        ("RCPT", "530 Log in first", PolicyFailure),
        ("DATA", "554 5.6.0 Not understood", PermanentFailure),
        ("DATA", "554 5.7.1 Not wanted", PolicyFailure),
        ("MAIL", "553 5.7.1 Sender address rejected", Refused),
        ("MAIL", "550 Who are you", Refused),
        ("MAIL", "552 5.3.4 Too large", PermanentFailure),
        ("MAIL", "451 4.3.0 Come back later", TransientFailure),
        ("RCPT", "450 4.2.1 Come back later", TransientFailure),
        ("DATA", "451 4.3.0 Come back later", TransientFailure),
        ("RCPT", "421 4.3.2 Going down", Unreachable),
    ],
)
async def test_what_the_server_says_is_understood_and_the_next_email_goes(
    smtp_server, transport, command, reply, verdict
):
    smtp_server.replies = {command: reply}
    with pytest.raises(DeliveryFailure, match=reply[:3]) as caught:
        await transport.send(EMAIL)
    assert (type(caught.value), str(caught.value)) == (verdict, reply)
    smtp_server.replies = {}
    await transport.send(EMAIL)
    assert len(smtp_server.emails) == 1


async def test_a_connection_that_is_lost_after_the_email_leaves_it_unknown(smtp_server, transport):
    smtp_server.drops_connection = True
    with pytest.raises(ConnectionLost):
        await transport.send(EMAIL)
    smtp_server.drops_connection = False
    await transport.send(EMAIL)
    assert list(smtp_server.deliveries().values()) == [2]


async def test_no_mail_server_is_unreachable():
    with pytest.raises(Unreachable, match=r"(?i)connect"):
        await SmtpTransport("smtp://127.0.0.1:1").connect()


async def test_a_server_that_has_no_login_refuses_no_email(smtp_server):
    transport = SmtpTransport(f"smtp://sam:secret@127.0.0.1:{smtp_server.port}")
    with pytest.raises(Unreachable):
        await transport.send(EMAIL)


@pytest.mark.parametrize(
    ("url", "apart"),
    [
        ("smtp://127.0.0.1:{port}", {"user": "sam", "password": "a/b#c@d"}),
        ("smtp://sam:a%2Fb%23c%40d@127.0.0.1:{port}", {}),
    ],
)
async def test_user_and_password_may_be_within_the_url_or_apart(url, apart):
    accepted = []

    def check(server, session, envelope, mechanism, login):
        accepted.append((login.login, login.password))
        return AuthResult(success=True)

    def protocol():
        return SMTP(object(), authenticator=check, auth_require_tls=False)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    async with server:
        transport = SmtpTransport(url.format(port=server.sockets[0].getsockname()[1]), **apart)
        await transport.connect()
        await transport.disconnect()
    assert accepted == [(b"sam", b"a/b#c@d")]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_wrong_password_and_a_greeting_that_refuses_are_about_the_sender(smtp_server):
    smtp_server.password = "right"  # noqa: S105 of the test's own server
    with pytest.raises(Refused, match="535"):
        await SmtpTransport(f"smtp://sam:wrong@127.0.0.1:{smtp_server.port}").connect()
    right = SmtpTransport(f"smtp://sam:right@127.0.0.1:{smtp_server.port}")
    await right.send(EMAIL)
    await right.disconnect()
    smtp_server.replies = {"CONNECT": "554 5.7.1 No service for you"}
    with pytest.raises(Refused, match="No service for you"):
        await right.connect()
    smtp_server.replies = {"CONNECT": "451 4.3.0 Come back later"}
    with pytest.raises(Unreachable):
        await right.connect()


@pytest.mark.parametrize(
    ("own_name", "said"),
    [
        ("fireside.example", "fireside.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("localhost", "[127.0.0.1]"),
        ("a_container", "[127.0.0.1]"),
        ("192.0.2.7", "[127.0.0.1]"),
        ("2001:db8::7", "[127.0.0.1]"),
        ("", "[127.0.0.1]"),
        (f"{'a' * 64}.example", "[127.0.0.1]"),
        ("-a.example", "[127.0.0.1]"),
    ],
)
async def test_a_strict_server_is_greeted_by_a_name_that_it_accepts(smtp_server, own_name, said):
    """The host of the pages where that is a full name, else this machine's address; never a container's short name."""
    smtp_server.strict = True
    transport = SmtpTransport(smtp_server.url, own_name)
    await transport.send(EMAIL)
    await transport.disconnect()
    assert (smtp_server.names, len(smtp_server.emails)) == ([said], 1)


async def test_an_address_that_is_none_is_refused(smtp_server, transport):
    message = email.message_from_bytes(bytes(EMAIL), policy=default)
    message.replace_header("To", "søren@example.org")
    with pytest.raises(PermanentFailure):
        await transport.send(message)


async def test_a_sender_that_stops_waiting_closes_the_connection(smtp_server, transport):
    smtp_server.slow = 60
    stops = asyncio.create_task(transport.send(EMAIL))
    await until(lambda: smtp_server.begun)
    stops.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stops
    smtp_server.slow = 0
    await transport.send(EMAIL)
    assert len(smtp_server.emails) == 1


async def test_without_one_emails_are_files_in_a_folder(tmp_path):
    transport = FolderTransport(tmp_path / "mail")
    await transport.connect()
    for _ in range(2):
        await transport.send(EMAIL)
    await transport.disconnect()
    [file] = (tmp_path / "mail").iterdir()
    assert parts(email.message_from_bytes(file.read_bytes(), policy=default)) == parts(AS_SENT)


async def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(Unreachable):
        await FolderTransport(tmp_path / "mail").send(EMAIL)
