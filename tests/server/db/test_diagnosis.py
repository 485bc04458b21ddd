"""Why a database cannot be used: one sentence for each reason, with what helps."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from server.db.database import Database, Unavailable
from server.db.diagnosis import explain
from server.db.schema import migrate
from tests.cast import free_port
from tests.conftest import new_postgresql_database


async def reason(url: str) -> str:
    """Why it cannot be written."""
    database = Database(url)
    with pytest.raises(Unavailable) as refusal:
        await database.check_writable()
    await database.close()
    return explain(url, refusal.value)


def url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert await reason(url_of(folder / "f")) == f"The folder {folder} does not exist. Run: mkdir -p {folder}"


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("We met on Monday. " * 100)
    assert await reason(url_of(file)) == f"{file} is not an SQLite database. Name the right one, or restore the backup."


async def test_one_that_another_process_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    monkeypatch.setattr("server.db.database.BUSY_TIMEOUT_MS", 10)
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        said = await reason(url_of(file))
    assert said == f"{file} is locked by another process. This shows which: fuser -v {file}"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("fireside:s3cret@127.0.0.1:{closed}/f", "PostgreSQL at 127.0.0.1:{closed} cannot be reached"),
        ("fireside:s3cret@no.such.host.invalid/f", "The host no.such.host.invalid is not known"),
        ("fireside:s3cret@127.0.0.1:{port}/none", "There is no database none at 127.0.0.1. Run: createdb"),
        ("nobody:s3cret@127.0.0.1:{port}/postgres", "refuses the login of nobody. Check user and password"),
    ],
)
async def test_postgresql_that_cannot_be_used(postgresql: str, url: str, said: str) -> None:
    port, closed = postgresql.rpartition(":")[2], free_port()
    found = await reason("postgresql+asyncpg://" + url.format(port=port, closed=closed))
    assert said.format(closed=closed) in found
    assert "s3cret" not in found


async def test_postgresql_that_only_reads(postgresql: str) -> None:
    url = await new_postgresql_database(postgresql)
    database = Database(url)
    await migrate(database)
    async with database.writing() as connection:
        name = make_url(url).database
        await connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    await database.close()
    assert "only reads: it is a standby, or set to read only" in await reason(url)
