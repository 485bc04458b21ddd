"""What tests start by themselves: a PostgreSQL cluster, databases, Fireside, and browsers."""

import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser, async_playwright

from server.storage.database import Database
from server.storage.schema import migrate
from tests.cast import Fireside, free_port
from tests.cluster import Cluster
from tests.firefox import Firefox
from tests.post_office import PostOffice

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
    cluster = Cluster(tmp_path_factory.mktemp("postgresql"), durable=False)
    cluster.start()
    yield cluster.url
    cluster.remove()


@pytest.fixture(scope="session")
def migrated() -> dict[str, str]:
    """Databases with the newest schema and nothing in them, to be copied: a file's path and a database's name."""
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    migrated: dict[str, str],
) -> AsyncIterator[Database]:
    """An empty database with the newest schema: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        if "file" not in migrated:
            migrated["file"] = str(tmp_path_factory.mktemp("migrated") / "fireside.sqlite3")
            await _migrate(f"sqlite+aiosqlite:///{migrated['file']}")
        url = f"sqlite+aiosqlite:///{shutil.copy(migrated['file'], tmp_path / 'fireside.sqlite3')}"
    else:
        cluster = request.getfixturevalue("postgresql")
        if "database" not in migrated:
            first = await new_postgresql_database(cluster)
            await _migrate(first)
            migrated["database"] = first.rpartition("/")[2]
        url = await new_postgresql_database(cluster, migrated["database"])
    database = Database(url)
    yield database
    await database.close()
    if request.param == "postgresql":
        await _administer(cluster, f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


async def _migrate(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


async def new_postgresql_database(cluster: str, template: str = "template1") -> str:
    """Makes a database in the cluster, a copy of the template, and returns its URL."""
    name = f"fireside_{next(names)}"
    await _administer(cluster, f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"{cluster}/{name}"


async def _administer(cluster: str, command: str) -> None:
    connection = await asyncpg.connect(f"{cluster.replace('+asyncpg', '')}/postgres")
    try:
        await connection.execute(command)
    finally:
        await connection.close()


@pytest.fixture
def post(request: pytest.FixtureRequest) -> dict[str, str]:
    """The setting of where letters go: to the test's post office, if it has one."""
    if "post_office" not in request.fixturenames:
        return {}
    office: PostOffice = request.getfixturevalue("post_office")
    return {"FIRESIDE_SMTP_URL": office.url}


@pytest.fixture
async def fireside(tmp_path: Path, post: dict[str, str]) -> AsyncIterator[Fireside]:
    """The demo, served by a process of its own."""
    house = await Fireside.start(tmp_path / "data", **post)
    yield house
    await house.stop()


@pytest.fixture
async def post_office() -> AsyncIterator[PostOffice]:
    """A mail server that takes every letter."""
    office = await PostOffice().open()
    yield office
    office.close()


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
