"""What was brought in at once, and by whom."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.database import for_update
from server.db.tables import accounts, imports, people

# Who adds people waits here for the others: two at once could add the same person.
ACCOUNTS = for_update(select(accounts.c.id).order_by(accounts.c.id))
HOST = (
    select(people.c.name)
    .join(accounts, accounts.c.person_id == people.c.id)
    .join(imports, imports.c.account_id == accounts.c.id)
    .where(imports.c.id == bindparam("id"))
)


async def add_import(connection: AsyncConnection, account_id: int, people: int, pairs: int, now: datetime) -> int:
    """Its id."""
    new = insert(imports).values(at=now, account_id=account_id, people=people, pairs=pairs)
    return int((await connection.execute(new.returning(imports.c.id))).scalar_one())


async def lock_additions(connection: AsyncConnection) -> None:
    """Lets nobody else who runs the scheme add people until the transaction ends."""
    await connection.execute(ACCOUNTS)


async def host_of(connection: AsyncConnection, import_id: int) -> str:
    """The name of who brought them in."""
    return str((await connection.execute(HOST, {"id": import_id})).scalar_one())
