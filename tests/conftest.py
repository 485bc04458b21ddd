"""What tests start by themselves: a PostgreSQL cluster, databases, Fireside, and browsers."""

import ctypes
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings
from playwright.async_api import Browser, async_playwright, expect
from sqlalchemy import update
from xdist.remote import Producer

from server.catchups.rules.join_window import JoinWindow
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import people
from server.demo import prepare_demo
from tests.cast import PATIENCE_S, Fireside, free_port
from tests.cluster import Cluster
from tests.emptying import empty
from tests.firefox import Firefox
from tests.in_turn import CallsInTurn
from tests.logs import nothing_private_is_logged
from tests.made_once import made_once
from tests.smtp_server import SmtpServer
from tests.statement_costs import write_large_database

__all__ = ["nothing_private_is_logged"]

# Chromium lays a process by for each window's address field, which nobody sees here: a quarter of what a window costs.
# Playwright's own list is repeated, as only the last one counts.
FEATURES_OFF = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,"
    "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
CHROMIUM_ARGUMENTS = (
    f"--disable-features={FEATURES_OFF}",
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
# A camera of 5 pictures a second: encoding, decoding and drawing 20 is a third of all that a call costs here.
SLOW_CAMERA = "--use-fake-device-for-media-stream=fps=5"

# As root, Chromium would put itself before the server that is tested, which then gets next to nothing of two cores.
# A program that lacks this capability cannot (prctl(2); capability numbers in linux/capability.h).
PR_CAPBSET_DROP, CAP_SYS_NICE = 24, 23
ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_SYS_NICE, 0, 0, 0)

# Five seconds are soon over on a machine that has other things to do.
expect.set_options(timeout=1000 * PATIENCE_S)

# How long an example takes is no matter of the test: the machine may be busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

names = count(1)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> CallsInTurn:
    """Shares the tests out among several workers."""
    return CallsInTurn(config, log)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a throwaway cluster of our own, gone at the end."""
    cluster = Cluster(tmp_path_factory.mktemp("postgresql"), durable=False)
    cluster.start()
    yield cluster.url
    cluster.remove()


@pytest.fixture(scope="session")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Database]]:
    """The databases that go from test to test, by kind: what was connected and compiled once serves them all."""
    databases: dict[str, Database] = {}
    yield databases
    for database in databases.values():
        await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, kept: dict[str, Database], migrated: Path
) -> Database:
    """A database with the newest schema and nothing in it: once SQLite, once PostgreSQL."""
    kind = request.param
    if kind not in kept:
        if kind == "sqlite":
            url = f"sqlite+aiosqlite:///{shutil.copy(migrated, tmp_path_factory.mktemp('kept'))}"
        else:
            url = await new_postgresql_database(request.getfixturevalue("postgresql"))
        kept[kind] = Database(url)
        await migrate(kept[kind])
    else:
        await empty(kept[kind])
    return kept[kind]


async def new_postgresql_database(cluster: str) -> str:
    """Makes a database in the cluster, and returns its URL."""
    name = f"fireside_{next(names)}"
    connection = await asyncpg.connect(f"{cluster.replace('+asyncpg', '')}/postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return f"{cluster}/{name}"


@pytest.fixture
def smtp_setting(request: pytest.FixtureRequest) -> dict[str, str]:
    """The setting of the mail server: the test's own, if it has one."""
    if "smtp_server" not in request.fixturenames:
        return {}
    server: SmtpServer = request.getfixturevalue("smtp_server")
    return {"FIRESIDE_SMTP_URL": server.url}


@pytest.fixture(scope="session")
async def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the newest schema, to be copied: that is quicker than to migrate each time."""
    with made_once(tmp_path_factory, "fireside.sqlite3") as (file, new):
        if new:
            database = Database(f"sqlite+aiosqlite:///{new}")
            await migrate(database)
            await database.close()
    return file


@pytest.fixture(scope="session")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with a long history, to be copied."""
    with made_once(tmp_path_factory, "long_history.sqlite3") as (file, new):
        if new:
            write_large_database(new)
    return file


@pytest.fixture
async def fireside(tmp_path: Path, migrated: Path, smtp_setting: dict[str, str]) -> AsyncIterator[Fireside]:
    """The demo, served by a process of its own."""
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(migrated, tmp_path / "data")
    house = await Fireside.start(tmp_path / "data", **smtp_setting)
    yield house
    await house.stop()


@pytest.fixture(scope="session")
async def shared_process(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> AsyncIterator[Fireside]:
    """One demo for all tests that need no process to themselves."""
    (data := tmp_path_factory.mktemp("shared") / "data").mkdir(mode=0o700)
    shutil.copy(migrated, data)
    house = await Fireside.start(data)
    yield house
    await house.stop()


@pytest.fixture
async def shared_fireside(shared_process: Fireside) -> Fireside:
    """A demo pair of this test's own, whom a process serves that other tests use before and after it.

    For what neither counts what is in the database nor harms a process.
    """
    database = Database(f"sqlite+aiosqlite:///{shared_process.data / 'fireside.sqlite3'}")
    async with database.writing() as connection:
        earlier = {"email": f"{next(names)}." + people.c.email, "email_key": f"{next(names)}." + people.c.email_key}
        await connection.execute(update(people).values(earlier))
    paths = asdict(await prepare_demo(database, JoinWindow(), datetime.now(UTC)))
    await database.close()
    links = {name: shared_process.base_url + path for name, path in paths.items()}
    return replace(shared_process, links={"base_url": shared_process.base_url, **links})


@pytest.fixture
async def smtp_server() -> AsyncIterator[SmtpServer]:
    """A mail server that accepts every email."""
    server = await SmtpServer().open()
    yield server
    server.close()


@pytest.fixture(scope="session")
async def running_chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium with a fake camera, which is slow, and microphone."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*CHROMIUM_ARGUMENTS, SLOW_CAMERA]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def chromium(running_chromium: Browser) -> AsyncIterator[Browser]:
    """The browser that all tests share; pages that a test leaves open, as one that fails does, burden no other."""
    yield running_chromium
    for context in running_chromium.contexts:
        await context.close()


@pytest.fixture(scope="session")
async def running_firefox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Firefox]:
    """Debian's Firefox with a fake camera and microphone."""
    async with Firefox(tmp_path_factory.mktemp("firefox") / "profile", free_port()) as browser:
        yield browser


@pytest.fixture
async def firefox(running_firefox: Firefox) -> AsyncIterator[Firefox]:
    """A tab of the one that all tests share."""
    await running_firefox.open_tab()
    yield running_firefox
    await running_firefox.close_tab()
