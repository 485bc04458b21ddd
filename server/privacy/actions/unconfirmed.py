"""Forgetting sign-ups that nobody confirmed, and whom nobody knows but by them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import Database
from server.people.store.links import revoke_links_of
from server.people.store.people import is_listed, lock_people
from server.privacy.store.erased import note_forgotten
from server.privacy.store.places import erase_rows, values_of_nobody
from server.schemes.actions.memberships import lapse_unconfirmed, oldest_unconfirmed
from server.schemes.rules.memberships import Membership
from server.schemes.store.memberships import any_memberships_of, delete_membership, unconfirmed_since

AT_ONCE = 100


async def forget_unconfirmed(db: Database, now: datetime) -> int:
    """How many sign-ups it was, at most AT_ONCE. Of whom nothing was ever confirmed only a number stays."""
    async with db.reading() as connection:
        if not await unconfirmed_since(connection, oldest_unconfirmed(now), 1):
            return 0
    async with db.writing() as connection:
        waiting = await unconfirmed_since(connection, oldest_unconfirmed(now), AT_ONCE)
        for membership in waiting:
            await lock_people(connection, (membership.person_id,))
            await _forget(connection, membership, now)
    return len(waiting)


async def _forget(connection: AsyncConnection, membership: Membership, now: datetime) -> None:
    person_id = membership.person_id
    if await is_listed(connection, person_id):
        await lapse_unconfirmed(connection, membership, now)
        return
    await delete_membership(connection, membership.id)
    # They may have signed up for another scheme too.
    if not await any_memberships_of(connection, person_id):
        await revoke_links_of(connection, person_id, now)
        await erase_rows(connection, person_id, values_of_nobody(person_id))
        await note_forgotten(connection, person_id, now)
