"""A served Fireside with a mentor and a mentee, and the browser's side of the relay core."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.schema import migrate
from tests.cast import Fireside
from tests.crowd import Crowd
from tests.signaling.relay.conftest import network, pair

__all__ = ["network", "pair"]


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[Crowd]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}")
    await migrate(database)
    yield await Crowd.gather(database, 1)
    await database.close()


@pytest.fixture
async def house(crowd: Crowd, tmp_path: Path) -> AsyncIterator[Fireside]:
    house = await Fireside.serve(tmp_path / "data", f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}")
    yield house
    await house.stop()
