"""Adding to the ledger of choices."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.ledger import NewChoice, Subject, make_choice
from server.catchups.store import ledger as choices


async def record_choice(connection: AsyncConnection, subject: Subject, new: NewChoice, now: datetime) -> None:
    """Adds the choice to the ledger, in the transaction that acts on it."""
    head = await choices.lock_head(connection)
    choice = make_choice(head.hash, new, subject, now)
    await choices.add_choice(connection, choice, new.said.shown, head, new.said.words)
