"""The admin's emails: what waits or was not delivered, and what can be done. Never a link or a word of theirs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from server.calls.actions.entering import put_news_aside, record_news
from server.db.tables import outbox as table
from server.db.tables import set_aside
from server.mail import outbox
from server.mail.outages import end_outage, note_outage, read_outage
from signaling.news import Joined
from tests.cast import until

REPLY = "550 5.1.1 <sam@example.org>: No such <b>person</b>"


@pytest.fixture
async def undelivered(site, pair):
    """An email that was given up, and one that is tried again; the running jobs send neither during the test."""
    now, found = datetime.now(UTC), []
    async with site.database.writing() as connection:
        for number, failed_at in enumerate((now, None)):
            await outbox.enqueue(
                connection,
                recipient_id=pair.sam.id,
                event=f"test:{number}",
                kind=("fresh_link", "reminder_day")[number],
                path="/home",
                now=now,
                due_at=now + timedelta(days=1),
            )
            chosen = table.c.recipient_id == pair.sam.id, table.c.event == f"test:{number}"
            values = {"last_error": REPLY, "failed_at": failed_at, "attempts": 1 + number}
            await connection.execute(update(table).where(*chosen).values(values))
            found.append((await connection.execute(select(table.c.id).where(*chosen))).scalar_one())
    yield found
    async with site.database.writing() as connection:
        await connection.execute(update(table).where(table.c.id.in_(found)).values(dropped_at=now))


async def test_it_shows_what_was_not_delivered_and_why(admin, pair, undelivered):
    failed, delayed = undelivered
    await admin.get("/emails")
    assert admin.status == 200
    assert "Your new link" in admin.text
    assert "Catch-up: a reminder" in admin.text
    assert admin.text.count("550 5.1.1 &lt;sam@example.org&gt;: No such &lt;b&gt;person&lt;/b&gt;") == 2
    assert f'action="/emails/{failed}/sending"' in admin.text
    assert f'action="/emails/{delayed}/sending"' not in admin.text
    assert "Tried 2 times so far" in admin.text
    assert admin.text.count("There is no mailbox with this address. It is probably mistyped.") == 2
    assert admin.text.count(f'href="/admin/people/{pair.sam.id}"') == 2
    assert "/l/" not in admin.text
    assert "I moved house." not in admin.text


async def test_an_email_is_tried_again(admin, site, undelivered):
    failed, _ = undelivered
    await admin.get("/emails")
    await admin.post(f"/emails/{failed}/sending")
    assert (admin.status, admin.path) == (200, "/emails")
    async with site.database.reading() as connection:
        row = (await connection.execute(select(table).where(table.c.id == failed))).one()
    assert row.failed_at is None
    assert row.due_at <= datetime.now(UTC)


async def test_an_email_is_stopped_whether_it_waits_or_was_given_up(admin, mentor, pair, site, undelivered):
    now = datetime.now(UTC)
    async with site.database.writing() as connection:
        await outbox.enqueue(
            connection, recipient_id=pair.sam.id, event="test:waits", kind="reminder_day", path="/home", now=now,
            due_at=now + timedelta(minutes=30),
        )  # fmt: skip
        waits = (await connection.execute(select(table.c.id).where(table.c.event == "test:waits"))).scalars().all()[-1]
    await mentor.get("/home")
    for number in (*undelivered, waits):
        await admin.get("/emails")
        assert f'action="/emails/{number}/stopping"' in admin.text
        assert (await mentor.post(f"/emails/{number}/stopping")).status == 404
        await admin.post(f"/emails/{number}/stopping")
        assert (admin.status, "The email is not sent." in admin.text) == (200, True)
        assert f'action="/emails/{number}/stopping"' not in admin.text
        assert (await admin.post(f"/emails/{number}/stopping")).status == 404
    async with site.database.reading() as connection:
        rows = await connection.execute(select(table).where(table.c.id.in_([*undelivered, waits])))
        assert all(row.dropped_at and not row.sent_at for row in rows)


async def test_a_test_email_goes_to_the_one_who_asks_and_has_no_link(admin, mentor, site):
    await admin.get("/emails")
    assert "admin@example.org" in admin.text
    await admin.post("/emails/test")
    assert (admin.status, "A test email is on its way to you." in admin.text) == (200, True)

    async def is_sent():
        async with site.database.reading() as connection:
            found = await connection.execute(select(table).where(table.c.kind == "test_email"))
            return all(row.sent_at for row in found)

    await until(is_sent, what="the test email")
    await mentor.get("/home")
    assert (await mentor.post("/emails/test")).status == 404


async def test_without_a_mail_server_the_admin_is_told_where_emails_are(admin):
    for path in ("/emails", "/history"):
        await admin.get(path)
        assert "No mail server is set" in admin.text
        assert "/mail</code>" in admin.text


async def test_the_history_counts_them(admin, undelivered):
    await admin.get("/history")
    assert "1 not delivered" in admin.text


async def test_the_mentor_finds_nothing(mentor, undelivered):
    await mentor.get("/emails")
    assert mentor.status == 404
    await mentor.get("/home")
    await mentor.post(f"/emails/{undelivered[0]}/sending")
    assert mentor.status == 404


async def test_only_what_was_given_up_is_tried_again(admin, undelivered):
    _, delayed = undelivered
    await admin.get("/emails")
    for number in (delayed, 999_999_999):
        await admin.post(f"/emails/{number}/sending")
        assert admin.status == 404


async def test_an_email_about_a_guest_is_shown_by_its_subject(admin, site, undelivered):
    async with site.database.writing() as connection:
        await connection.execute(update(table).where(table.c.id == undelivered[0]).values(kind="guest_invited"))
    await admin.get("/emails")
    assert "<h3>You are invited to a catch-up</h3>" in admin.text


async def test_an_email_of_an_unknown_kind_is_shown_by_its_name(admin, site, undelivered):
    async with site.database.writing() as connection:
        await connection.execute(update(table).where(table.c.id == undelivered[0]).values(kind="love_letter"))
    await admin.get("/emails")
    assert admin.status == 200
    assert "<h3>love_letter</h3>" in admin.text


async def test_a_mail_server_that_refuses_us_is_shown_and_can_be_tried_at_once(admin, mentor, site):
    now = datetime.now(UTC)
    async with site.database.writing() as connection:
        await note_outage(connection, "535 5.7.8 <b>Wrong</b> password", now, now + timedelta(days=1), refused=True)
    await admin.get("/history")
    assert "the mail server takes no emails" in admin.text
    await admin.get("/emails")
    assert "The mail server refuses this server as a sender." in admin.text
    assert "535 5.7.8 &lt;b&gt;Wrong&lt;/b&gt; password" in admin.text
    await mentor.get("/home")
    assert (await mentor.post("/emails/sending")).status == 404
    await admin.post("/emails/sending")
    assert (admin.status, admin.path) == (200, "/emails")
    async with site.database.writing() as connection:
        outage = await read_outage(connection)
        await end_outage(connection)
    assert outage is None or outage.next_try_at <= datetime.now(UTC)


async def test_news_of_a_call_that_was_set_aside_is_shown_without_names_and_can_be_removed(admin, mentor, site, pair):
    """What the hub would deliver: the person is gone, so the attendance cannot be stored."""
    async with site.database.writing() as connection:
        # What other tests had set aside.
        await connection.execute(delete(set_aside))
    booking = await pair.booking()
    news = Joined("stay-of-nobody", str(booking.id), "999999999", datetime.now(UTC).timestamp())
    with pytest.raises(IntegrityError) as broken:
        await record_news(site.database, news)
    await put_news_aside(site.database, news, broken.value, datetime.now(UTC))
    await admin.get("/history")
    assert "1 set aside" in admin.text
    await admin.get("/emails")
    assert f"News of a call that could not be stored ({booking.id})" in admin.text
    assert "Failed 1 time, on" in admin.text
    assert "IntegrityError" in admin.text
    # The rest of the page says to whom emails are to go.
    aside = admin.text.partition('id="aside"')[2]
    assert not any(text in aside for text in ("999999999", "stay-of-nobody", pair.sam_email, "Sam"))
    [row] = re.findall(r'action="(/set-aside/\d+/removal)"', admin.text)
    await mentor.get("/home")
    assert (await mentor.post(row)).status == 404
    await admin.post(row)
    assert (admin.status, admin.path) == (200, "/emails")
    assert "could not be stored" not in admin.text
    assert (await admin.post(row)).status == 404
