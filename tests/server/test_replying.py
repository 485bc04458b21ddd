"""Answers by email, end to end: a real notice from a real SMTP server, a real reply by LMTP, and what becomes of it."""

import asyncio
import smtplib
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from server.app import make_mailer
from server.db.database import Unavailable
from server.db.tables import mentorships, outbox, people
from server.mail.lmtp import MOST_BYTES, MOST_CONNECTIONS, MOST_LINES, READ_AT_MOST, lmtp_served
from server.mail.mailer import send_due_emails
from server.mail.transport import SmtpTransport
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.queries.thread import read_message_file, read_own_thread
from server.mentorships.rules.reply_addresses import PERIOD, ReplyAddresses, ReplyPlace
from server.people.rules.mentorships import MentorshipEvent
from server.replying import ReplyTaker
from tests.cast import free_port
from tests.server.actors import NOW
from tests.server.mentorships.actions.test_messages import send
from tests.server.privacy.actions.test_erasing import erase
from tests.server.sending import BASE, SEALER

OURS = ReplyAddresses(b"k" * 32, "reply@fireside.example")
PDF = b"%PDF-1.7 Okapi"
WORDS = "Ja, Dienstag passt. نعم"


class House:
    """Takes answers at a port, and sends emails to the tests' mail server."""

    def __init__(self, database, mailer, clock, pair, smtp_server, port):
        self.database, self.mailer, self.clock, self.pair = database, mailer, clock, pair
        self.smtp_server, self.port, self.outcomes = smtp_server, port, []

    def address(self, who="mentee", now=None):
        place = ReplyPlace(self.pair.mentorship_id, getattr(self.pair, who).person.id)
        return OURS.make(place, now or self.clock())

    async def hand_in(self, content, to, sender="sam@example.org"):
        """The code and the words of the answer, as the mail server of the host gets them."""

        def deliver():
            with smtplib.LMTP("127.0.0.1", self.port, timeout=60) as client:
                client.ehlo_or_helo_if_needed()
                code, _ = client.mail(sender)
                assert code == 250
                code, said = client.rcpt(to)
                if code == 250:
                    code, said = client.data(content)
                return code, said.decode()

        return await asyncio.to_thread(deliver)

    async def texts(self, by="mentor"):
        visitor = getattr(self.pair, by)
        _, thread = await read_own_thread(self.database, SEALER, visitor, self.pair.mentorship_id, self.clock())
        return [shown.message.body.text for shown in thread.messages]

    async def send_due(self, after=timedelta(0)):
        self.clock.now += after
        await send_due_emails(self.database, self.mailer)


@asynccontextmanager
async def taking(database, clock, note=lambda _: None):
    port = free_port()
    async with lmtp_served(f"127.0.0.1:{port}", "fireside.example", ReplyTaker(database, SEALER, OURS, clock, note)):
        yield port


@pytest.fixture
async def house(database, pair, clock, smtp_server):
    mailer = make_mailer(
        SmtpTransport(smtp_server.url),
        BASE,
        "Fireside <f@example.org>",
        clock,
        sealer=SEALER,
        guest_key=bytes(32),
        replies=OURS,
    )
    async with database.writing() as connection:
        theirs = update(people).where(people.c.id == pair.mentee.person.id)
        await connection.execute(theirs.values(email="Sam@Example.org", email_key="sam@example.org"))
    outcomes = []
    async with taking(database, clock, outcomes.append) as port:
        house = House(database, mailer, clock, pair, smtp_server, port)
        house.outcomes = outcomes
        yield house


def an_email(words=WORDS, sender="Sam <sam@example.org>", number="<1@example.org>", files=(), **headers):
    message = EmailMessage()
    message["To"], message["Subject"] = "reply@fireside.example", "Re: a message"
    if sender:
        message["From"] = sender
    if number:
        message["Message-ID"] = number
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


