"""Takes everything out of a database but its schema, for the next test."""

from sqlalchemy import delete, update

from server.catchups.rules.ledger import GENESIS
from server.db.database import Database
from server.db.tables import ledger_check, ledger_head, metadata

KEPT = (ledger_head, ledger_check)
DELETIONS = "; ".join(str(delete(table)) for table in metadata.sorted_tables if table not in KEPT)
UNCHECKED = {column.name: None for column in ledger_check.columns if column.nullable} | {"entry_id": 0, "reached": ""}

# They keep what is only added to.
TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"

# Ids begin at one again.
NUMBERS = "SELECT setval(seqrelid::regclass, 1, false) FROM pg_sequence"


async def empty(database: Database) -> None:
    """Leaves it as the migrations would. Whatever holds a row there keeps this waiting."""
    async with database.migrating() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        if database.is_sqlite:
            # A script ends the transaction that it finds.
            triggers = list(await driver.execute_fetchall(TRIGGERS))
            without = "; ".join(f"DROP TRIGGER {name}" for name, _ in triggers)
            again = "; ".join(made for _, made in triggers)
            await driver.executescript(f"BEGIN IMMEDIATE; {without}; {DELETIONS}; {again}; COMMIT")
        else:
            # As a replica PostgreSQL checks no foreign keys, and runs no triggers.
            await driver.execute(f"SET LOCAL session_replication_role = replica; {DELETIONS}; {NUMBERS}")
        await connection.execute(update(ledger_head).values(entries=0, hash=GENESIS))
        await connection.execute(update(ledger_check).values(UNCHECKED))
