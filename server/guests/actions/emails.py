"""Composing the emails about a guest's seat, and the links in them."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.store.catchups import mentorship_of
from server.errors import NotFound
from server.guests.access import third_joins
from server.guests.contact import both_of, contact_of_guest
from server.guests.emails import email_to_guest, email_to_one
from server.guests.rules.links import guest_token
from server.guests.rules.seats import TO_GUEST, GuestSeat
from server.guests.store import seats
from server.mail.mailer import PersonalLinks
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.people.rules.people import Person
from server.people.store.contacts import any_contact
from server.people.store.people import find_person


@dataclass(frozen=True, slots=True)
class LinksWithGuests:
    """A guest gets the link of their seat, made with the server's `secret_key`; all others one of their `own`, as does
    somebody who was introduced."""

    own: PersonalLinks
    base_url: str
    secret_key: bytes

    async def make(self, connection: AsyncConnection, entry: OutboxEntry, now: datetime) -> str:
        """Raises NotFound when the guest's data was deleted."""
        if entry.kind not in TO_GUEST:
            return await self.own.make(connection, entry, now)
        seat = await _seat_of(connection, entry)
        if seat.third_id is not None:
            return await self.own.make(connection, entry, now)
        return f"{self.base_url}/g/{guest_token(self.secret_key, seat.id, seat.key)}"

    async def forget(self, connection: AsyncConnection, link: str) -> None:
        """A guest's link is the same in each email."""
        if not link.startswith(f"{self.base_url}/g/"):
            await self.own.forget(connection, link)


async def compose_guest_email(connection: AsyncConnection, entry: OutboxEntry, link: str, *, sender: str) -> Email:
    """Raises NotFound when the guest's data was deleted, or the reader is none of the two."""
    seat = await _seat_of(connection, entry)
    booking = await seats.booking_in(connection, seat.catchup_id)
    if entry.kind in TO_GUEST:
        both = await both_of(connection, seat)
        guest = await contact_of_guest(connection, seat, both[0])
        return email_to_guest(entry, seat, booking, both, guest, link, sender)
    reader = await _person(connection, entry.recipient_id)
    other = await _person(connection, (await mentorship_of(connection, seat.catchup_id)).other(reader.id))
    address = (await any_contact(connection, reader.id)).email
    joins = await third_joins(connection, seat)
    return email_to_one(entry, seat, booking, reader, other, address, link, joins=joins)


async def _seat_of(connection: AsyncConnection, entry: OutboxEntry) -> GuestSeat:
    found = re.match(r"guest:(\d+):", entry.event)
    seat = await seats.any_seat(connection, int(found[1])) if found else None
    if seat is None or (entry.kind in TO_GUEST and not seat.key):
        raise NotFound
    return seat


async def _person(connection: AsyncConnection, person_id: int) -> Person:
    person = await find_person(connection, person_id)
    if person is None:
        raise NotFound
    return person
