"""Handing letters in: to a real SMTP server, well or ill, and to a folder."""

import asyncio
import email
from email.policy import default

import pytest

from server.catchups.emails import write_letter
from server.mail.transport import BrokenOff, Deferred, FolderPost, NotTaken, Refused, SmtpPost, Unreachable
from tests.post_office import link_in
from tests.server.catchups.matters import INVITATION, NOW, a_letter

SECRET = "s" * 43
LETTER = write_letter(
    a_letter("offer_accepted", link=f"https://fireside.example/l/{SECRET}", invitation=INVITATION),
    "https://fireside.example",
    "Fireside <f@example.org>",
    NOW,
)
AS_SENT = email.message_from_bytes(bytes(LETTER), policy=default)


@pytest.fixture
async def post(post_office):
    post = SmtpPost(post_office.url)
    yield post
    await post.rest()


def parts(message):
    return [(part.get_content_type(), part.get_payload(decode=True)) for part in message.walk()]


async def test_a_mail_server_gets_the_letter_as_written(post_office, post):
    await post.hand_in(LETTER)
    [message] = post_office.letters
    assert parts(message) == parts(AS_SENT)
    assert {name: message[name] for name in ("To", "From", "Subject", "Message-ID")} == {
        name: LETTER[name] for name in ("To", "From", "Subject", "Message-ID")
    }
    assert link_in(message).endswith(SECRET)


async def test_letters_share_a_line_until_there_is_none_for_a_while(post_office, post):
    for _ in range(3):
        await post.hand_in(LETTER)
    assert (len(post_office.letters), post_office.lines) == (3, 1)
    await post.rest()
    await post.rest()
    await post.hand_in(LETTER)
    assert (len(post_office.letters), post_office.lines) == (4, 2)


@pytest.mark.parametrize(
    ("command", "reply", "verdict"),
    [
        ("RCPT", "550 5.1.1 No such person", Refused),
        ("DATA", "554 5.7.1 Not wanted", Refused),
        ("RCPT", "450 4.2.1 Come back later", Deferred),
        ("DATA", "451 4.3.0 Come back later", Deferred),
        ("RCPT", "421 4.3.2 Going down", Unreachable),
    ],
)
async def test_what_the_server_says_is_understood_and_the_next_letter_goes(post_office, post, command, reply, verdict):
    post_office.replies = {command: reply}
    with pytest.raises(NotTaken, match=reply[:3]) as caught:
        await post.hand_in(LETTER)
    assert (type(caught.value), str(caught.value)) == (verdict, reply)
    post_office.replies = {}
    await post.hand_in(LETTER)
    assert len(post_office.letters) == 1


async def test_a_line_that_breaks_after_the_letter_leaves_it_unknown(post_office, post):
    post_office.hangs_up = True
    with pytest.raises(BrokenOff):
        await post.hand_in(LETTER)
    post_office.hangs_up = False
    await post.hand_in(LETTER)
    assert list(post_office.deliveries().values()) == [2]


async def test_no_mail_server_is_unreachable():
    with pytest.raises(Unreachable, match=r"(?i)connect"):
        await SmtpPost("smtp://127.0.0.1:1").ready()


async def test_a_server_that_asks_for_another_password_refuses_no_letter(post_office):
    post = SmtpPost(f"smtp://sam:secret@127.0.0.1:{post_office.port}")
    with pytest.raises(Unreachable):
        await post.hand_in(LETTER)


async def test_an_address_that_is_none_is_refused(post_office, post):
    message = email.message_from_bytes(bytes(LETTER), policy=default)
    message.replace_header("To", "søren@example.org")
    with pytest.raises(Refused):
        await post.hand_in(message)


async def test_who_stops_waiting_hangs_up(post_office, post):
    post_office.slow = 60
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(post.hand_in(LETTER), 0.2)
    post_office.slow = 0
    await post.hand_in(LETTER)
    assert len(post_office.letters) == 1


async def test_without_one_letters_lie_readable_in_a_folder(tmp_path):
    post = FolderPost(tmp_path / "mail")
    await post.ready()
    for _ in range(2):
        await post.hand_in(LETTER)
    await post.rest()
    [file] = (tmp_path / "mail").iterdir()
    assert parts(email.message_from_bytes(file.read_bytes(), policy=default)) == parts(AS_SENT)


async def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(Unreachable):
        await FolderPost(tmp_path / "mail").hand_in(LETTER)
