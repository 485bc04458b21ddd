"""Seats of guests."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import Booking
from server.catchups.rules.drafts import Medium
from server.catchups.rules.offers import OfferState
from server.catchups.store.bookings import IS_LIVE, booking_of
from server.db.tables import bookings, catchups, guest_seats, introductions, mentorships, offers, people
from server.guests.rules.seats import (
    KEPT_AFTER,
    KEPT_AFTER_ERASURE,
    LIVE_SEATS,
    STAYS_AFTER,
    GuestDraft,
    GuestRole,
    GuestSeat,
    SeatState,
)
from server.i18n.catalog import language_of

# In the words of the index.
LIVE = text("guest_seats.state IN ('asked', 'agreed')")
HELD_DATA = text("guest_seats.key IS NOT NULL")
BY_ID = select(guest_seats).where(guest_seats.c.id == bindparam("id"))
NEWEST_IN = (
    select(guest_seats)
    .where(guest_seats.c.catchup_id == bindparam("catchup_id"))
    .order_by(guest_seats.c.id.desc())
    .limit(1)
)
ERASED = select(people.c.id).where(people.c.id == bindparam("id"), people.c.erased_at.is_not(None))
BOOKING_OF = select(bookings).where(bookings.c.catchup_id == bindparam("catchup_id"), IS_LIVE)
THERE = select(guest_seats).where(text("guest_seats.attendance IS NOT NULL"))
CAME_TO = (
    select(guest_seats.c.role)
    .join(bookings, bookings.c.catchup_id == guest_seats.c.catchup_id)
    .where(bookings.c.id == bindparam("id"), guest_seats.c.came_at.is_not(None))
    .order_by(guest_seats.c.id)
)
NEWEST_OF = (
    select(guest_seats)
    .where(guest_seats.c.introduction_id == bindparam("introduction_id"))
    .order_by(guest_seats.c.id.desc())
    .limit(1)
)
AGREED_OF = (
    select(guest_seats, bookings.c.made_at.label("booked_at"))
    .join(bookings, and_(bookings.c.catchup_id == guest_seats.c.catchup_id, IS_LIVE))
    .where(guest_seats.c.third_id == bindparam("person_id"), guest_seats.c.state == SeatState.AGREED.value)
    .order_by(guest_seats.c.id)
)
# Of an introduction, while each of the two it brought together sees how to reach the other. Its states are those of
# server/introductions, which stands above: a test holds them together.
IN_CONTACT = ("agreed", "continued")
INTRODUCTION_STANDS = exists().where(
    introductions.c.id == guest_seats.c.introduction_id, introductions.c.state.in_(IN_CONTACT)
)
STANDS = select(guest_seats.c.id).where(
    guest_seats.c.id == bindparam("id"), or_(guest_seats.c.introduction_id.is_(None), INTRODUCTION_STANDS)
)
IS_OPEN = offers.c.state == OfferState.OPEN.value
OFFER_IN = select(offers.c.id).where(offers.c.catchup_id == bindparam("catchup_id"), IS_OPEN).limit(1)
# A call of three that is offered, and not answered yet.
IS_OFFERED = and_(
    guest_seats.c.state == SeatState.ASKED.value,
    guest_seats.c.introduction_id.is_not(None),
    exists().where(offers.c.catchup_id == guest_seats.c.catchup_id, IS_OPEN),
)
DUE = (
    select(guest_seats.c.id, guest_seats.c.catchup_id)
    .outerjoin(bookings, and_(bookings.c.catchup_id == guest_seats.c.catchup_id, IS_LIVE))
    .where(
        LIVE,
        or_(
            and_(bookings.c.id.is_(None), ~IS_OFFERED),
            and_(guest_seats.c.introduction_id.is_not(None), ~INTRODUCTION_STANDS),
            bookings.c.medium != Medium.VIDEO.value,
            bookings.c.start <= bindparam("over"),
            and_(
                guest_seats.c.state == SeatState.AGREED.value,
                or_(guest_seats.c.told_start.is_(None), guest_seats.c.told_start != bookings.c.start),
            ),
        ),
    )
    .order_by(guest_seats.c.id)
)
ONE_IS_ERASED = exists().where(
    catchups.c.id == guest_seats.c.catchup_id,
    mentorships.c.id == catchups.c.mentorship_id,
    people.c.id.in_((mentorships.c.mentor_id, mentorships.c.mentee_id)),
    people.c.erased_at.is_not(None),
)
IS_OLD = and_(
    HELD_DATA,
    guest_seats.c.state.not_in([state.value for state in LIVE_SEATS]),
    guest_seats.c.state_at <= bindparam("before_erasure"),
    or_(guest_seats.c.state_at <= bindparam("before"), ONE_IS_ERASED),
)
OLD = select(guest_seats.c.id).where(IS_OLD).limit(1)
CLEARED = update(guest_seats).where(IS_OLD).values(name="", email="", key=None)


async def add_seat(
    connection: AsyncConnection,
    catchup_id: int,
    asked_by: int,
    draft: GuestDraft,
    key: str,
    now: datetime,
    *,
    introduction_id: int | None = None,
    third_id: int | None = None,
) -> int:
    """Its id. The catch-up must be locked, and have no other live one."""
    of = {"introduction_id": introduction_id, "third_id": third_id}
    values = {"catchup_id": catchup_id, "asked_by": asked_by, "made_at": now, "state_at": now, "key": key}
    said = {"name": draft.name, "email": draft.email, "role": draft.role, "language": draft.language}
    flags = {"state": SeatState.ASKED.value, "let_in": False, "waits": False, "put_off": False}
    added = insert(guest_seats).values(**values, **said, **flags, **of).returning(guest_seats.c.id)
    return int((await connection.execute(added)).scalar_one())


async def any_seat(connection: AsyncConnection, seat_id: int) -> GuestSeat | None:
    """Without a check of access."""
    row = (await connection.execute(BY_ID, {"id": seat_id})).one_or_none()
    return seat_of(row) if row else None


async def newest_seat_in(connection: AsyncConnection, catchup_id: int) -> GuestSeat | None:
    row = (await connection.execute(NEWEST_IN, {"catchup_id": catchup_id})).one_or_none()
    return seat_of(row) if row else None


async def newest_seat_of(connection: AsyncConnection, introduction_id: int) -> GuestSeat | None:
    """The newest seat in a call of three after this introduction."""
    row = (await connection.execute(NEWEST_OF, {"introduction_id": introduction_id})).one_or_none()
    return seat_of(row) if row else None


async def agreed_seats_of(connection: AsyncConnection, person_id: int) -> tuple[tuple[GuestSeat, datetime], ...]:
    """Those in calls of three for which the other two want this third person, each with when its call was booked."""
    rows = await connection.execute(AGREED_OF, {"person_id": person_id})
    return tuple((seat_of(row), row.booked_at) for row in rows)


async def stands(connection: AsyncConnection, seat_id: int) -> bool:
    """Whether the introduction that a seat comes of still stands; also for a seat that comes of none."""
    return (await connection.execute(STANDS, {"id": seat_id})).first() is not None


async def is_offered(connection: AsyncConnection, catchup_id: int) -> bool:
    """Whether an offer of the catch-up waits for its answer."""
    return (await connection.execute(OFFER_IN, {"catchup_id": catchup_id})).first() is not None


async def live_seat_in(connection: AsyncConnection, catchup_id: int) -> GuestSeat | None:
    """The one seat that is asked for or agreed. To decide by it, the catch-up must be locked."""
    seat = await newest_seat_in(connection, catchup_id)
    return seat if seat and seat.state in LIVE_SEATS else None


async def booking_in(connection: AsyncConnection, catchup_id: int) -> Booking | None:
    """The booking that the catch-up has now, confirmed or held."""
    row = (await connection.execute(BOOKING_OF, {"catchup_id": catchup_id})).one_or_none()
    return booking_of(row) if row else None


async def is_erased(connection: AsyncConnection, person_id: int) -> bool:
    return (await connection.execute(ERASED, {"id": person_id})).first() is not None


async def set_state(connection: AsyncConnection, seat_id: int, state: SeatState, now: datetime) -> None:
    """One that is not live any more lets nobody in."""
    values: dict[str, object] = {"state": state.value, "state_at": now}
    if state not in LIVE_SEATS:
        values |= {"let_in": False, "waits": False, "put_off": False}
    await _set(connection, seat_id, **values)


async def set_door(connection: AsyncConnection, seat_id: int, **door: bool) -> None:
    """`let_in`, `waits` and `put_off`, of those that are given."""
    await _set(connection, seat_id, **door)


async def set_told(connection: AsyncConnection, seat_id: int, start: datetime) -> None:
    """Which start the guest is told. For another one than before, they wait at the door again."""
    await _set(connection, seat_id, told_start=start, let_in=False, put_off=False)


async def set_attendance(connection: AsyncConnection, seat_id: int, attendance: str) -> None:
    await _set(connection, seat_id, attendance=attendance)


async def end_attendance(connection: AsyncConnection, seat_id: int, attendance: str | None) -> None:
    """The guest is not in the call any more, unless they have come again since."""
    theirs = update(guest_seats).where(guest_seats.c.id == seat_id, guest_seats.c.attendance == attendance)
    await connection.execute(theirs.values(attendance=None))


async def note_came(connection: AsyncConnection, seat_id: int, at: datetime) -> None:
    """Keeps when the guest came first."""
    first = update(guest_seats).where(guest_seats.c.id == seat_id, guest_seats.c.came_at.is_(None))
    await connection.execute(first.values(came_at=at))


async def clear(connection: AsyncConnection, seat_id: int) -> None:
    """Deletes the guest's name and address; nothing opens the seat any more."""
    await _set(connection, seat_id, name="", email="", key=None)


