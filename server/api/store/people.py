"""One person, as the API shows them."""

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.api.rules.resources import PersonResource
from server.db.tables import people
from server.errors import NotFound
from server.people.store.contacts import any_contact
from server.people.store.people import IS_LISTED

IS_HERE = and_(people.c.erased_at.is_(None), people.c.merged_into.is_(None), IS_LISTED)
ONE = select(
    people.c.id,
    people.c.external_id,
    people.c.name,
    people.c.zone,
    people.c.language,
    people.c.added_at,
).where(people.c.id == bindparam("id"), IS_HERE)


async def read_any_person(connection: AsyncConnection, person_id: int) -> PersonResource:
    """Without a check of access, and with their address: the read is to be noted in the same transaction.

    Raises NotFound, also of somebody erased, merged into another, or in no list.
    """
    row = (await connection.execute(ONE, {"id": person_id})).one_or_none()
    if row is None:
        raise NotFound
    contact = await any_contact(connection, person_id)
    return PersonResource(email=contact.email, **row._mapping)
