"""When a call is to end, and whether somebody asks for more time."""

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.more_time import CallTime, more_time, taken_until
from server.catchups.store.bookings import BookingView, live_between


async def read_call_time(connection: AsyncConnection, view: BookingView) -> CallTime:
    """For its two people."""
    booking, both = view.booking, (view.mentor.id, view.mentee.id)
    others = await live_between(connection, both, booking.end, taken_until(booking))
    asked = {None: None, "mentor": view.mentor.id, "mentee": view.mentee.id}[booking.more_time_asked_by]
    return CallTime(booking.end, asked, more_time(booking, others))
