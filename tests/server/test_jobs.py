"""The loops: what ran out ends, what is queued is sent, and one failing job does not stop the others."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from server.app import make_mailer
from server.availability.calendar.fetch import FeedNotReachable
from server.availability.store import busy_times as busy
from server.calls.actions.entering import record_news
from server.catchups.rules.offers import OfferState
from server.catchups.store import offers
from server.config import read_settings
from server.errors import DomainError
from server.jobs import CALENDARS_AT_ONCE, Jobs
from server.mail.transport import SmtpTransport
from server.people.rules.links import VISIT_LASTS
from signaling.news import Joined
from tests.cast import until
from tests.server.actors import NOW, SECOND, a_booking, an_offer


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
    mailer = make_mailer(transport or inbox, settings.base_url, settings.mail_from, lambda: now)
    return Jobs(database, mailer, settings, lambda: now, end, fetch or no_calendar), inbox


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


async def test_a_call_ends_when_its_time_is_over_and_not_before(database, pair):
    booking = await a_booking(database, pair)
    window = read_settings({}).join_window
    people = [str(each.person.id) for each in (pair.mentor, pair.mentee)]
    for index, person in enumerate(people):
        await record_news(database, Joined(f"stay{index}", str(booking.id), person, booking.start.timestamp()))
    closes = window.closes_at(booking)
    jobs, inbox = jobs_at(database, closes - timedelta(seconds=1))
    await jobs.round()
    assert inbox.ended == []
    jobs, inbox = jobs_at(database, closes)
    await jobs.round()
    assert sorted(inbox.ended) == sorted((str(booking.id), person) for person in people)


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


async def _none(counting):
    return await counting == 0


async def test_a_mail_server_that_takes_nothing_is_no_failure(database, pair, caplog):
    await an_offer(database, pair)
    jobs, _ = jobs_at(database, NOW, SmtpTransport("smtp://127.0.0.1:1"))
    assert await jobs.send() is False
    assert "accepts no emails" in caplog.text


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
