"""What an open page of a booking is told: its news, the other's number while it is lent, and when its call ends."""

from dataclasses import dataclass
from datetime import datetime

from server.calls.queries.booking_phone import read_lent_number
from server.calls.queries.call_time import read_call_time
from server.calls.rules.errors import NumberNotLent
from server.calls.rules.more_time import CallTime
from server.catchups.queries.booking_news import BookingNews, booking_for, read_booking_news
from server.catchups.rules.join_window import JoinWindow
from server.db.database import Database
from server.guests.queries.seat import read_seat
from server.guests.rules.seats import GuestSeat
from server.people.rules.visitors import Visitor


@dataclass(frozen=True, slots=True)
class BookingEvents:
    """`lent` is the other's number and whether the reader has given theirs, while it may be shown."""

    news: BookingNews
    lent: tuple[str, bool] | None
    time: CallTime
    guest: GuestSeat | None


async def read_booking_events(
    db: Database, visitor: Visitor, booking_id: int, window: JoinWindow, now: datetime
) -> BookingEvents:
    """Raises NotFound."""
    news = await read_booking_news(db, visitor, booking_id, window, now)
    async with db.reading() as connection:
        time = await read_call_time(connection, await booking_for(connection, visitor, booking_id))
        guest = (await read_seat(connection, news.booking, now)).seat
    try:
        number = await read_lent_number(db, visitor, booking_id, window, now)
    except NumberNotLent:
        return BookingEvents(news, None, time, guest)
    return BookingEvents(news, (number.typed, number.own), time, guest)