async def has_old(connection: AsyncConnection, now: datetime) -> bool:
    """Whether there is something for `clear_old`."""
    return (await connection.execute(OLD, _times_before(now))).first() is not None


async def clear_old(connection: AsyncConnection, now: datetime) -> int:
    """Deletes them in the seats that ended some days ago, or a day ago if one of the two was erased; returns in how
    many."""
    return int((await connection.execute(CLEARED, _times_before(now))).rowcount)


async def due_seats(connection: AsyncConnection, now: datetime) -> dict[int, int]:
    """The seats whose guest is to be told something, or whose time is over: the id of the catch-up of each."""
    rows = await connection.execute(DUE, {"over": now - STAYS_AFTER})
    return {row.id: row.catchup_id for row in rows}


async def seats_there(connection: AsyncConnection) -> tuple[GuestSeat, ...]:
    """Those whose guests are in a call."""
    return tuple(seat_of(row) for row in await connection.execute(THERE))


async def roles_at(connection: AsyncConnection, booking_id: int) -> tuple[GuestRole, ...]:
    """What the third people were who came to the booking's call; not who."""
    rows = await connection.execute(CAME_TO, {"id": booking_id})
    return tuple(GuestRole(role) for role in rows.scalars())


def _times_before(now: datetime) -> dict[str, datetime]:
    return {"before": now - KEPT_AFTER, "before_erasure": now - KEPT_AFTER_ERASURE}


async def _set(connection: AsyncConnection, seat_id: int, **values: object) -> None:
    await connection.execute(update(guest_seats).where(guest_seats.c.id == seat_id).values(**values))


def seat_of(row: Row[Any]) -> GuestSeat:
    return GuestSeat(
        id=row.id,
        catchup_id=row.catchup_id,
        asked_by=row.asked_by,
        name=row.name,
        email=row.email,
        language=language_of(row.language).code,
        role=GuestRole(row.role),
        state=SeatState(row.state),
        key=row.key or "",
        let_in=row.let_in,
        waits=row.waits,
        put_off=row.put_off,
        told_start=row.told_start,
        attendance=row.attendance,
        came_at=row.came_at,
        introduction_id=row.introduction_id,
        third_id=row.third_id,
    )
