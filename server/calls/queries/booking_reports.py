"""The part of a booking's page about how it was, for one of the two."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.attendances import was_held
from server.calls.rules.reports import Outcome, is_asked, may_report
from server.calls.store.reports import reports_of
from server.calls.store.sessions import attendances_of
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store.bookings import BookingView
from server.people.rules.people import Person


@dataclass(frozen=True, slots=True)
class ReportsPart:
    """Both reports. The reader is `asked` for theirs, and `may_say` it now. `both_there`: both were in the call at the
    same time."""

    asked: bool
    may_say: bool
    mine: Outcome | None
    theirs: Outcome | None
    both_there: bool


async def read_reports(
    connection: AsyncConnection, view: BookingView, me: Person, window: JoinWindow, now: datetime
) -> ReportsPart:
    """As `me` sees it."""
    booking = view.booking
    said = await reports_of(connection, booking.id)
    return ReportsPart(
        asked=is_asked(booking, now),
        may_say=may_report(booking, window, now),
        mine=said.get(me.id),
        theirs=said.get(view.other(me.id).id),
        both_there=was_held(await attendances_of(connection, booking.id)),
    )
