"""The phone of a booking: the part of its page about it, for one of the two, and the other's number for the call."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.errors import NumberNotLent
from server.calls.rules.phone import Number, by_phone, dialled, is_lent, lent_from
from server.catchups.rules.bookings import Booking
from server.catchups.rules.consents import allowing
from server.catchups.rules.drafts import Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.store.bookings import BookingView, read_booking
from server.catchups.store.ledger import choices_about
from server.db.database import Database
from server.errors import NotFound
from server.people.rules.people import Person
from server.people.rules.phone_numbers import international
from server.people.rules.visitors import Visitor
from server.people.store.contacts import any_contact, own_contact, reachable_by_phone


@dataclass(frozen=True, slots=True)
class PhonePart:
    """`agreed`: it is by phone, from the start or if video fails. `mine` and `theirs`: who would go on by phone.

    `lent` is the other's number while it is shown, `since` is from when that is, and `own` is the reader's number.
    `rings`: the reader rings the other. `reachable`: the other has given a number.
    """

    agreed: bool
    mine: bool
    theirs: bool
    lent: Number | None
    since: datetime
    own: str
    rings: bool
    reachable: bool


@dataclass(frozen=True, slots=True)
class LentNumber:
    """The other's number, and for how many `seconds` more it may be shown. `own`: the reader has given a number too, or
    needs none, as they ring the other."""

    typed: str
    dialled: str
    own: bool
    seconds: float


async def read_phone(
    connection: AsyncConnection, view: BookingView, visitor: Visitor, window: JoinWindow, now: datetime
) -> PhonePart:
    """As the visitor sees it."""
    me = visitor.person
    would = await would_phone(connection, view.booking)
    return PhonePart(
        agreed=by_phone(view.booking),
        mine=me.id in would,
        theirs=view.other(me.id).id in would,
        lent=await _lent_number(connection, view, me, window, now),
        since=lent_from(view.booking, window),
        own=(await own_contact(connection, visitor)).phone,
        rings=view.rings(me.id),
        reachable=view.other(me.id).id in await reachable_by_phone(connection, (view.other(me.id).id,)),
    )


async def read_lent_number(
    db: Database, visitor: Visitor, booking_id: int, window: JoinWindow, now: datetime
) -> LentNumber:
    """Raises NotFound, or NumberNotLent while it is not shown."""
    async with db.reading() as connection:
        view = await read_booking(connection, visitor, booking_id)
        if view is None:
            raise NotFound
        lent = await _lent_number(connection, view, visitor.person, window, now)
        if lent is None:
            raise NumberNotLent
        own = await own_contact(connection, visitor)
    return LentNumber(
        lent.typed,
        lent.dialled,
        bool(own.phone) or view.rings(visitor.person.id),
        (view.booking.end - now).total_seconds(),
    )


async def _lent_number(
    connection: AsyncConnection, view: BookingView, me: Person, window: JoinWindow, now: datetime
) -> Number | None:
    """The other's number while it is lent. No page shows a number of another person except by this function."""
    if not is_lent(view, view.booking, me.id, window, now):
        return None
    owner = view.other(me.id)
    typed = international((await any_contact(connection, owner.id)).phone, owner.zone)
    return Number(typed, dialled(typed))


async def would_phone(connection: AsyncConnection, booking: Booking) -> frozenset[int]:
    """The ids of those of the two who have said that they would go on by phone if the video fails."""
    if booking.medium is not Medium.VIDEO:
        return frozenset()
    return allowing(await choices_about(connection, booking.offer_id))
