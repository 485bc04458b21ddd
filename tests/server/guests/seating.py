"""Cleo, an interpreter whom Maya would like to bring, and how the tests ask and agree."""

from datetime import datetime

from sqlalchemy import select

from server.catchups.rules.bookings import Booking
from server.catchups.rules.ledger import ChoiceKind
from server.db.database import Database
from server.db.tables import guest_seats, outbox
from server.guests.access import GuestKey
from server.guests.actions.seats import agree_to_seat, ask_for_seat
from server.guests.rules.links import PURPOSE, guest_token
from server.guests.rules.seats import REMINDERS, GuestDraft, GuestSeat
from server.guests.store.seats import seat_of
from server.secret import ServerSecret
from tests.server.actors import NOW, SHOWN, Pair
from tests.server.sending import secret_of as server_secret

CLEO = GuestDraft("Cleo", "cleo@example.org", "interpreter", "de")
YES, NO = SHOWN[ChoiceKind.AGREED_GUEST], SHOWN[ChoiceKind.ENDED_GUEST]
SECRET = bytes(32)


async def asked(database: Database, pair: Pair, booking: Booking, now: datetime = NOW) -> GuestSeat:
    await ask_for_seat(database, pair.mentor, booking.id, CLEO, YES, now)
    return await newest(database)


async def seated(database: Database, pair: Pair, booking: Booking, now: datetime = NOW) -> GuestSeat:
    seat = await asked(database, pair, booking, now)
    await agree_to_seat(database, pair.mentee, booking.id, seat.id, YES, now)
    return await newest(database)


async def newest(database: Database) -> GuestSeat:
    async with database.reading() as connection:
        return seat_of((await connection.execute(select(guest_seats).order_by(guest_seats.c.id.desc()).limit(1))).one())


def key_to(seat: GuestSeat) -> GuestKey:
    return GuestKey(guest_token(SECRET, seat.id, seat.key), SECRET)


async def told(database: Database) -> list[str]:
    """The kinds of emails about guests that were queued, the oldest first; without reminders."""
    about = outbox.c.kind.startswith("guest_"), outbox.c.kind.not_in(list(REMINDERS)), outbox.c.dropped_at.is_(None)
    async with database.reading() as connection:
        return list((await connection.execute(select(outbox.c.kind).where(*about).order_by(outbox.c.id))).scalars())


def link_of(database: Database, seat: GuestSeat, secret: ServerSecret | None = None) -> str:
    """The path of the guest's link on the site that has this database, and this secret if it is not beside it."""
    key = (secret or server_secret(database)).key(PURPOSE)
    return f"/g/{guest_token(key, seat.id, seat.key)}"
