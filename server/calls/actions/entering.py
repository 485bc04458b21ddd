"""Entering a call, and recording who was there."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import singledispatch

from server.calls.rules.attendances import was_held
from server.calls.rules.entering import may_enter
from server.calls.rules.turn import Turn
from server.calls.store import sessions
from server.catchups.changes.saving import save
from server.catchups.rules.bookings import BookingEvent, apply
from server.catchups.rules.consents import consenting
from server.catchups.rules.errors import BookingOver
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store import bookings, offers
from server.catchups.store import ledger as choices
from server.db.database import Database
from server.errors import NotFound
from server.people.rules.visitors import Visitor
from signaling.news import Joined, Left, News, Present
from signaling.seat import IceServer, Seat

FORGOTTEN_AFTER = timedelta(seconds=60)


async def enter_call(
    db: Database, visitor: Visitor, booking_id: int, now: datetime, window: JoinWindow, turn: Turn | None = None
) -> Seat:
    """The visitor's seat in the booking's call, with fresh credentials for the TURN servers, if there are any.

    Raises NotFound or the CallClosed that says why not.
    """
    async with db.reading() as connection:
        view = await bookings.read_booking(connection, visitor, booking_id)
        if view is None:
            raise NotFound
        consents = consenting(await choices.choices_about(connection, view.booking.offer_id))
    may_enter(view.booking, consents, (view.mentor.id, view.mentee.id), window, now)
    person = str(visitor.person.id)
    servers = () if turn is None else (IceServer(turn.urls, *turn.credential(person, now)),)
    return Seat(call=str(booking_id), person=person, name=visitor.person.called, ice_servers=servers)


async def find_uninvited(db: Database, news: News) -> tuple[tuple[str, str], ...]:
    """Who is in a call that was called off: call and person of each.

    Withdrawing takes both people out of the call. If the server dies in between, or somebody is entering at that
    moment, this finds them.
    """
    if isinstance(news, Left):
        return ()
    async with db.reading() as connection:
        found = await sessions.uninvited(
            connection, news.attendances if isinstance(news, Present) else (news.attendance,)
        )
    return tuple((str(booking_id), str(person_id)) for booking_id, person_id in found)


async def find_overstaying(db: Database, window: JoinWindow, now: datetime) -> tuple[tuple[str, str], ...]:
    """Who is in a call whose time is over: call and person of each."""
    async with db.reading() as connection:
        found = await sessions.present(connection)
    return tuple(
        (str(booking_id), str(person_id))
        for booking_id, person_id, start, minutes in found
        if now >= start + timedelta(minutes=minutes) + window.late
    )


async def record_news(db: Database, news: News) -> None:
    """Stores news of the calls. News that comes twice is stored once."""
    await _record(news, db)


@singledispatch
async def _record(news: News, db: Database) -> None:
    raise TypeError(f"no record is kept of {news!r}")


@_record.register
async def _(news: Joined, db: Database) -> None:
    if not news.call.isdecimal():
        # A media check: no booking, so no attendance.
        return
    at = datetime.fromtimestamp(news.at, UTC)
    async with db.writing() as connection:
        booking = await bookings.lock_any_booking(connection, int(news.call))
        if booking is None or await sessions.has_attendance(connection, news.attendance):
            return
        session_id = await sessions.find_or_add_session(connection, booking.id, at)
        await sessions.add_attendance(connection, session_id, news)
        if not was_held(await sessions.attendances_of(connection, booking.id)):
            return
        wish = await offers.open_offer_in(connection, booking.catchup_id)
        # It may be held already, or have been called off while somebody was on their way in.
        with suppress(BookingOver):
            await save(connection, apply(booking, BookingEvent.BOTH_PRESENT, at, wish=wish), at)


@_record.register
async def _(news: Left, db: Database) -> None:
    async with db.writing() as connection:
        await sessions.close_attendance(connection, news)


@_record.register
async def _(news: Present, db: Database) -> None:
    at = datetime.fromtimestamp(news.at, UTC)
    async with db.writing() as connection:
        await sessions.renew_attendances(connection, news)
        await sessions.close_forgotten(connection, at - FORGOTTEN_AFTER)
