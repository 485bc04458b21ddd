"""How a guest is called and reached: as the one who named them said, or as somebody who was introduced says."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

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


async def contact_of_guest(connection: AsyncConnection, seat: GuestSeat, asked_by: Person) -> GuestContact:
    """For emails to the guest and their own calendar. Raises NotFound."""
    if seat.third_id is None:
        return GuestContact(seat.name, seat.name, seat.email, language_of(seat.language), asked_by.zone, False)
    third = await find_person(connection, seat.third_id)
    if third is None:
        raise NotFound
    email = (await any_contact(connection, third.id)).email
    return GuestContact(third.name, third.called, email, language_of(third.language), third.zone, third.discreet)
