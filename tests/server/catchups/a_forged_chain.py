"""The ledger as somebody leaves it who can write the database and knows how its hashes are made."""

from dataclasses import replace

from sqlalchemy import delete, update

from server.catchups.rules.ledger import GENESIS, entry_hash
from server.catchups.store.ledger import read_entries
from server.db.tables import choices, ledger_head


async def write_again(database, count, **change):
    """They keep the first `count` entries, change the first, and hash them again."""
    async with database.writing() as connection:
        chain = list(await read_entries(connection, 0, 1000))
        await connection.execute(delete(choices).where(choices.c.id.in_([number for number, _ in chain[count:]])))
        previous = GENESIS
        for number, entry in chain[:count]:
            entry = replace(entry, previous_hash=previous, **(change if number == chain[0][0] else {}))
            previous = entry_hash(entry)
            values = {"previous_hash": entry.previous_hash, "hash": previous, "language": entry.language}
            await connection.execute(update(choices).where(choices.c.id == number).values(values))
        await connection.execute(update(ledger_head).values(entries=count, hash=previous))