async def test_an_answer_to_a_notice_stands_in_the_thread_and_the_other_is_told(house):
    await send(house.database, house.pair, "How was it?", by="mentor")
    await house.send_due(timedelta(minutes=3))
    [notice] = house.smtp_server.emails_to("Sam@Example.org")
    text = notice.get_body(("plain",)).get_content()
    assert "You can also answer by replying to this email" in " ".join(text.split())
    [to] = notice["Reply-To"].addresses
    assert (to.display_name, to.addr_spec) == ("Fireside", house.address()), "discreet: no name outside the email"
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    reply = f"{WORDS}\n\nAm 29.11.26 um 17:01 schrieb Fireside <f@example.org>:\n{quoted}\n"
    assert await house.hand_in(an_email(reply), to.addr_spec.upper()) == (250, "2.0.0 Taken")
    assert await house.texts() == ["How was it?", WORDS]
    house.smtp_server.emails.clear()
    await house.send_due(timedelta(minutes=3))
    [told] = house.smtp_server.emails
    assert (told["To"].addresses[0].addr_spec, told["Subject"]) == (
        "maya@example.org",
        "There is a new message for you",
    )
    assert WORDS not in told.as_string()
    assert house.outcomes == ["taken"]


async def test_readers_who_are_not_discreet_see_the_name(house):
    async with house.database.writing() as connection:
        await connection.execute(update(people).values(discreet=False))
    await send(house.database, house.pair, "How was it?", by="mentor")
    await house.send_due(timedelta(minutes=3))
    [notice] = house.smtp_server.emails
    assert notice["Reply-To"].addresses[0].display_name == "Maya via Fireside"


async def test_without_answers_by_email_a_notice_says_nothing_of_them(database, pair, clock, mailer, smtp_server):
    await send(database, pair, "How was it?", by="mentor")
    clock.now += timedelta(minutes=3)
    await send_due_emails(database, mailer)
    [notice] = smtp_server.emails
    assert notice["Reply-To"] is None
    assert "replying" not in notice.as_string()


async def test_the_same_email_makes_one_message_however_often_and_however_many_at_once(house):
    for number in ("<1@example.org>", ""):
        content = an_email(number=number)
        said = await asyncio.gather(*(house.hand_in(content, house.address()) for _ in range(4)))
        assert sorted(said) == [(250, "2.0.0 Taken")] + [(250, "2.0.0 Taken before")] * 3
    assert await house.texts() == [WORDS, WORDS]
    assert (await house.hand_in(an_email(number="<2@example.org>"), house.address()))[1] == "2.0.0 Taken"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (lambda house: ReplyAddresses(b"x" * 32, OURS.address).make(ReplyPlace(1, 1), NOW), 550),
        (lambda house: house.address(now=NOW - 2 * PERIOD), 550),
        (lambda house: OURS.make(ReplyPlace(10**6, house.pair.mentee.person.id), NOW), 550),
        (lambda house: OURS.make(ReplyPlace(house.pair.mentorship_id, house.pair.stranger.person.id), NOW), 550),
        (lambda house: OURS.address, 550),
    ],
    ids=["forged", "expired", "no mentorship", "a stranger's", "none"],
)
async def test_without_a_good_address_nothing_is_taken(house, contents, address, code):
    before = await contents()
    said = await house.hand_in(an_email(), address(house))
    assert said[0] == code
    assert "open your link" in said[1]
    assert await contents() == before


async def test_from_another_address_it_is_refused_kindly_at_the_persons_own(house):
    for number, sender in enumerate(("Sam <other@example.org>", "sam@example.org, eve@example.org", "")):
        content = an_email(sender=sender, number=f"<{number}@x>")
        assert (await house.hand_in(content, house.address(), "other@example.org"))[0] == 250
    assert await house.texts() == []
    await house.send_due()
    told = [each.get_body(("plain",)).get_content() for each in house.smtp_server.emails]
    assert len(told) == 3
    assert all("from another email address than this one" in " ".join(each.split()) for each in told)
    assert all(each["To"].addresses[0].addr_spec == "Sam@Example.org" for each in house.smtp_server.emails)
    assert WORDS not in "".join(told)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=x"},
        {"Precedence": "bulk"},
        {"List_Id": "<a.example.org>"},
        {"X_Autoreply": "yes"},
        {"X_Auto_Response_Suppress": "All"},
        {"sender": "mailer-daemon@example.org"},
    ],
    ids=str,
)
async def test_what_no_person_has_written_is_dropped_in_silence(house, contents, headers):
    before = await contents()
    assert (await house.hand_in(an_email(**headers), house.address()))[0] == 250
    assert await contents() == before
    assert house.outcomes == ["automatic"]


