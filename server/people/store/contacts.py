"""Contact data: email addresses and phone numbers. No other store reads them: rows for pages do not carry them."""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.changes import Topic, note_change
from server.db.tables import people
from server.people.rules.people import Contact
from server.people.rules.visitors import Visitor

CONTACT = select(people.c.email, people.c.phone).where(people.c.id == bindparam("id"))
CONTACTS = select(people.c.id, people.c.email, people.c.phone).where(people.c.id.in_(bindparam("ids", expanding=True)))
FORMER_NAMES = select(people.c.name, people.c.email).where(people.c.merged_into == bindparam("id"))
OWN_ADDRESSES = select(people.c.email).where(
    or_(people.c.id == bindparam("id"), people.c.merged_into == bindparam("id"))
)
REACHABLE = select(people.c.id).where(people.c.id.in_(bindparam("ids", expanding=True)), people.c.phone != "")


async def own_contact(connection: AsyncConnection, visitor: Visitor) -> Contact:
    """The visitor's own."""
    return await any_contact(connection, visitor.person.id)


async def any_contact(connection: AsyncConnection, person_id: int) -> Contact:
    """Of the person with this id, who must exist, without a check of access: to write to them, or to lend a number."""
    row = (await connection.execute(CONTACT, {"id": person_id})).one()
    return Contact(row.email, row.phone)


async def any_contacts(connection: AsyncConnection, ids: Collection[int]) -> Mapping[int, Contact]:
    """Of these people by their ids, without a check of access: to find who is here twice."""
    rows = await connection.execute(CONTACTS, {"ids": list(ids)})
    return {row.id: Contact(row.email, row.phone) for row in rows}


async def any_former_names(connection: AsyncConnection, person_id: int) -> frozenset[str]:
    """The names and addresses that this person had before a merge, without a check of access: to erase them."""
    rows = await connection.execute(FORMER_NAMES, {"id": person_id})
    return frozenset(text for row in rows for text in row)


async def any_own_addresses(connection: AsyncConnection, person_id: int) -> frozenset[str]:
    """The email address of this person and those that they had before a merge, without a check of access: to know
    their emails by."""
    return frozenset((await connection.execute(OWN_ADDRESSES, {"id": person_id})).scalars())


async def any_emails(connection: AsyncConnection, ids: Collection[int]) -> Mapping[int, str]:
    """The email addresses of these people by their ids, without a check of access: for the list of accounts."""
    rows = await connection.execute(select(people.c.id, people.c.email).where(people.c.id.in_(list(ids))))
    return {row.id: row.email for row in rows}


async def set_phone(connection: AsyncConnection, person_id: int, phone: str) -> None:
    await connection.execute(update(people).where(people.c.id == person_id).values(phone=phone, to_compare=True))
    note_change(connection, Topic("person", person_id))


async def keep_phone(connection: AsyncConnection, person_id: int, phone: str) -> None:
    """Keeps a number that a person gave with a choice; an empty one says that they gave none."""
    if phone:
        await set_phone(connection, person_id, phone)


async def reachable_by_phone(connection: AsyncConnection, ids: Collection[int]) -> frozenset[int]:
    """Who of these people has given a number: it is not told which."""
    return frozenset((await connection.execute(REACHABLE, {"ids": list(ids)})).scalars())
