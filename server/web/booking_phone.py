"""What the page of a booking says about the phone to one of the two."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.domain.calls import Door
from server.domain.people import Person
from server.domain.phone import Number, allowing, by_phone, lent_from, lent_number
from server.storage.bookings import BookingView
from server.storage.choices import choices_about


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
    connection: AsyncConnection, view: BookingView, me: Person, door: Door, now: datetime, typed: str | None = None
) -> PhonePart:
    """As `me` is to see it, with the number that they `typed`: the one that is kept unless given."""
    would = allowing(await choices_about(connection, view.booking.offer_id))
    return PhonePart(
        agreed=by_phone(view.booking),
        mine=me.id in would,
        theirs=view.other(me.id).id in would,
        lent=lent_number(view, view.booking, me.id, door, now),
        since=lent_from(view.booking, door),
        typed=me.phone if typed is None else typed,
    )
