"""Reports of how a catch-up was."""

from datetime import datetime

from server.calls.rules import reports as rules
from server.calls.rules.reports import Outcome
from server.calls.store import reports
from server.catchups.changes.saving import save
from server.catchups.rules.bookings import BookingEvent, apply
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store import bookings, catchups, offers
from server.db.database import Database
from server.people.rules.visitors import Visitor


async def report(
    db: Database, visitor: Visitor, booking_id: int, outcome: Outcome, window: JoinWindow, now: datetime
) -> None:
    """Saves the visitor's report, in place of their earlier one. A catch-up by phone was held if both say they spoke.

    Raises NotFound, TooEarlyToTell or BookingOver.
    """
    async with db.writing() as connection:
        booking = await bookings.lock_booking_of(connection, visitor, booking_id)
        rules.check_report(booking, window, now)
        await reports.set_report(connection, booking.id, visitor.person.id, outcome, now)
        mentorship = await catchups.mentorship_of(connection, booking.catchup_id)
        said = await reports.reports_of(connection, booking.id)
        if rules.both_spoke(booking, said, (mentorship.mentor_id, mentorship.mentee_id)):
            wish = await offers.open_offer_in(connection, booking.catchup_id)
            await save(connection, apply(booking, BookingEvent.BOTH_SPOKE, now, wish=wish), now)