async def test_a_bounce_and_our_own_notice_are_dropped(house, contents):
    await send(house.database, house.pair, "How was it?", by="mentor")
    await house.send_due(timedelta(minutes=3))
    before = await contents()
    await house.hand_in(an_email(), house.address(), sender="")
    await house.hand_in(house.smtp_server.emails[0].as_bytes(), house.address())
    assert await contents() == before


async def test_a_vacation_note_without_its_header_ends_with_the_hour(house):
    """Both programs break the rules: what they send to each other has an end."""
    said = [await house.hand_in(an_email(number=f"<{n}@x>"), house.address()) for n in range(31)]
    assert [code for code, _ in said] == [250] * 30 + [452]
    house.clock.now += timedelta(hours=1)
    assert (await house.hand_in(an_email(number="<30@x>"), house.address()))[1] == "2.0.0 Taken"


async def test_files_go_with_it_as_on_the_page_and_what_may_not_is_said(house):
    files = [("Plan.pdf", PDF), ("run.exe", b"MZ"), ("notes.txt", b"Okapi")]
    await house.hand_in(an_email(files=files), house.address())
    assert await house.texts() == [WORDS, ""]
    _, thread = await read_own_thread(house.database, SEALER, house.pair.mentor, house.pair.mentorship_id, NOW)
    kept = [
        await read_message_file(house.database, SEALER, house.pair.mentor, each.message.id) for each in thread.messages
    ]
    assert kept == [("Plan.pdf", PDF), ("notes.txt", b"Okapi")]
    await house.send_due()
    [told] = house.smtp_server.emails
    assert "Not all files of your email to Maya could be sent." in told.get_body(("plain",)).get_content()
    assert "run.exe" not in told.as_string()
    assert (await house.hand_in(an_email(files=files), house.address()))[1] == "2.0.0 Taken before"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "no words of yours"),
        ("> quoted\n", "no words of yours"),
        (f"{BASE}/l/{'a' * 43}", "no words of yours"),
        ("x" * 5001, "at most 5000 characters"),
    ],
    ids=["empty", "only a quote", "only a link", "too long"],
)
async def test_what_cannot_be_sent_is_said(house, words, why):
    assert (await house.hand_in(an_email(words), house.address()))[0] == 250
    assert (await house.hand_in(an_email(words), house.address()))[1] == "2.0.0 Taken before"
    assert await house.texts() == []
    await house.send_due()
    [told] = house.smtp_server.emails
    assert (told["Subject"], told["Reply-To"]) == ("About your answer by email", None)
    assert why in " ".join(told.get_body(("plain",)).get_content().split())


async def test_a_pause_takes_answers_and_an_end_does_not(house):
    async def change(event):
        await change_own_mentorship(
            house.database, SEALER, house.pair.mentor, house.pair.mentorship_id, event, f"form {event}", "", NOW
        )

    await change(MentorshipEvent.PAUSE)
    assert (await house.hand_in(an_email(), house.address()))[1] == "2.0.0 Taken"
    await change(MentorshipEvent.END)
    await house.hand_in(an_email("Later", number="<2@x>"), house.address())
    assert await house.texts() == [WORDS]
    await house.send_due()
    said = [mail.get_body(("plain",)).get_content() for mail in house.smtp_server.emails]
    assert sum("This mentorship has ended, so no new messages" in " ".join(each.split()) for each in said) == 1
    assert sum(mail["Reply-To"] is not None for mail in house.smtp_server.emails) == 1, "the pause can be answered"


async def test_of_somebody_erased_nothing_is_taken(house):
    await erase(house.database, house.pair.mentee.person, NOW)
    assert (await house.hand_in(an_email(), house.address()))[0] == 550


async def test_no_personal_link_gets_to_the_other(house):
    secret = "A-b_" + "c" * 39
    wrapped = f"https://safe.example/?url=https%3A%2F%2Ffireside.example%2Fl%2F{secret}&x=1"
    await house.hand_in(an_email(f"See {BASE}/l/{secret} and {wrapped} and {BASE}/home"), house.address())
    assert await house.texts() == [f"See … and … and {BASE}/home"]


