"""Entering a call, and recording who was there."""

import hashlib
import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import singledispatch

from server.calls.rules.attendances import still_talking, was_held
from server.calls.rules.entering import GUEST_PREFIX, is_over, may_enter
from server.calls.rules.errors import CallEnded
from server.calls.rules.turn import Turn
from server.calls.store import sessions
from server.calls.store.connection_samples import add_samples
from server.catchups.changes.saving import save
from server.catchups.rules.bookings import BookingEvent, apply
from server.catchups.rules.consents import consenting
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store import bookings, offers
from server.catchups.store import ledger as choices
from server.catchups.store.bookings import BookingView
from server.db.changes import Topic, note_change
from server.db.database import Database
from server.db.set_aside import Work, fault_of, log_fault, put_aside
from server.errors import NotFound
from server.people.rules.links import Purpose
from server.people.rules.visitors import Visitor
from server.people.store import links
from server.people.store.merged import was_merged
from signaling.news import Joined, Left, News, Present
from signaling.seat import IceServer, Seat

log = logging.getLogger(__name__)

# A guest may be agreed to during the call.
SEATS = 3
FORGOTTEN_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A person's seat in the call of a booking."""

    seat: Seat
    view: BookingView


async def enter_call(
    db: Database, visitor: Visitor, booking_id: int, now: datetime, window: JoinWindow, turn: Turn | None = None
) -> Entrance:
    """The visitor's seat in the booking's call, with fresh credentials for the TURN servers, if there are any.

    Raises NotFound or the CallClosed that says why not.
    """
    async with db.reading() as connection:
        view = await bookings.read_booking(connection, visitor, booking_id)
        if view is None:
            raise NotFound
        consents = consenting(await choices.choices_about(connection, view.booking.offer_id))
        talking = still_talking(await sessions.attendances_of(connection, booking_id), now)
        ended = await sessions.was_ended(connection, booking_id)
    may_enter(view.booking, consents, (view.mentor.id, view.mentee.id), window, now, talking)
    if ended:
        raise CallEnded
    person = str(visitor.person.id)
    servers = () if turn is None else (IceServer(turn.urls, *turn.credential(person, now)),)
    name = visitor.person.called
    return Entrance(Seat(call=str(booking_id), person=person, name=name, seats=SEATS, ice_servers=servers), view)


async def find_uninvited(db: Database, news: News) -> tuple[tuple[str, str], ...]:
    """Who is in a call that was called off, or that the scheme has ended: call and person of each. So is who entered
    while they were merged into another person: they come back as that one.

    Withdrawing takes both people out of the call. If the server dies in between, or somebody is entering at that
    moment, this finds them.
    """
    if isinstance(news, Left) or not of_the_two(news):
        return ()
    async with db.reading() as connection:
        if isinstance(news, Joined) and news.call.isdecimal() and await was_merged(connection, int(news.person)):
            return ((news.call, news.person),)
        found = await sessions.uninvited(
            connection, news.attendances if isinstance(news, Present) else (news.attendance,)
        )
    return tuple((str(booking_id), str(person_id)) for booking_id, person_id in found)


async def find_closed_calls(
    db: Database, entered: Collection[tuple[str, str]], now: datetime
) -> frozenset[tuple[str, str]]:
    """Of these visits, each with a call that it is in, those that do not reach it any more.

    They were signed out of, are too old, or the links that led to the call have ended. A media check is reached by a
    link of the admin's.
    """
    booking_ids = [int(call) for _, call in entered if call.isdecimal()]
    async with db.reading() as connection:
        reached = await links.opened_in(connection, {int(visit) for visit, _ in entered}, now)
        catchups = await bookings.catchups_of(connection, booking_ids)

    def ways(visit: str, call: str) -> set[tuple[int, Purpose, int | None]]:
        if not call.isdecimal():
            return {(int(visit), Purpose.ADMIN, None)}
        return {(int(visit), Purpose.HOME, None), (int(visit), Purpose.CATCHUP, catchups.get(int(call)))}

    return frozenset((visit, call) for visit, call in entered if reached.isdisjoint(ways(visit, call)))


async def find_overstaying(db: Database, window: JoinWindow, now: datetime) -> tuple[tuple[str, str], ...]:
    """Who is in a call whose time is over, and where nobody talks any more: call and person of each."""
    async with db.reading() as connection:
        late = [each for each in await sessions.present(connection) if is_over(each[0], window, now, talking=False)]
        talks = {
            booking_id: still_talking(await sessions.attendances_of(connection, booking_id), now)
            for booking_id in {booking.id for booking, _ in late}
        }
    return tuple(
        (str(booking.id), str(person_id))
        for booking, person_id in late
        if is_over(booking, window, now, talks[booking.id])
    )


def of_the_two(news: Joined | Present) -> bool:
    """Whether it is of those whose attendances are kept: not of a guest."""
    return isinstance(news, Present) or not news.person.startswith(GUEST_PREFIX)


async def record_news(db: Database, news: News, machine: str = "") -> None:
    """Stores news of the calls. News that comes twice is stored once.

    `machine` is the one whose relay processes tell it, empty where one serves the database.
    """
    await _record(news, db, machine)


async def put_news_aside(db: Database, news: News, error: Exception, now: datetime) -> None:
    """Keeps which call's news could not be stored, and why; nothing of the people."""
    log_fault(log, f"news {type(news).__name__} is set aside", error)
    item, number = _name_of(news)
    async with db.writing() as connection:
        await put_aside(connection, Work.NEWS, item, number, fault_of(error), now)


def _name_of(news: News) -> tuple[str, int | None]:
    """What names the news in the list of what was set aside, and its booking, if it has one."""
    if isinstance(news, Present):
        return "present", None
    attendance = hashlib.sha256(news.attendance.encode(errors="replace")).hexdigest()[:32]
    decimal = news.call.isascii() and news.call.isdecimal()
    return f"{type(news).__name__.lower()}:{attendance}", int(news.call[:20]) if decimal else None


@singledispatch
async def _record(news: News, db: Database, machine: str) -> None:
    raise TypeError(f"no record is kept of {news!r}")


@_record.register
async def _(news: Joined, db: Database, machine: str) -> None:
    if not news.call.isdecimal() or not of_the_two(news):
        # A media check, or a guest: no attendance, and the call is not held by them.
        return
    at = datetime.fromtimestamp(news.at, UTC)
    async with db.writing() as connection:
        booking = await bookings.lock_any_booking(connection, int(news.call))
        if booking is None or await sessions.has_attendance(connection, news.attendance):
            return
        session_id = await sessions.find_or_add_session(connection, booking.id, at)
        await sessions.add_attendance(connection, session_id, news, machine)
        note_change(connection, Topic("booking", booking.id))
        if not was_held(await sessions.attendances_of(connection, booking.id)):
            return
        wish = await offers.open_offer_in(connection, booking.catchup_id)
        # It may be held already, or have been called off while somebody was on their way in.
        with suppress(BookingOver):
            await save(connection, apply(booking, BookingEvent.BOTH_PRESENT, at, wish=wish), at)


@_record.register
async def _(news: Left, db: Database, machine: str) -> None:
    async with db.writing() as connection:
        await sessions.close_attendance(connection, news)
        if news.call.isdecimal():
            note_change(connection, Topic("booking", int(news.call)))


@_record.register
async def _(news: Present, db: Database, machine: str) -> None:
    at = datetime.fromtimestamp(news.at, UTC)
    async with db.writing() as connection:
        await sessions.renew_attendances(connection, news)
        await add_samples(connection, news.samples)
        await sessions.close_forgotten(connection, at - FORGOTTEN_AFTER, machine)
