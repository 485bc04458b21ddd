"""What tests start by themselves: a PostgreSQL cluster, databases, Fireside, and browsers."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from server.storage.database import Database
from server.storage.schema import migrate
from tests.cast import Fireside, free_port
from tests.cluster import Cluster
from tests.firefox import Firefox

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)

names = count(1)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a throwaway cluster of our own, gone at the end."""
    cluster = Cluster(tmp_path_factory.mktemp("postgresql"))
    cluster.start()
    yield cluster.url
    cluster.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with the newest schema: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'fireside.sqlite3'}"
    else:
        url = await new_postgresql_database(request.getfixturevalue("postgresql"))
    database = Database(url)
    await migrate(database)
    yield database
    await database.close()


async def new_postgresql_database(cluster: str) -> str:
    """Makes a database in the cluster and returns its URL."""
    name = f"fireside_{next(names)}"
    engine = create_async_engine(f"{cluster}/postgres", isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return f"{cluster}/{name}"


@pytest.fixture
async def fireside(tmp_path: Path) -> AsyncIterator[Fireside]:
    """The demo, served by a process of its own."""
    house = await Fireside.start(tmp_path / "data")
    yield house
    await house.stop()


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium with a fake camera and microphone."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def firefox(tmp_path: Path) -> AsyncIterator[Firefox]:
    """Debian's Firefox with a fake camera and microphone."""
    async with Firefox(tmp_path / "firefox", free_port()) as browser:
        yield browser
