"""Whom a guest meets; how a guest is called and reached, as the one who named them said, or as they say themselves."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.store.catchups import mentorship_of
from server.errors import NotFound
from server.guests.rules.seats import GuestSeat
from server.i18n.catalog import Language, language_of
from server.people.rules.people import Person
from server.people.store.contacts import any_contact
from server.people.store.people import find_person


@dataclass(frozen=True, slots=True)
class GuestContact:
    """`zone` is that of the times that the guest is told. `discreet`: their calendar names nobody else."""

    name: str
    called: str
    email: str
    language: Language
    zone: str
    discreet: bool


async def both_of(connection: AsyncConnection, seat: GuestSeat) -> tuple[Person, Person]:
    """Whose catch-up it is: the one who named the guest, and the other. Raises NotFound."""
    asked_by = await find_person(connection, seat.asked_by)
    other = await find_person(connection, (await mentorship_of(connection, seat.catchup_id)).other(seat.asked_by))
    if asked_by is None or other is None:
        raise NotFound
    return asked_by, other


async def contact_of_guest(connection: AsyncConnection, seat: GuestSeat, asked_by: Person) -> GuestContact:
    """For emails to the guest and their own calendar. Raises NotFound."""
    if seat.third_id is None:
        return GuestContact(seat.name, seat.name, seat.email, language_of(seat.language), asked_by.zone, False)
    third = await find_person(connection, seat.third_id)
    if third is None:
        raise NotFound
    email = (await any_contact(connection, third.id)).email
    return GuestContact(third.name, third.called, email, language_of(third.language), third.zone, third.discreet)
