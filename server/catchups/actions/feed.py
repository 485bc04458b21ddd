"""A person's own calendar of catch-ups: the secret link that calendars subscribe to, and what they get by it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.calendar.entries import event_of
from server.catchups.calendar.event import Event, invitation
from server.catchups.calendar.feed import feed
from server.catchups.store.appointments import Appointment, appointment_at, appointments_of
from server.db.database import Database
from server.errors import NotFound
from server.i18n.catalog import language_of
from server.people.actions.links import find_good_link, make_link
from server.people.rules.errors import LinkNotFound
from server.people.rules.links import Purpose
from server.people.rules.people import Person
from server.people.rules.rate_limits import WRONG_FEEDS
from server.people.rules.visitors import Visitor, check_home
from server.people.store import links, people


async def subscribe(db: Database, visitor: Visitor, now: datetime) -> str:
    """A new feed's secret, which is told this once; the one before ends. Raises NotFound away from home."""
    person = check_home(visitor)
    async with db.writing() as connection:
        await links.revoke_feeds(connection, person.id, now)
        return await make_link(connection, now, person_id=person.id, purpose=Purpose.FEED, path="/me")


async def unsubscribe(db: Database, visitor: Visitor, now: datetime) -> None:
    """Ends the feed. Raises NotFound away from home."""
    person = check_home(visitor)
    async with db.writing() as connection:
        await links.revoke_feeds(connection, person.id, now)


async def read_feed(db: Database, secret: str, base_url: str, sender: str, now: datetime, caller: str) -> bytes:
    """The file behind a feed's secret, the same as long as nothing changed.

    Raises LinkNotFound for unknown, expired and ended alike, and TooManyTries when too many of those came from there.
    """
    async with db.writing() as connection:
        link = await find_good_link(connection, secret, {Purpose.FEED}, now, WRONG_FEEDS, caller)
    if link is None:
        raise LinkNotFound
    async with db.reading() as connection:
        reader = await people.find_person(connection, link.person_id)
        appointments = await appointments_of(connection, link.person_id, now)
    if reader is None:
        raise LinkNotFound
    events = [_event(appointment, reader, base_url, sender) for appointment in appointments]
    return feed(events, reader.zone, language_of(reader.language).gettext("Catch-ups"))


async def read_invitation(db: Database, visitor: Visitor, booking_id: int, base_url: str, sender: str) -> bytes:
    """The booking's entry for the visitor's calendar. Raises NotFound, also where another has taken its place."""
    async with db.reading() as connection:
        event = await read_event(connection, visitor, booking_id, base_url, sender)
    if event is None:
        raise NotFound
    return invitation(event, visitor.person.zone)


async def read_event(
    connection: AsyncConnection, visitor: Visitor, booking_id: int, base_url: str, sender: str
) -> Event | None:
    """The booking as an event of the visitor's; None where it is not theirs, or another has taken its place."""
    appointment = await appointment_at(connection, visitor, booking_id)
    return _event(appointment, visitor.person, base_url, sender) if appointment else None


def _event(appointment: Appointment, reader: Person, base_url: str, sender: str) -> Event:
    return event_of(
        appointment.invitation,
        uid=appointment.uid,
        reader=reader,
        other=appointment.other(reader.id),
        note=appointment.note,
        address=f"{base_url}/catchups/{appointment.catchup_id}",
        sender=sender,
        stamp=appointment.decided_at,
    )
