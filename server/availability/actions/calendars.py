"""Reads when people are busy, from the calendars whose addresses they gave."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from server.availability.calendar.busy_times import BusyTimesReader
from server.availability.calendar.fetch import CalendarResponse
from server.availability.calendar.sanitize import NotACalendar
from server.availability.store import busy_times as busy
from server.availability.store.busy_times import BusyFeed
from server.db.database import Database, Unavailable
from server.db.set_aside import log_fault
from server.errors import DomainError, InvalidInput
from server.people.rules.people import Contact, Person
from server.people.rules.rate_limits import CALENDARS_GIVEN, counted_person
from server.people.rules.visitors import Visitor, check_home
from server.people.store import people, rate_limits
from server.people.store.contacts import any_contact, own_contact

READ_EVERY = timedelta(minutes=30)
LONGEST_WAIT = timedelta(days=1)
LEASE = timedelta(minutes=2)
MIN_INTERVAL = timedelta(seconds=20)
READ_AHEAD = timedelta(days=60)

log = logging.getLogger(__name__)

# Fetches an address and hands what is there on, piece by piece and in a thread, as reading may take seconds; the second
# argument is the ETag of the last response, or empty.
Fetch = Callable[[str, str, Callable[[bytes], None]], Awaitable[CalendarResponse]]


async def set_calendar(db: Database, fetch: Fetch, visitor: Visitor, url: str, now: datetime) -> None:
    """Reads this calendar now and then regularly, in place of the one before.

    Raises NotFound, TooManyTries, or InvalidInput about url when it cannot be read; then nothing is changed.
    """
    person = check_home(visitor)
    # The server fetches any address it is given: the limit stops people from searching other networks through it.
    async with db.writing() as connection:
        await rate_limits.take_token(connection, CALENDARS_GIVEN, counted_person(person.id), now)
        contact = await own_contact(connection, visitor)
    try:
        reader = _reader(person, contact, now)
        fetched = await fetch(url, "", reader.take)
        found = await asyncio.to_thread(reader.finish)
    except DomainError as problem:
        raise InvalidInput("url", problem.sentence, **problem.values) from problem
    async with db.writing() as connection:
        await people.lock_people(connection, (person.id,))
        feed = await busy.set_feed(connection, person.id, url, now)
        await busy.note_read(connection, feed, found, fetched.etag, now, now + READ_EVERY)


async def remove_calendar(db: Database, visitor: Visitor) -> None:
    """Deletes the calendar's address and the times that were read from it. Raises NotFound."""
    person = check_home(visitor)
    async with db.writing() as connection:
        await busy.remove_feed(connection, person.id)


async def refresh_calendar(db: Database, fetch: Fetch, visitor: Visitor, now: datetime) -> None:
    """Reads the visitor's calendar now, unless it was read less than MIN_INTERVAL ago. Raises NotFound."""
    person = check_home(visitor)
    async with db.writing() as connection:
        feed = await busy.claim(connection, person.id, now - MIN_INTERVAL, now, now + LEASE)
        contact = await own_contact(connection, visitor)
    if feed is not None:
        await _read(db, fetch, feed, person, contact, now)


async def refresh_next_calendar(db: Database, fetch: Fetch, now: datetime) -> bool:
    """Reads the next calendar that is due; False when none is.

    A lease keeps other readers from the same calendar; it is fetched outside of any transaction. After a failure it is
    tried again later, after longer waits the more often it failed; the times that were read before still count.
    """
    async with db.writing() as connection:
        feed = await busy.claim_due(connection, now, now + LEASE)
        person = await people.find_person(connection, feed.person_id) if feed else None
        contact = await any_contact(connection, person.id) if person else None
    if feed is None:
        return False
    if person is None or contact is None:
        return True
    await _read(db, fetch, feed, person, contact, now)
    return True


async def _read(db: Database, fetch: Fetch, feed: BusyFeed, person: Person, contact: Contact, now: datetime) -> None:
    """A calendar that cannot be read for whatever reason waits longer each time, and holds up no other."""
    try:
        reader = _reader(person, contact, now)
        fetched = await fetch(feed.url, _known(feed, now), reader.take)
        found = await asyncio.to_thread(reader.finish) if fetched.changed else None
        async with db.writing() as connection:
            await busy.note_read(connection, feed, found, fetched.etag, now, now + READ_EVERY)
    except Unavailable:
        raise
    except Exception as error:
        if not isinstance(error, DomainError):
            log_fault(log, f"the calendar of person {person.id} could not be read", error)
        problem = error if isinstance(error, DomainError) else NotACalendar()
        async with db.writing() as connection:
            wait = min(READ_EVERY * 2 ** min(feed.failures, 10), LONGEST_WAIT)
            await busy.note_failure(connection, feed, problem.sentence, now + wait)


def _known(feed: BusyFeed, now: datetime) -> str:
    """The ETag to send; empty once a day, so that new times come within READ_AHEAD even if the file never changes."""
    read_today = feed.read_at is not None and feed.read_at.date() == now.date()
    return feed.etag if read_today else ""


def _reader(person: Person, contact: Contact, now: datetime) -> BusyTimesReader:
    return BusyTimesReader(person.zone, contact.email, now, now + READ_AHEAD)
