"""Who wishes the record of a catch-up by email, and the records that were made, encrypted."""

from datetime import datetime

import msgspec
from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.bookings import Booking
from server.catchups.store.bookings import booking_of
from server.catchups.store.catchups import in_catchups_of
from server.db.tables import agreed_records, bookings
from server.room.rules.records import AgreedRecord
from server.room.sealing import Sealer

OF_BOOKING = agreed_records.c.booking_id == bindparam("booking")
OF_PERSON = and_(OF_BOOKING, agreed_records.c.person_id == bindparam("person"))
WISHES = select(agreed_records.c.person_id, agreed_records.c.made_at).where(OF_BOOKING)
SEALED = select(agreed_records.c.sealed).where(OF_PERSON)
MADE = select(agreed_records.c.person_id, agreed_records.c.sealed).where(
    OF_BOOKING, agreed_records.c.made_at.is_not(None)
)
WAITING = (
    select(bookings)
    .where(
        bookings.c.id.in_(select(agreed_records.c.booking_id).where(agreed_records.c.made_at.is_(None))),
        bookings.c.start < bindparam("now"),
    )
    .order_by(bookings.c.id)
    .limit(100)
)
OF_ONE = select(agreed_records).where(
    agreed_records.c.person_id == bindparam("person"),
    agreed_records.c.booking_id.in_(select(bookings.c.id).where(in_catchups_of(bindparam("pairs_of"), bookings))),
)
MOVE = update(agreed_records).where(OF_PERSON).values(person_id=bindparam("to"), sealed=bindparam("new"))
ADD = insert(agreed_records)
KEEP = update(agreed_records).where(OF_PERSON)
DROP = delete(agreed_records).where(OF_BOOKING, agreed_records.c.made_at.is_(None))
DROP_OWN = DROP.where(agreed_records.c.person_id == bindparam("person"))


async def wishes_of(connection: AsyncConnection, booking_id: int) -> dict[int, datetime | None]:
    """Who wishes the record, by their ids: when it was made for them, None while it was not."""
    rows = await connection.execute(WISHES, {"booking": booking_id})
    return {row.person_id: row.made_at for row in rows}


async def add_wish(connection: AsyncConnection, booking_id: int, person_id: int, now: datetime) -> None:
    """The catch-up must be locked, and have no such wish yet."""
    await connection.execute(ADD, {"booking_id": booking_id, "person_id": person_id, "wished_at": now})


async def drop_wish(connection: AsyncConnection, booking_id: int, person_id: int) -> None:
    """Unless the record was made. The catch-up must be locked."""
    await connection.execute(DROP_OWN, {"booking": booking_id, "person": person_id})


async def drop_wishes(connection: AsyncConnection, booking_id: int) -> None:
    """Those for which no record was made. The catch-up must be locked."""
    await connection.execute(DROP, {"booking": booking_id})


async def waiting_bookings(connection: AsyncConnection, now: datetime) -> tuple[Booking, ...]:
    """Bookings that have begun and of which somebody waits for the record, at most 100."""
    return tuple(booking_of(row) for row in await connection.execute(WAITING, {"now": now}))


async def made_record(connection: AsyncConnection, sealer: Sealer, booking_id: int) -> AgreedRecord | None:
    """The booking's record, where it was made for one of the two. Raises UnreadableContent."""
    row = (await connection.execute(MADE, {"booking": booking_id})).first()
    return None if row is None else _opened(sealer, row.sealed, booking_id, row.person_id)


async def keep_record(
    connection: AsyncConnection,
    sealer: Sealer,
    booking_id: int,
    person_id: int,
    record: AgreedRecord,
    now: datetime,
) -> None:
    """Keeps the record for one who wishes it. The catch-up must be locked."""
    sealed = sealer.seal(msgspec.json.encode(record), _place(booking_id, person_id))
    await connection.execute(KEEP, {"booking": booking_id, "person": person_id, "made_at": now, "sealed": sealed})


async def record_for(connection: AsyncConnection, sealer: Sealer, booking_id: int, person_id: int) -> AgreedRecord:
    """The record that was made for this person. Raises UnreadableContent."""
    sealed = (await connection.execute(SEALED, {"booking": booking_id, "person": person_id})).scalar_one()
    return _opened(sealer, sealed, booking_id, person_id)


async def move_records(connection: AsyncConnection, sealer: Sealer, person_id: int, to: int, pairs_of: int) -> None:
    """Makes them, and the wishes, those of another person, in the mentorships of `pairs_of`.

    One that cannot be read is kept as it is.
    """
    for row in (await connection.execute(OF_ONE, {"person": person_id, "pairs_of": pairs_of})).all():
        places = _place(row.booking_id, person_id), _place(row.booking_id, to)
        sealed = None if row.sealed is None else sealer.move(row.sealed, *places)
        values = {"booking": row.booking_id, "person": person_id, "to": to, "new": sealed}
        await connection.execute(MOVE, values)


def _opened(sealer: Sealer, sealed: bytes, booking_id: int, person_id: int) -> AgreedRecord:
    return msgspec.json.decode(sealer.open(sealed, _place(booking_id, person_id)), type=AgreedRecord)


def _place(booking_id: int, person_id: int) -> str:
    return f"record:{booking_id}:{person_id}"
