"""Sending the outbox to a real mail server: each email once, with a link made for it; what fails is tried again."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from server.app import make_mailer
from server.db.tables import outbox as table
from server.errors import NotFound
from server.mail import outbox
from server.mail.mailer import FIRST_WAIT, LEASE, LONGEST_WAIT, TRIES, send_again, send_due_emails
from server.mail.transport import ConnectionLost, SmtpTransport, Unreachable
from server.people.actions.links import find_visitor, open_link
from tests.server.actors import NOW, an_offer
from tests.server.sending import BASE
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
    await an_offer(database, pair)
    smtp_server.replies = {"RCPT": "550 5.1.1 No such person"}
    await send_due_emails(database, mailer)
    smtp_server.replies = {}
    [row] = await outbox_rows(database)
    await send_again(database, row.id, NOW)
    with pytest.raises(NotFound):
        await send_again(database, row.id, NOW)
    await send_due_emails(database, mailer)
    assert len(smtp_server.emails) == 1
    with pytest.raises(NotFound):
        await send_again(database, row.id, NOW)


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


async def test_four_senders_at_once_send_each_email_once(database, pair, smtp_server, clock):
    for _ in range(20):
        await an_offer(database, pair)
    mailers = [make_mailer(SmtpTransport(smtp_server.url), BASE, "f@example.org", clock) for _ in range(4)]
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
            SmtpTransport(smtp_server.url), BASE, "f@example.org", lambda: NOW + timedelta(seconds=loop.time() - began)
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


async def test_an_email_whose_sender_died_is_sent_by_another(database, pair, mailer, smtp_server, clock):
    await an_offer(database, pair)
    smtp_server.slow = 60
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(send_due_emails(database, mailer), 0.5)
    smtp_server.slow = 0
    await send_due_emails(database, mailer)
    assert smtp_server.emails == []
    clock.now += LEASE
    await send_due_emails(database, mailer)
    assert len(smtp_server.emails) == 1


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"kind": "love_letter"}, "no feature writes emails of the kind love_letter"),
        ({"event": "offer:999999:offer_made:1"}, "No row was found when one was required"),
        ({"event": "rain:1:offer_made:1"}, "rain:1:offer_made:1 is about no catch-up"),
    ],
)
async def test_an_email_that_cannot_be_written_stops_no_other(
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
        (False, None, reason),
        (True, None, None),
    ]
    assert await count("links") == before + 1
