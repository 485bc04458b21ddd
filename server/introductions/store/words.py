"""What a mentor wrote to propose an introduction, encrypted."""

import json
from dataclasses import asdict

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.db.tables import introduction_words
from server.introductions.rules.proposals import Proposal
from server.room.sealing import Sealer

OF = introduction_words.c.introduction_id == bindparam("introduction")
READ = select(introduction_words.c.sealed).where(OF)
ADD, DELETE = insert(introduction_words), delete(introduction_words).where(OF)


async def add_words(connection: AsyncConnection, sealer: Sealer, introduction_id: int, proposal: Proposal) -> None:
    sealed = sealer.seal(json.dumps(asdict(proposal)).encode(), _place(introduction_id))
    await connection.execute(ADD, {"introduction_id": introduction_id, "sealed": sealed})


async def read_words(connection: AsyncConnection, sealer: Sealer, introduction_id: int) -> Proposal | None:
    """None once it is over. Raises UnreadableContent."""
    sealed = (await connection.execute(READ, {"introduction": introduction_id})).scalar_one_or_none()
    return Proposal(**json.loads(sealer.open(sealed, _place(introduction_id)))) if sealed else None


async def delete_words(connection: AsyncConnection, introduction_id: int) -> None:
    await connection.execute(DELETE, {"introduction": introduction_id})


def _place(introduction_id: int) -> str:
    return f"introduction:{introduction_id}"
