"""Catch-ups for a person's own calendar: the feed that it subscribes to, and one booking's entry."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.calendar.entries import event_of
from server.catchups.calendar.event import CalendarEvent, invitation
from server.catchups.calendar.feed import feed
from server.catchups.store.appointments import Appointment, appointment_at, appointments_of
from server.db.database import Database
from server.errors import NotFound
from server.guests.queries.calendar_files import read_calls_of_three
from server.i18n.catalog import language_of
from server.people.rules.errors import LinkNotFound
from server.people.rules.people import Person
from server.people.rules.visitors import Visitor
from server.people.store.contacts import any_contact, own_contact
from server.people.store.people import find_person


async def read_feed(db: Database, person_id: int, base_url: str, sender: str, now: datetime) -> bytes:
    """The file of all this person's catch-ups, calls of three after an introduction among them; the same as long as
    nothing changed. Raises LinkNotFound."""
    async with db.reading() as connection:
        reader = await find_person(connection, person_id)
        if reader is None:
            raise LinkNotFound
        contact = await any_contact(connection, person_id)
        appointments = await appointments_of(connection, person_id, now)
        calls_of_three = await read_calls_of_three(connection, person_id, base_url, sender)
    events = [_event(appointment, reader, contact.email, base_url, sender) for appointment in appointments]
    return feed([*events, *calls_of_three], reader.zone, language_of(reader.language).gettext("Catch-ups"))


async def read_invitation(db: Database, visitor: Visitor, booking_id: int, base_url: str, sender: str) -> bytes:
    """The file of one booking. Raises NotFound, also where another booking has taken its place."""
    async with db.reading() as connection:
        event = await read_event(connection, visitor, booking_id, base_url, sender)
    if event is None:
        raise NotFound
    return invitation(event)


async def read_event(
    connection: AsyncConnection, visitor: Visitor, booking_id: int, base_url: str, sender: str
) -> CalendarEvent | None:
    """The booking as an event of the visitor's; None where it is not theirs, or another has taken its place."""
    appointment = await appointment_at(connection, visitor, booking_id)
    if appointment is None:
        return None
    contact = await own_contact(connection, visitor)
    return _event(appointment, visitor.person, contact.email, base_url, sender)


def _event(appointment: Appointment, reader: Person, email: str, base_url: str, sender: str) -> CalendarEvent:
    return event_of(
        appointment.invitation,
        uid=appointment.uid,
        reader=reader,
        email=email,
        other=appointment.other(reader.id),
        note=appointment.note,
        address=f"{base_url}/catchups/{appointment.catchup_id}",
        sender=sender,
        stamp=appointment.decided_at,
    )
