"""What follows by itself: guests are told of a moved or cancelled catch-up, seats end with it, and data is deleted."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.attendances import people_here, still_talking
from server.calls.rules.entering import is_over
from server.calls.store import sessions
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store.bookings import lock_any_booking
from server.db.database import Database
from server.db.set_aside import Work, for_each
from server.guests.access import third_joins
from server.guests.rules.seats import (
    LIVE_SEATS,
    MOVED_EMAIL,
    GuestSeat,
    SeatEvent,
    SeatState,
    ended_by_time,
    seat_id_of,
)
from server.guests.saving import end_seat, note_seat, tell_agreed, tell_guest
from server.guests.store import seats
from signaling.news import Joined, News, Present


async def follow_catchups(db: Database, now: datetime) -> int:
    """Tells guests what has changed about their catch-ups, ends seats, and deletes what is kept of ended ones; returns
    how many seats were looked at."""
    async with db.reading() as connection:
        due, has_old = await seats.due_seats(connection, now), await seats.has_old(connection, now)
    if has_old:
        async with db.writing() as connection:
            await seats.clear_old(connection, now)
    return await for_each(db, Work.GUEST, due, partial(_follow, db, now), now)


async def _follow(db: Database, now: datetime, seat_id: int) -> bool:
    """Whether there was something to do."""
    async with db.writing() as connection:
        seat = await seats.any_seat(connection, seat_id)
        if seat is None:
            return False
        booking = await seats.booking_in(connection, seat.catchup_id)
        if booking is not None:
            await lock_any_booking(connection, booking.id)
            seat = await seats.any_seat(connection, seat_id) or seat
            booking = await seats.booking_in(connection, seat.catchup_id)
        if seat.state not in LIVE_SEATS:
            return False
        stands = await seats.stands(connection, seat.id)
        if booking is None and stands and await _is_offered(connection, seat):
            return False
        event = ended_by_time(booking, now) if stands else SeatEvent.CALLED_OFF
        if event is not None:
            await end_seat(connection, seat, event, now)
        elif booking is not None and seat.state is SeatState.AGREED and seat.told_start != booking.start:
            await seats.set_told(connection, seat.id, booking.start)
            if seat.third_id is None or await third_joins(connection, seat):
                await tell_agreed(connection, seat, booking, MOVED_EMAIL, now)
            else:
                await tell_guest(connection, seat, MOVED_EMAIL, now)
            note_seat(connection, seat)
        return True


async def _is_offered(connection: AsyncConnection, seat: GuestSeat) -> bool:
    """Whether a call of three waits for the answer to its offer."""
    asked = seat.state is SeatState.ASKED and seat.introduction_id is not None
    return asked and await seats.is_offered(connection, seat.catchup_id)


async def record_guest_news(db: Database, news: News) -> None:
    """Stores that a guest is in a call or has left it. A call is held by the two, never by a guest."""
    if isinstance(news, Present):
        await _note_lost(db, news)
        return
    seat_id = seat_id_of(news.person)
    if seat_id is None:
        return
    async with db.writing() as connection:
        seat = await seats.any_seat(connection, seat_id)
        if seat is None:
            return
        if isinstance(news, Joined):
            await seats.set_attendance(connection, seat.id, news.attendance)
            await seats.note_came(connection, seat.id, datetime.fromtimestamp(news.at, UTC))
        else:
            await seats.end_attendance(connection, seat.id, news.attendance)
        note_seat(connection, seat)


async def _note_lost(db: Database, news: Present) -> None:
    """A machine that loses its power does not say who has left."""
    async with db.reading() as connection:
        lost = [each for each in await seats.seats_there(connection) if each.attendance not in news.attendances]
    if not lost:
        return
    async with db.writing() as connection:
        for seat in lost:
            await seats.end_attendance(connection, seat.id, seat.attendance)
            note_seat(connection, seat)


async def find_leaving_guests(
    db: Database, news: News, present: Iterable[Joined], window: JoinWindow, now: datetime
) -> tuple[tuple[str, str], ...]:
    """Of those who are in calls, the guests who may not be there any more: call and person of each. After news of one
    call those in that call are looked at; those in all calls each time that who is present is told.

    What ends a seat takes the guest out of the call. If the server dies in between, or the guest is entering at that
    moment, this finds them; and when time passes.
    """
    meant = [each for each in present if isinstance(news, Present) or each.call == news.call]
    guests = [(each, seat_id) for each in meant if (seat_id := seat_id_of(each.person)) is not None]
    if not guests:
        return ()
    found = []
    async with db.reading() as connection:
        for each, seat_id in guests:
            seat = await seats.any_seat(connection, seat_id)
            if seat is None or not await _may_stay(connection, seat, each.call, window, now):
                found.append((each.call, each.person))
    return tuple(found)


async def _may_stay(connection: AsyncConnection, seat: GuestSeat, call: str, window: JoinWindow, now: datetime) -> bool:
    """Not once the seat is gone, the catch-up was moved, they were asked to leave, the call is over or was ended, or
    both of the two have left it."""
    booking = await seats.booking_in(connection, seat.catchup_id)
    if booking is None or str(booking.id) != call or seat.state is not SeatState.AGREED or not seat.let_in:
        return False
    if not await seats.stands(connection, seat.id):
        return False
    stays = await sessions.attendances_of(connection, booking.id)
    alone = bool(stays) and not people_here(stays, now)
    over = is_over(booking, window, now, still_talking(stays, now))
    return not (alone or over or await sessions.was_ended(connection, booking.id))
