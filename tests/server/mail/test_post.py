"""Handing letters in: to a real SMTP server, and to a folder."""

import asyncio
import email
from email.policy import default

import pytest
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP

from server.domain.people import Person
from server.mail.letters import write_letter
from server.mail.post import FolderPost, SmtpPost

SAM = Person(2, "Sam Okafør", "sam@example.org", "", "Europe/London", "en", "")
LETTER = write_letter("offer_made", SAM, "https://fireside.example/l/secret", "Fireside <f@example.org>")


class Inbox(Message):
    def __init__(self):
        super().__init__()
        self.messages = []

    def prepare_message(self, session, envelope):
        return email.message_from_bytes(envelope.content, policy=default)

    def handle_message(self, message):
        self.messages.append(message)


@pytest.fixture
async def mail_server():
    inbox = Inbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(inbox), "127.0.0.1", 0)
    yield inbox, server.sockets[0].getsockname()[1]
    server.close()


async def test_a_mail_server_gets_the_letter_as_written(mail_server):
    inbox, port = mail_server
    await SmtpPost(f"smtp://127.0.0.1:{port}").hand_in(LETTER)
    [message] = inbox.messages
    assert message["To"] == LETTER["To"]
    assert message.get_content().splitlines() == LETTER.get_content().splitlines()


async def test_no_mail_server_is_an_error():
    with pytest.raises(OSError, match=r"(?i)connect"):
        await SmtpPost("smtp://127.0.0.1:1").hand_in(LETTER)


async def test_without_one_letters_lie_readable_in_a_folder(tmp_path):
    post = FolderPost(tmp_path / "mail")
    await post.hand_in(LETTER)
    [file] = (tmp_path / "mail").iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert message.get_content() == LETTER.get_content()
