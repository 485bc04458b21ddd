"""What the page of a booking says about the phone to one of the two."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.phone import Number, by_phone, lent_from, lent_number
from server.catchups.rules.bookings import Booking
from server.catchups.rules.consents import allowing
from server.catchups.rules.drafts import Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store.bookings import BookingView
from server.catchups.store.ledger import choices_about
from server.people.rules.people import Person


@dataclass(frozen=True, slots=True)
class PhonePart:
    """`agreed`: it is by phone, at first or where video fails; `mine` and `theirs`: who would go on by phone.

    `lent` is the other's number, while it is shown, and `since` from when that is; `typed` what stands in the field of
    one's own.
    """

    agreed: bool
    mine: bool
    theirs: bool
    lent: Number | None
    since: datetime
    typed: str


async def read_phone(
    connection: AsyncConnection,
    view: BookingView,
    me: Person,
    window: JoinWindow,
    now: datetime,
    typed: str | None = None,
) -> PhonePart:
    """As `me` is to see it, with the number that they `typed`: the one that is kept unless given."""
    would = await would_phone(connection, view.booking)
    return PhonePart(
        agreed=by_phone(view.booking),
        mine=me.id in would,
        theirs=view.other(me.id).id in would,
        lent=lent_number(view, view.booking, me.id, window, now),
        since=lent_from(view.booking, window),
        typed=me.phone if typed is None else typed,
    )


async def would_phone(connection: AsyncConnection, booking: Booking) -> frozenset[int]:
    """The ids of those of the two who would go on by phone where its video fails, as far as each has said so."""
    if booking.medium is not Medium.VIDEO:
        return frozenset()
    return allowing(await choices_about(connection, booking.offer_id))
