"""Sending the outbox to a real mail server: each email once, with a link made for it; what fails is tried again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from server.admin.actions.emails import send_again
from server.app import make_mailer
from server.db.database import Unavailable
from server.db.tables import outbox as table
from server.errors import NotFound
from server.mail import outbox
from server.mail.mailer import (
    FIRST_WAIT,
    LEASE,
    LONGEST_WAIT,
    REFUSED_WAIT,
    TRIES,
    send_due_emails,
)
from server.mail.transport import ConnectionLost, Refused, SmtpTransport, Unreachable
from server.people.actions.links import find_visitor, open_link
from server.people.actions.people import NewPerson, find_or_add_person
from tests.cast import until
from tests.server.actors import NOW, an_offer, visitor_with_account
from tests.server.sending import BASE, SEALER
from tests.smtp_server import link_in

SAM = "sam@example.org"
MINUTE = timedelta(minutes=1)


async def outbox_rows(database):
    async with database.reading() as connection:
        return (await connection.execute(select(table).order_by(table.c.id))).all()


async def test_an_email_is_sent_once_and_its_link_opens_the_catch_up(database, pair, mailer, smtp_server):
    offer = await an_offer(database, pair)
    await send_due_emails(database, mailer)
    await send_due_emails(database, mailer)
    [email] = smtp_server.emails_to(SAM)
    opened = await open_link(database, link_in(email).rpartition("/")[2], None, NOW)
    assert opened.path == f"/catchups/{offer.catchup_id}"
    visitor = await find_visitor(database, opened.token, NOW)
    assert (visitor.person, visitor.catchups) == (pair.mentee.person, {offer.catchup_id})


async def test_an_email_about_no_catch_up_opens_home(database, pair, mailer, smtp_server):
    async with database.writing() as connection:
        await outbox.enqueue(
            connection,
            recipient_id=pair.mentee.person.id,
            event="fresh_link:1",
            kind="fresh_link",
            path="/home",
            now=NOW,
        )
    await send_due_emails(database, mailer)
    [email] = smtp_server.emails_to(SAM)
    opened = await open_link(database, link_in(email).rpartition("/")[2], None, NOW)
    assert opened.path == "/home"
    assert (await find_visitor(database, opened.token, NOW)).home


async def test_many_emails_share_one_connection(database, pair, mailer, smtp_server):
    for _ in range(5):
        await an_offer(database, pair)
    await send_due_emails(database, mailer)
    assert (len(smtp_server.emails), smtp_server.connections) == (5, 1)


async def test_without_an_email_there_is_no_connection(database, pair, mailer, smtp_server):
    await send_due_emails(database, mailer)
    assert smtp_server.connections == 0


async def test_an_email_that_is_deferred_waits_and_is_sent_later(database, pair, mailer, smtp_server, clock):
    await an_offer(database, pair)
    smtp_server.replies = {"DATA": "451 4.3.0 Come back later"}
    await send_due_emails(database, mailer)
    [row] = await outbox_rows(database)
    assert (row.attempts, row.sent_at, row.failed_at) == (1, None, None)
    assert row.last_error == "451 4.3.0 Come back later"
    smtp_server.replies = {}
    clock.now = NOW + FIRST_WAIT - timedelta(seconds=1)
    await send_due_emails(database, mailer)
    assert smtp_server.emails == []
    clock.now = NOW + FIRST_WAIT
    await send_due_emails(database, mailer)
    assert len(smtp_server.emails) == 1
    [row] = await outbox_rows(database)
    assert (row.attempts, row.sent_at, row.last_error) == (2, clock.now, None)


async def test_the_waits_grow_up_to_a_quarter_of_an_hour(database, pair, mailer, smtp_server, clock):
    await an_offer(database, pair)
    smtp_server.replies = {"RCPT": "450 4.2.1 Come back later"}
    tried = [clock.now]
    for _ in range(6):
        await send_due_emails(database, mailer)
        [row] = await outbox_rows(database)
        clock.now = row.due_at
        tried.append(clock.now)
    assert [later - earlier for earlier, later in pairwise(tried)] == [
        *(minutes * MINUTE for minutes in (1, 2, 4, 8, 15, 15))
    ]
    assert LONGEST_WAIT == 15 * MINUTE


async def test_what_is_refused_is_given_up_at_once_with_the_reply(database, pair, mailer, smtp_server, clock):
    await an_offer(database, pair)
    await an_offer(database, pair)
    smtp_server.replies = {"RCPT": "550 5.1.1 No such person"}
    await send_due_emails(database, mailer)
    assert [(row.failed_at, row.last_error) for row in await outbox_rows(database)] == [
        *2 * [(NOW, "550 5.1.1 No such person")]
    ]
    smtp_server.replies = {}
    clock.now = NOW + timedelta(days=1)
    await send_due_emails(database, mailer)
    assert smtp_server.emails == []


async def test_what_was_given_up_is_tried_again_when_the_admin_says_so(database, pair, mailer, smtp_server):
    ada = await visitor_with_account(database)
    await an_offer(database, pair)
    smtp_server.replies = {"RCPT": "550 5.1.1 No such person"}
    await send_due_emails(database, mailer)
    smtp_server.replies = {}
    [row] = await outbox_rows(database)
    await send_again(database, ada, row.id, NOW)
    with pytest.raises(NotFound):
        await send_again(database, ada, row.id, NOW)
    await send_due_emails(database, mailer)
    assert len(smtp_server.emails) == 1
    with pytest.raises(NotFound):
        await send_again(database, ada, row.id, NOW)


async def test_in_the_end_an_email_that_is_always_deferred_is_given_up_and_kept(database, pair, mailer, smtp_server):
    await an_offer(database, pair)
    async with database.writing() as connection:
        await connection.execute(update(table).values(attempts=TRIES - 1))
    smtp_server.replies = {"DATA": "451 4.3.0 Come back later"}
    await send_due_emails(database, mailer)
    [row] = await outbox_rows(database)
    assert (row.failed_at, row.last_error) == (NOW, "451 4.3.0 Come back later")


async def test_without_a_mail_server_no_email_is_touched(database, pair, mailer, smtp_server):
    await an_offer(database, pair)
    before = await outbox_rows(database)
    smtp_server.close()
    with pytest.raises(Unreachable):
        await send_due_emails(database, mailer)
    assert await outbox_rows(database) == before
    await smtp_server.open()
    await send_due_emails(database, mailer)
    assert len(smtp_server.emails) == 1


async def test_only_links_that_may_have_reached_somebody_are_kept(database, pair, mailer, smtp_server, clock, count):
    await an_offer(database, pair)
    before = await count("links")
    smtp_server.replies = {"RCPT": "450 4.2.1 Come back later"}
    await send_due_emails(database, mailer)
    assert await count("links") == before
    smtp_server.replies, smtp_server.drops_connection = {}, True
    clock.now += FIRST_WAIT
    with pytest.raises(ConnectionLost):
        await send_due_emails(database, mailer)
    assert await count("links") == before + 1


async def test_an_email_whose_connection_was_lost_is_the_same_when_it_comes_again(
    database, pair, mailer, smtp_server, clock
):
    await an_offer(database, pair)
    smtp_server.drops_connection = True
    with pytest.raises(ConnectionLost):
        await send_due_emails(database, mailer)
    smtp_server.drops_connection = False
    clock.now += FIRST_WAIT
    await send_due_emails(database, mailer)
    assert list(smtp_server.deliveries().values()) == [2]
    assert len({link_in(email) for email in smtp_server.emails}) == 2


async def test_four_senders_at_once_send_each_email_once(database, pair, smtp_server, clock, no_limits):
    for _ in range(20):
        await an_offer(database, pair)
    mailers = [
        make_mailer(SmtpTransport(smtp_server.url), BASE, "f@example.org", clock, sealer=SEALER, guest_key=bytes(32))
        for _ in range(4)
    ]
    await asyncio.gather(*(send_due_emails(database, mailer) for mailer in mailers))
    assert sorted(smtp_server.deliveries().values()) == [1] * 20
    assert smtp_server.connections == 4
    assert all(row.sent_at and row.attempts == 1 for row in await outbox_rows(database))


async def test_an_email_that_is_being_sent_is_claimed_by_nobody_else(
    database, pair, mailer, smtp_server, clock, monkeypatch
):
    """Slower than the lease: the sender renews it."""
    monkeypatch.setattr("server.mail.mailer.LEASE", timedelta(seconds=0.4))
    await an_offer(database, pair)
    loop = asyncio.get_running_loop()
    began = loop.time()
    ticking = [
        make_mailer(
            SmtpTransport(smtp_server.url),
            BASE,
            "f@example.org",
            lambda: NOW + timedelta(seconds=loop.time() - began),
            sealer=SEALER,
            guest_key=bytes(32),
        )
        for _ in range(2)
    ]
    smtp_server.slow = 0.6

    async def second():
        while not smtp_server.emails:
            await send_due_emails(database, ticking[1])
            await asyncio.sleep(0.05)

    await asyncio.gather(send_due_emails(database, ticking[0]), second())
    assert list(smtp_server.deliveries().values()) == [1]
    assert loop.time() - began > 1.2


async def test_an_email_whose_sender_died_is_sent_by_another(database, pair, mailer, smtp_server, clock, monkeypatch):
    await an_offer(database, pair)
    smtp_server.slow = 60
    monkeypatch.setattr("server.mail.mailer.FINISH_WITHIN_S", 0)
    dies = asyncio.create_task(send_due_emails(database, mailer))
    await until(lambda: smtp_server.begun)
    dies.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dies
    smtp_server.slow = 0
    await send_due_emails(database, mailer)
    assert smtp_server.emails == []
    clock.now += LEASE
    await send_due_emails(database, mailer)
    assert len(smtp_server.emails) == 1


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"kind": "love_letter"}, "No feature writes emails of the kind love_letter"),
        ({"event": "offer:999999:offer_made:1"}, "It could not be written: NoResultFound"),
        ({"event": "rain:1:offer_made:1"}, "It could not be written: ValueError"),
        ({"invitation": "{"}, "It could not be written: JSONDecodeError"),
        ({"invitation": "{}"}, "It could not be written: KeyError"),
    ],
)
async def test_an_email_that_cannot_be_written_is_set_aside_and_stops_no_other(
    database, pair, mailer, smtp_server, count, broken, reason
):
    await an_offer(database, pair)
    await an_offer(database, pair)
    async with database.writing() as connection:
        first = (await connection.execute(select(table.c.id).order_by(table.c.id).limit(1))).scalar_one()
        await connection.execute(update(table).where(table.c.id == first).values(broken))
    before = await count("links")
    await send_due_emails(database, mailer)
    assert len(smtp_server.emails) == 1
    rows = await outbox_rows(database)
    assert [(row.sent_at is not None, row.failed_at, row.last_error) for row in rows] == [
        (False, NOW, reason),
        (True, None, None),
    ]
    assert await count("links") == before + 1


async def add_people(database, number):
    """Adds people to whom an email with a fresh link waits; returns their addresses."""
    addresses = [f"person{each}@example.org" for each in range(number)]
    async with database.writing() as connection:
        for address in addresses:
            person = await find_or_add_person(connection, NewPerson("Noor", address, "UTC"), NOW)
            await outbox.enqueue(
                connection, recipient_id=person.id, event="fresh_link:1", kind="fresh_link", path="/home", now=NOW
            )
    return addresses


async def test_a_link_that_cannot_be_made_sets_the_email_aside(database, pair, mailer, smtp_server):
    addresses = await add_people(database, 3)
    make, made = mailer.links.make, []

    class FailingLinks:
        async def make(self, connection, entry, now):
            made.append(entry.id)
            if len(made) == 1:
                raise RecursionError
            return await make(connection, entry, now)

    await send_due_emails(database, replace(mailer, links=FailingLinks()))
    assert [row.last_error for row in await outbox_rows(database)] == [
        "It could not be written: RecursionError", None, None
    ]  # fmt: skip
    assert [len(smtp_server.emails_to(address)) for address in addresses] == [0, 1, 1]
    assert len(made) == 3


async def test_a_database_that_is_away_is_no_fault_of_the_email(database, pair, mailer, smtp_server):
    await an_offer(database, pair)
    before = await outbox_rows(database)

    async def away(*_):
        raise Unavailable

    broken = replace(mailer, compose=dict.fromkeys(mailer.compose, away))
    with pytest.raises(Unavailable):
        await send_due_emails(database, broken)
    assert await outbox_rows(database) == before
    await send_due_emails(database, mailer)
    assert len(smtp_server.emails) == 1


async def test_an_email_that_was_accepted_is_sent_whatever_happens_to_the_lease(
    database, pair, mailer, smtp_server, count, monkeypatch
):
    monkeypatch.setattr("server.mail.mailer.LEASE", timedelta(seconds=0.2))
    renewals = []

    async def fail(*_):
        renewals.append(1)
        raise Unavailable("the database is away")

    monkeypatch.setattr("server.mail.outbox.renew", fail)
    await an_offer(database, pair)
    before = await count("links")
    smtp_server.slow = 0.3
    await send_due_emails(database, mailer)
    [row] = await outbox_rows(database)
    assert (row.sent_at, row.failed_at, row.last_error) == (NOW, None, None)
    assert len(renewals) > 1
    assert await count("links") == before + 1
    assert list(smtp_server.deliveries().values()) == [1]


async def test_an_email_that_was_accepted_while_the_database_went_away_is_noted_when_it_is_back(
    database, pair, mailer, smtp_server, clock, monkeypatch
):
    """The lease runs out meanwhile; this sender claims nothing before it has noted what it sent."""
    monkeypatch.setattr("server.mail.mailer.NOTE_AGAIN_S", 0)
    note_sent, tries = outbox.note_sent, []

    async def fail(*arguments):
        tries.append(1)
        clock.now += LEASE
        if len(tries) < 4:
            raise Unavailable("the database is away")
        await note_sent(*arguments)

    monkeypatch.setattr("server.mail.outbox.note_sent", fail)
    await an_offer(database, pair)
    await send_due_emails(database, mailer)
    await send_due_emails(database, mailer)
    [row] = await outbox_rows(database)
    assert (row.sent_at, row.failed_at, len(tries)) == (NOW, None, 4)
    assert list(smtp_server.deliveries().values()) == [1]


async def test_a_server_that_stops_lets_the_email_in_flight_arrive_and_notes_it(
    database, pair, mailer, smtp_server, clock
):
    await an_offer(database, pair)
    await an_offer(database, pair)
    sending = asyncio.create_task(send_due_emails(database, mailer))
    smtp_server.on_email = sending.cancel
    smtp_server.slow = 0.2
    with pytest.raises(asyncio.CancelledError):
        await sending
    smtp_server.on_email, smtp_server.slow = None, 0
    assert [bool(row.sent_at) for row in await outbox_rows(database)] == [True, False]
    clock.now += LEASE
    await send_due_emails(database, mailer)
    assert list(smtp_server.deliveries().values()) == [1, 1]


@pytest.mark.parametrize("command", ["CONNECT", "MAIL"])
async def test_a_server_that_refuses_the_sender_burns_no_email(database, pair, mailer, smtp_server, count, command):
    await add_people(database, 5)
    before, links = await outbox_rows(database), await count("links")
    smtp_server.replies = {command: "550 5.7.1 Your host is not welcome"}
    for _ in range(3):
        with pytest.raises(Refused, match="Your host is not welcome"):
            await send_due_emails(database, mailer)
    assert await outbox_rows(database) == before
    assert await count("links") == links
    smtp_server.replies = {}
    await send_due_emails(database, mailer)
    assert sorted(smtp_server.deliveries().values()) == [1] * 5


@pytest.mark.parametrize("reply", ["504 5.5.2 <host>: Helo command rejected", "554 5.7.1 Relay access denied"])
async def test_a_rule_that_refuses_everybody_is_about_the_sender_and_gives_up_no_email(
    database, pair, mailer, smtp_server, clock, reply
):
    await add_people(database, 10)
    smtp_server.replies = {"RCPT": reply}
    for _ in range(5):
        with pytest.raises(Refused, match=reply[:9]):
            await send_due_emails(database, mailer)
        clock.now += REFUSED_WAIT
    rows = await outbox_rows(database)
    assert [(row.failed_at, row.attempts) for row in rows] == [(None, 0)] * 10
    smtp_server.replies = {}
    await send_due_emails(database, mailer)
    assert sorted(smtp_server.deliveries().values()) == [1] * 10


@pytest.mark.parametrize("position", [0, 2, 4])
async def test_a_rule_that_refuses_one_of_several_is_about_that_one(database, pair, mailer, smtp_server, position):
    addresses = await add_people(database, 5)
    reply = "550 5.7.1 This person takes no such emails"
    smtp_server.replies = {f"RCPT {addresses[position]}": reply}
    await send_due_emails(database, mailer)
    assert [(row.failed_at, row.last_error) for row in await outbox_rows(database)] == [
        (NOW, reply) if number == position else (None, None) for number in range(5)
    ]
    assert sorted(smtp_server.deliveries().values()) == [1] * 4


async def test_people_whom_a_rule_refuses_hold_up_others_once_at_most(database, pair, mailer, smtp_server, clock):
    """Three of eight are refused, and come first: the others wait until the next try."""
    addresses = await add_people(database, 8)
    smtp_server.replies = {f"RCPT {address}": "550 5.7.1 Not for me" for address in addresses[:3]}
    with pytest.raises(Refused):
        await send_due_emails(database, mailer)
    assert smtp_server.emails == []
    clock.now += REFUSED_WAIT
    await send_due_emails(database, mailer)
    assert [len(smtp_server.emails_to(address)) for address in addresses] == [0] * 3 + [1] * 5
    assert [bool(row.failed_at) for row in await outbox_rows(database)] == [True] * 3 + [False] * 5
