"""The whole way of a catch-up in both calendars, by the mails that a real server was handed: always ONE event."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from server.app import make_mailer
from server.catchups.actions.answers import accept_offer, decline_offer, suggest_other, undo_answer
from server.catchups.actions.bookings import ask_to_move, withdraw
from server.catchups.actions.offers import reword_offer, withdraw_offer
from server.catchups.rules.collapsing import HOLD
from server.catchups.rules.join_window import JoinWindow
from server.mail.mailer import send_due_emails
from server.mail.transport import SmtpTransport
from tests.calendar_reader import CalendarReader
from tests.server.actors import (
    DECLINED,
    DRAFT,
    NOW,
    OFFERED,
    SECOND,
    SUGGESTED,
    UNDID,
    WITHDREW,
    accepting,
    an_offer,
)
from tests.server.sending import SEALER

DAY = timedelta(days=1)
WINDOW = JoinWindow(timedelta(minutes=15), timedelta(minutes=60))
SHORT = replace(DRAFT, note="")


class Calendars:
    """Maya's and Sam's, each fed with the emails to them, in the order in which these came."""

    def __init__(self, database, smtp_server):
        self.readers = {"Maya": CalendarReader(), "Sam": CalendarReader()}
        self.uids = set()
        self._database, self._server = database, smtp_server
        self._mailer = make_mailer(
            SmtpTransport(smtp_server.url),
            "https://fireside.example",
            "f@example.org",
            lambda: NOW + HOLD,
            sealer=SEALER,
            guest_key=bytes(32),
        )

    async def show(self) -> dict[str, list[tuple[str, datetime]]]:
        """Delivers what is due, then tells the status and start of each event in each calendar."""
        await send_due_emails(self._database, self._mailer)
        for name, reader in self.readers.items():
            for message in self._server.emails_to(f"{name.lower()}@example.org"):
                reader.take_mail(message)
            self.uids |= set(reader.events)
        self._server.emails.clear()
        return {
            name: [(event.status, event.start) for event in reader.events.values()]
            for name, reader in self.readers.items()
        }


@pytest.fixture
def calendars(database, smtp_server):
    return Calendars(database, smtp_server)


NONE = {"Maya": [], "Sam": []}


def both(status, start):
    return {"Maya": [(status, start)], "Sam": [(status, start)]}


async def test_offered_suggested_accepted_moved_and_called_off_is_one_event(database, pair, calendars):
    offer = await an_offer(database, pair)
    assert await calendars.show() == NONE
    counter = await suggest_other(
        database, pair.mentee, offer.id, replace(SHORT, starts=(SECOND + DAY,)), SUGGESTED, OFFERED, NOW
    )
    assert await calendars.show() == NONE
    booking = await accept_offer(database, pair.mentor, counter.id, accepting(SECOND + DAY), NOW)
    assert await calendars.show() == both("CONFIRMED", SECOND + DAY)
    wish = await ask_to_move(
        database, pair.mentee, booking.id, replace(SHORT, starts=(SECOND + 3 * DAY,)), OFFERED, NOW
    )
    assert await calendars.show() == both("CONFIRMED", SECOND + DAY)
    other = await suggest_other(
        database, pair.mentor, wish.id, replace(SHORT, starts=(SECOND + 4 * DAY,)), SUGGESTED, OFFERED, NOW
    )
    assert await calendars.show() == both("CONFIRMED", SECOND + DAY)
    moved = await accept_offer(database, pair.mentee, other.id, accepting(SECOND + 4 * DAY), NOW)
    assert await calendars.show() == both("CONFIRMED", SECOND + 4 * DAY)
    await withdraw(database, pair.mentor, moved.id, "", WITHDREW, NOW)
    assert await calendars.show() == NONE
    assert len(calendars.uids) == 1
    assert [reader.ignored for reader in calendars.readers.values()] == [0, 0]


async def test_reworded_declined_and_undone(database, pair, calendars):
    offer = await an_offer(database, pair)
    await reword_offer(database, pair.mentor, offer.id, replace(SHORT, starts=(SECOND,)), OFFERED, NOW)
    assert await calendars.show() == NONE
    await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW)
    assert await calendars.show() == NONE
    await undo_answer(database, pair.mentee, offer.id, UNDID, WINDOW, NOW)
    assert await calendars.show() == NONE
    await accept_offer(database, pair.mentee, offer.id, accepting(SECOND), NOW)
    assert await calendars.show() == both("CONFIRMED", SECOND)
    await undo_answer(database, pair.mentee, offer.id, UNDID, WINDOW, NOW)
    assert await calendars.show() == NONE
    await withdraw_offer(database, pair.mentor, offer.id, WITHDREW, NOW)
    assert await calendars.show() == NONE
    assert len(calendars.uids) == 1


async def test_mails_that_come_in_another_order_end_the_same(database, pair, calendars, smtp_server):
    """What was deferred comes after what is newer: calendars keep the newest."""
    offer = await an_offer(database, pair)
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(SECOND), NOW)
    await send_due_emails(database, calendars._mailer)
    await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    await send_due_emails(database, calendars._mailer)
    smtp_server.emails.reverse()
    assert await calendars.show() == NONE
    assert calendars.readers["Sam"].ignored == 1


async def test_an_undoing_that_gives_way_to_a_suggestion_still_takes_the_event_out(database, pair, calendars):
    """The email about the undoing, which would have cancelled the event, is never sent."""
    offer = await an_offer(database, pair)
    await accept_offer(database, pair.mentee, offer.id, accepting(SECOND), NOW)
    assert await calendars.show() == both("CONFIRMED", SECOND)
    await undo_answer(database, pair.mentee, offer.id, UNDID, WINDOW, NOW)
    other = replace(SHORT, starts=(SECOND + DAY,))
    await suggest_other(database, pair.mentee, offer.id, other, SUGGESTED, OFFERED, NOW)
    assert await calendars.show() == NONE
