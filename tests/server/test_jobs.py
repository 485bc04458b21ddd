"""The loops: what ran out ends, what is queued is sent, and one failing job does not stop the others."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from server.admin.actions.emails import try_server_again
from server.admin.queries.emails import list_aside
from server.app import make_mailer
from server.availability.actions.calendars import READ_EVERY
from server.availability.calendar.fetch import CalendarResponse, FeedNotReachable
from server.availability.store import busy_times as busy
from server.calls.actions.entering import record_news
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.bookings import apply as apply_to_booking
from server.catchups.rules.offers import OfferState, apply
from server.catchups.store import offers
from server.catchups.store.bookings import any_booking
from server.config import read_settings
from server.db.tables import busy_feeds
from server.errors import DomainError
from server.jobs import CALENDARS_AT_ONCE, Jobs
from server.mail.outages import read_outage
from server.mail.transport import SmtpTransport
from server.people.rules.links import VISIT_LASTS
from server.webhooks.actions.hooks import add_hook
from server.webhooks.actions.sending import HookCaller
from server.webhooks.transport import call_hook
from signaling.news import Joined, Left
from tests.cast import until
from tests.logs import own_records
from tests.server.actors import DRAFT, FIRST, NOW, SECOND, a_booking, an_offer, visitor_with_account
from tests.server.sending import SEALER
from tests.server.webhooks.receivers import LOOPBACK, answering, receiver

KEY = b"k" * 32


class Inbox:
    """Accepts every email, once it is `open`."""

    def __init__(self):
        self.subjects = []
        self.ended = []
        self.open = asyncio.Event()
        self.open.set()

    async def connect(self):
        await self.open.wait()

    async def send(self, message):
        self.subjects.append(message["Subject"])

    async def disconnect(self):
        pass


def jobs_at(database, now, transport=None, fetch=None):
    inbox = Inbox()

    async def end(call, person):
        inbox.ended.append((call, person))

    settings = read_settings({})
    mailer = make_mailer(
        transport or inbox, settings.base_url, settings.mail_from, lambda: now, sealer=SEALER, guest_key=bytes(32)
    )
    hooks = HookCaller(partial(call_hook, policy=LOOPBACK), KEY, lambda: now)
    return Jobs(database, mailer, settings, lambda: now, end, fetch or no_calendar, KEY, SEALER, hooks, KEY), inbox


async def no_calendar(url, etag):
    raise FeedNotReachable


async def test_a_round_sends_and_expires(database, pair):
    offer = await an_offer(database, pair)
    jobs, inbox = jobs_at(database, SECOND)
    await jobs.round()
    async with database.reading() as connection:
        view = await offers.read_offer(connection, pair.mentor, offer.id)
    assert view.offer.state is OfferState.EXPIRED
    assert "Catch-up: an offer for you" in inbox.subjects


async def test_a_call_in_which_somebody_waits_ends_when_its_time_is_over_and_not_before(database, pair):
    booking = await a_booking(database, pair)
    person = str(pair.mentor.person.id)
    await record_news(database, Joined("stay", str(booking.id), person, booking.start.timestamp()))
    closes = read_settings({}).join_window.closes_at(booking)
    assert await ended_at(database, closes - timedelta(seconds=1)) == []
    assert await ended_at(database, closes) == [(str(booking.id), person)]


async def test_two_who_talk_are_not_cut_off_until_one_of_them_has_left(database, pair):
    booking = await a_booking(database, pair)
    closes = read_settings({}).join_window.closes_at(booking)
    mentor, mentee = (str(each.person.id) for each in (pair.mentor, pair.mentee))
    for person in (mentor, mentee):
        await record_news(database, Joined(f"stay{person}", str(booking.id), person, booking.start.timestamp()))
    both = [(str(booking.id), person) for person in sorted((mentor, mentee))]
    assert await ended_at(database, closes + timedelta(hours=5)) == []
    assert sorted(await ended_at(database, closes + timedelta(hours=6))) == both
    gone = closes + timedelta(minutes=20)
    await record_news(database, Left(f"stay{mentee}", str(booking.id), mentee, gone.timestamp(), "left"))
    # Their connection may only have been lost.
    assert await ended_at(database, gone + timedelta(minutes=1)) == []
    assert await ended_at(database, gone + timedelta(minutes=2)) == [(str(booking.id), mentor)]


async def ended_at(database, now):
    """Who is taken out of a call in a round at that time: call and person."""
    jobs, inbox = jobs_at(database, now)
    await jobs.round()
    return inbox.ended


async def test_a_round_forgets_old_visits(database, pair, count):
    jobs, _ = jobs_at(database, NOW + VISIT_LASTS)
    await jobs.round()
    assert await count("visits") == 0


async def test_a_failing_job_does_not_stop_the_others(database, pair, count, monkeypatch):
    async def fail(*_):
        raise DomainError

    monkeypatch.setattr("server.jobs.expire_offers", fail)
    jobs, _ = jobs_at(database, NOW + VISIT_LASTS + timedelta(days=1))
    await jobs.round()
    assert await count("visits") == 0


async def test_one_offer_that_cannot_be_ended_stops_no_other_and_is_shown(database, pair, monkeypatch, caplog):
    made = [await an_offer(database, pair) for _ in range(5)]

    def fail(offer, *arguments):
        tried.append(offer.id)
        if offer.id == made[1].id:
            raise KeyError(offer.note)
        return apply(offer, *arguments)

    tried = []
    monkeypatch.setattr("server.catchups.actions.offers.apply", fail)
    jobs, _ = jobs_at(database, SECOND)
    for _ in range(3):
        await jobs.tidy()
    assert sorted(tried) == [offer.id for offer in made]
    async with database.reading() as connection:
        states = [(await offers.read_offer(connection, pair.mentor, offer.id)).offer.state for offer in made]
        [row] = await list_aside(connection)
    assert states == [OfferState.OPEN if number == 1 else OfferState.EXPIRED for number in range(5)]
    assert (row.work, row.number, row.reason, row.times) == ("expiry", made[1].id, "KeyError", 1)
    assert DRAFT.note not in caplog.text


async def test_one_booking_that_cannot_be_closed_stops_no_other(database, pair, monkeypatch):
    bookings_ = [await a_booking(database, pair, start) for start in (FIRST, SECOND)]

    def fail(booking, *arguments, **more):
        if booking.id == bookings_[0].id:
            raise ZeroDivisionError
        return apply_to_booking(booking, *arguments, **more)

    monkeypatch.setattr("server.catchups.rules.bookings.apply", fail)
    jobs, _ = jobs_at(database, SECOND + timedelta(days=1))
    await jobs.tidy()
    async with database.reading() as connection:
        states = [(await any_booking(connection, booking.id)).state for booking in bookings_]
        [row] = await list_aside(connection)
    assert states == [BookingState.CONFIRMED, BookingState.MISSED]
    assert (row.work, row.number, row.reason) == ("missed", bookings_[0].id, "ZeroDivisionError")


async def test_one_calendar_that_breaks_its_reader_stops_no_other_and_waits_longer(database, pair):
    people = [pair.mentor.person.id, pair.mentee.person.id]
    async with database.writing() as connection:
        for number, person in enumerate(people):
            await busy.set_feed(connection, person, f"https://calendar.example/{number}", NOW)
    tried = []

    async def fetch(url, etag, take):
        tried.append(url[-1])
        if url.endswith("0"):
            raise RecursionError
        take(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n")
        return CalendarResponse(True, "")

    jobs, _ = jobs_at(database, NOW, fetch=fetch)
    for _ in range(3):
        await jobs.read_calendars()
    assert tried == ["0", "1"]
    async with database.reading() as connection:
        rows = (await connection.execute(select(busy_feeds).order_by(busy_feeds.c.person_id))).all()
    assert [(row.failures, bool(row.read_at), row.due_at - NOW) for row in rows] == [
        (1, False, READ_EVERY),
        (0, True, READ_EVERY),
    ]


async def test_a_job_that_is_broken_off_inside_ends_no_loop(database, pair, monkeypatch, count):
    async def broken_off(*_):
        raise asyncio.CancelledError

    monkeypatch.setattr("server.jobs.expire_offers", broken_off)
    jobs, _ = jobs_at(database, NOW + VISIT_LASTS)
    await jobs.round()
    assert await count("visits") == 0


async def test_a_mail_server_that_refuses_us_is_asked_slowly_and_at_once_when_the_admin_says_so(
    database, pair, smtp_server
):
    now = NOW

    def clock():
        return now

    await an_offer(database, pair)
    smtp_server.replies = {"MAIL": "550 5.7.1 Who are you"}
    settings = read_settings({})
    mailer = make_mailer(
        SmtpTransport(smtp_server.url), settings.base_url, settings.mail_from, clock, sealer=SEALER, guest_key=bytes(32)
    )
    hooks = HookCaller(partial(call_hook, policy=LOOPBACK), KEY, clock)
    jobs = Jobs(database, mailer, settings, clock, None, no_calendar, KEY, SEALER, hooks, KEY)
    tries = []
    for _ in range(24):
        before = smtp_server.connections
        assert await jobs.send() is False
        tries.append(smtp_server.connections - before)
        now += timedelta(minutes=5)
    assert tries == [1, 0, 0] * 8
    async with database.reading() as connection:
        outage = await read_outage(connection)
    assert (outage.refused, outage.since, outage.reason) == (True, NOW, "550 5.7.1 Who are you")
    smtp_server.replies = {}
    now += timedelta(seconds=-299)
    assert await jobs.send() is False
    await try_server_again(database, await visitor_with_account(database, now), now)
    assert await jobs.send() is True
    assert len(smtp_server.emails) == 1
    async with database.reading() as connection:
        assert await read_outage(connection) is None


async def test_a_mail_server_that_lets_wait_keeps_nothing_else_waiting(database, pair, count):
    await an_offer(database, pair)
    jobs, inbox = jobs_at(database, NOW + VISIT_LASTS)
    inbox.open.clear()
    running = asyncio.create_task(jobs.run())
    await until(lambda: _none(count("visits")), what="visits that are forgotten")
    assert inbox.subjects == []
    inbox.open.set()
    await until(lambda: inbox.subjects, what="an email")
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize("error", [None, RuntimeError("cancelled, in the words of a library")])
async def test_the_loops_end_though_what_they_wait_for_hides_that_it_was_cancelled(database, error):
    jobs, inbox = jobs_at(database, NOW)
    asked = asyncio.Event()

    async def connect():
        asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        if error:
            raise error

    inbox.connect = connect
    running = asyncio.create_task(jobs.run())
    await asked.wait()
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=30)
    assert done


async def _none(counting):
    return await counting == 0


async def test_a_mail_server_that_takes_nothing_is_no_failure(database, pair, caplog):
    await an_offer(database, pair)
    jobs, _ = jobs_at(database, NOW, SmtpTransport("smtp://127.0.0.1:1"))
    assert await jobs.send() is False
    assert "accepts no emails" in caplog.text


async def test_a_mail_server_that_takes_nothing_is_in_the_log_from_the_start(database, caplog):
    jobs, _ = jobs_at(database, NOW, SmtpTransport("smtp://127.0.0.1:1"))
    await jobs.try_mail_server()
    assert [record.getMessage().partition(": ")[0] for record in own_records(caplog)] == [
        "the mail server accepts no emails"
    ]


async def test_a_calendar_that_does_not_answer_keeps_no_other_waiting(database, pair):
    """Two hang; the third is read all the same."""
    asked, read = [], asyncio.Event()

    async def fetch(url, etag, take):
        asked.append(url)
        if len(asked) < CALENDARS_AT_ONCE:
            await asyncio.Event().wait()
        read.set()
        raise FeedNotReachable

    async with database.writing() as connection:
        for visitor in (pair.mentor, pair.mentee, pair.stranger):
            await busy.set_feed(connection, visitor.person.id, f"https://calendar.example/{visitor.person.id}", NOW)
    jobs, _ = jobs_at(database, NOW, fetch=fetch)
    running = asyncio.create_task(jobs.run())
    await read.wait()
    assert len(set(asked)) == CALENDARS_AT_ONCE
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_calendar_that_does_not_answer_keeps_the_rounds_from_nothing(database, pair, count):
    asked = asyncio.Event()

    async def fetch(url, etag, take):
        asked.set()
        await asyncio.Event().wait()

    async with database.writing() as connection:
        await busy.set_feed(connection, pair.mentor.person.id, "https://calendar.example/", NOW)
    jobs, _ = jobs_at(database, NOW + VISIT_LASTS, fetch=fetch)
    running = asyncio.create_task(jobs.run())
    await asked.wait()

    async def forgotten():
        return await count("visits") == 0

    await until(forgotten)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_webhooks_are_called_in_a_loop_of_their_own(database, pair):
    async with receiver(answering(200)) as here:
        await add_hook(database, await visitor_with_account(database), KEY, here.url, NOW)
        booking = await a_booking(database, pair)
        jobs, _ = jobs_at(database, NOW)
        running = asyncio.create_task(jobs.run())
        async with asyncio.timeout(60):
            await here.came.wait()
        running.cancel()
        await asyncio.wait({running})
    assert [received.id for received in here.received] == [f"session-{booking.id}-booked"]