async def test_what_is_told_of_answers_has_a_limit(house):
    for number in range(8):
        await house.hand_in(an_email("", number=f"<{number}@x>"), house.address())
    async with house.database.reading() as connection:
        kinds = (await connection.execute(select(outbox.c.kind))).scalars().all()
    assert kinds == ["reply_not_taken"] * 5


async def test_too_large_is_refused_and_the_next_is_taken(house):
    large = b"From: sam@example.org\r\n\r\n" + b"x" * 900 + (b"\r\n" + b"x" * 900) * (MOST_BYTES // 900)
    assert (await house.hand_in(large, house.address()))[0] == 552
    assert (await house.hand_in(an_email(), house.address()))[0] == 250


@pytest.mark.parametrize("content", [b"\r\n" * (MOST_LINES + 2), b"a" * (READ_AT_MOST + 1)], ids=["lines", "no end"])
async def test_what_would_fill_the_memory_ends_the_connection_and_the_next_is_taken(house, content):
    with suppress(smtplib.SMTPServerDisconnected, ConnectionError):
        code, _ = await house.hand_in(content, house.address())
        assert code == 552
    assert await house.texts() == []
    assert await house.hand_in(an_email(), house.address()) == (250, "2.0.0 Taken")


async def test_a_long_line_is_read(house):
    content = b"From: sam@example.org\r\nMessage-ID: <1@x>\r\n\r\n" + b"word " * 900 + b"\r\n"
    assert (await house.hand_in(content, house.address()))[1] == "2.0.0 Taken"


async def test_while_the_database_is_away_the_mail_server_keeps_it(house, monkeypatch):
    def away():
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(house.database, "writing", away)
        assert (await house.hand_in(an_email(), house.address()))[0] == 451
    assert (await house.hand_in(an_email(), house.address()))[1] == "2.0.0 Taken"
    assert house.outcomes == ["later", "taken"]


async def test_a_fault_of_ours_keeps_it_at_the_mail_server_and_no_word_in_the_log(house, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr("server.replying.read_email", lambda content: int(WORDS))
        assert (await house.hand_in(an_email(), house.address()))[0] == 451
    assert "could not be stored" in caplog.text
    assert "Dienstag" not in caplog.text
    assert "sam@" not in caplog.text


async def test_a_second_recipient_comes_in_an_email_of_its_own(house):
    def deliver():
        with smtplib.LMTP("127.0.0.1", house.port, timeout=60) as client:
            both = [house.address(), house.address("mentor")]
            return client.sendmail("sam@example.org", both, an_email())

    refused = await asyncio.to_thread(deliver)
    assert [code for code, _ in refused.values()] == [452]
    assert await house.texts() == [WORDS]


async def test_more_connections_than_it_takes_are_asked_to_come_later(house):
    opened = [await asyncio.open_connection("127.0.0.1", house.port) for _ in range(MOST_CONNECTIONS)]
    for reader, _ in opened:
        assert (await reader.readline()).startswith(b"220 ")
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    assert (await reader.readline()).startswith(b"421 ")
    for each in (writer, *(writer for _, writer in opened)):
        each.close()


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_bytes_come_they_are_answered_and_without_an_address_nothing_is_taken(house, content):
    code, _ = await house.hand_in(content, house.address())
    assert code in (250, 452, 550)
    assert (await house.hand_in(content, "reply+" + "a" * 36 + "@fireside.example"))[0] == 550
    assert await house.texts() == []


async def test_after_a_merge_the_address_leads_to_the_one_they_are_now(house):
    """Sam's entry became a part of another one of his, with another address: both are his."""
    address, kept = house.address(), house.pair.stranger.person.id
    async with house.database.writing() as connection:
        gone = people.c.id == house.pair.mentee.person.id
        await connection.execute(update(people).where(gone).values(merged_into=kept))
        theirs = mentorships.c.id == house.pair.mentorship_id
        await connection.execute(update(mentorships).where(theirs).values(mentee_id=kept))
    assert (await house.hand_in(an_email(), address))[1] == "2.0.0 Taken"
    _, thread = await read_own_thread(house.database, SEALER, house.pair.mentor, house.pair.mentorship_id, NOW)
    assert [each.message.author_id for each in thread.messages] == [kept]
