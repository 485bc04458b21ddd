"""Which guide helps one of the two now."""

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import BookingState
from server.catchups.store.bookings import BookingView
from server.mentorships.rules.guides import Guide, GuideMoment, guide_for
from server.mentorships.store.guides import did_not_suit, read_dismissed
from server.people.store.people import MentorshipRow


async def guide_of(
    connection: AsyncConnection,
    row: MentorshipRow,
    reader_id: int,
    coming: tuple[BookingView, ...],
    earlier: tuple[BookingView, ...],
) -> Guide | None:
    """`coming` and `earlier` are the mentorship's catch-ups, the next and the newest first."""
    mentee_id = row.other.id if row.role == "mentor" else reader_id
    states = [view.booking.state for view in earlier]
    moment = GuideMoment(
        has_met=BookingState.HELD in states,
        missed=not coming and states[:1] == [BookingState.MISSED],
        not_now=not coming and await did_not_suit(connection, row.id, mentee_id),
    )
    return guide_for(row.role, moment, await read_dismissed(connection, reader_id))
