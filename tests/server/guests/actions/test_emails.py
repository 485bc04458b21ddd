"""Emails to a guest, whom those who run the scheme do not know."""

import pytest
from sqlalchemy import select

from server.db.tables import outbox
from server.mail.mailer import send_due_emails
from tests.server.actors import a_booking
from tests.server.guests.seating import seated
from tests.server.sending import clock, mailer

__all__ = ["clock", "mailer"]


@pytest.mark.parametrize("reply", ["550 5.1.1 <cleo@example.org>: unknown", "450 4.2.1 cleo@example.org is busy"])
async def test_why_it_was_not_delivered_is_kept_without_the_address(database, pair, mailer, smtp_server, reply):
    await seated(database, pair, await a_booking(database, pair))
    smtp_server.replies = {"RCPT": reply}
    await send_due_emails(database, mailer)
    async with database.reading() as connection:
        kept = (await connection.execute(select(outbox.c.kind, outbox.c.last_error))).all()
    reasons = {kind: reason for kind, reason in kept if kind in ("guest_invited", "guest_asked")}
    assert "cleo" in reasons["guest_asked"]
    assert reasons["guest_invited"] == reply.replace("cleo@example.org", "…")
