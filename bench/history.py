"""Pages at a million sessions of others beside the same pages at a thousand, on SQLite and on PostgreSQL.

    python -m bench.history [DOUBLINGS] [sqlite | postgresql]

Run by `make bench`. Two servers run at once, one over each history, and are asked in turn, so that what else the
machine does meets both. Prints the median time of each page at either, and their ratio: first of pages of people from
the middle of the history, then of every page of the product, of people who have just come. 10 DOUBLINGS of a thousand
sessions are the million.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import aiohttp
from sqlalchemy import Row, create_engine, func, select

from bench.load import Process
from bench.long_history import BLOCK, load_history
from server.db.database import Database
from server.db.schema import migrate
from server.db.tables import bookings, catchups, mentorships
from server.people.actions.links import make_link, open_link
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.accounts import Role
from server.people.rules.links import Purpose
from server.people.store.people import set_name
from server.privacy.actions.erasing import clear_erased
from server.privacy.rules.retention import FOREVER, Kept
from server.secret import ServerSecret, read_secret
from tests.cast import Fireside
from tests.cluster import Cluster
from tests.conftest import new_postgresql_database
from tests.journeys.gallery import Gallery
from tests.server.actors import account_link

DOUBLINGS = 10
# Else the server would remove what is old while its pages are measured.
NOTHING_EXPIRES = {f"FIRESIDE_KEEP_{kept.upper()}_DAYS": str(FOREVER) for kept in Kept}
ROUNDS = 20
WARM_UP = 3
TOO_OFTEN = 429
# What the jobs find to do once, after a start, is done when a server has used less of a core than this for so long.
IDLE, SETTLED_S, SETTLED_WITHIN_S = 0.05, 5.0, 900.0
# Of one person; all other names are those of as many people as there are copies.
NAME = "Zenobia Halfway"
# How much slower a page may be.
GOAL = 1.5


@dataclass(frozen=True, slots=True)
class Size:
    """A running server over a history, and the browsers of an admin, a mentor and a mentee there.

    `process` is the server's. `paths` are the pages to ask for, by what they are, each with who asks, as are those of
    the `gallery`.
    """

    sessions: int
    process: Process
    browsers: dict[str, aiohttp.ClientSession]
    paths: dict[str, tuple[str, str]]
    gallery: dict[str, tuple[str, str]]

    async def time(self, who: str, path: str) -> float | None:
        """Milliseconds until the page is there; None of one that may not be asked for so often."""
        began = time.perf_counter()
        async with self.browsers[who].get(path, allow_redirects=False) as answer:
            await answer.read()
            if answer.status == TOO_OFTEN:
                return None
            # Some pictures of the gallery say that there is no such page.
            allowed = {200, 303, 404, 410} if (who, path) in self.gallery.values() else {200}
            assert answer.status in allowed, f"{path}: {answer.status}"
        return 1000 * (time.perf_counter() - began)


def pages(halfway: Row[Any]) -> dict[str, tuple[str, str]]:
    """What is measured, of a booking with as many before as after it."""
    middle = halfway.booking_id
    return {
        "history, first page": ("admin", "/history"),
        "history, halfway": ("admin", f"/history?after=b{middle}"),
        "history, last page": ("admin", "/history?after=b51"),
        "history, one state": ("admin", "/history?state=cancelled"),
        "history, one state, halfway": ("admin", f"/history?state=held&after=b{middle}"),
        "history, a state of none": ("admin", "/history?state=rescheduled"),
        "history, one pair": ("admin", f"/history?pair={halfway.mentorship_id}"),
        "history, one name": ("admin", f"/history?name={quote_plus(NAME)}"),
        "history, a name of many": ("admin", "/history?name=person+17+"),
        "history, everybody's name": ("admin", "/history?name=person"),
        "history, a medium of none": ("admin", "/history?medium=phone"),
        "session page": ("admin", f"/history/{middle}"),
        "people": ("admin", "/admin/people"),
        "people, halfway": ("admin", f"/admin/people?after={halfway.mentee_id}"),
        "people, one name": ("admin", "/admin/people?name=person+17+"),
        "people, everybody's name": ("admin", "/admin/people?name=person"),
        "people, an address": ("admin", "/admin/people?name=person17@example.org"),
        "one person": ("admin", f"/admin/people/{halfway.mentor_id}"),
        "one person's data": ("admin", f"/admin/people/{halfway.mentor_id}/data"),
        "perhaps the same person": ("admin", "/admin/doubles"),
        "two people to merge": ("admin", "/admin/doubles/2"),
        "start": ("admin", "/admin"),
        "overview": ("admin", "/admin/overview"),
        "live now": ("admin", "/admin/live"),
        "privacy": ("admin", "/admin/privacy"),
        "add a pair": ("admin", "/admin/pairs/new"),
        "add many people": ("admin", "/admin/import"),
        "media check": ("admin", "/media-check"),
        "emails": ("admin", "/emails"),
        "accounts": ("admin", "/admin/accounts"),
        "audit log": ("admin", "/admin/audit"),
        "mentor's home": ("mentor", "/home"),
        "mentee's home": ("mentee", "/home"),
        "me": ("mentee", "/me"),
        "my sign-ins": ("mentee", "/me/sign-ins"),
        "my choices": ("mentee", "/me/choices"),
        "my hours": ("mentor", "/hours"),
        "booking": ("mentee", f"/bookings/{middle}"),
        "offer": ("mentee", f"/offers/{halfway.offer_id}"),
        "new offer": ("mentor", f"/mentorships/{halfway.mentorship_id}/offers/new"),
        "calendar file": ("mentee", f"/bookings/{middle}/invitation.ics"),
    }


@asynccontextmanager
async def served(url: str, folder: Path, doublings: int) -> AsyncIterator[Size]:
    """Loads the history into the empty database, and serves it."""
    database = Database(url)
    await migrate(database)
    began = time.monotonic()
    await load(url, database, doublings)
    print(f"  {BLOCK * 2**doublings} sessions loaded in {time.monotonic() - began:.0f} s", flush=True)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        halfway, tokens = await _visits(database)
        gallery = await _gallery(database, read_secret("", folder), tokens)
        began = time.monotonic()
        # The server would do it while its pages are measured.
        await clear_erased(database, datetime.now(UTC))
        # Nor is the disk to be busy with it.
        os.sync()
        print(f"  files rewritten after an erasure in {time.monotonic() - began:.0f} s", flush=True)
        house = await Fireside.serve(folder, url, **NOTHING_EXPIRES)
        stack.push_async_callback(house.stop)
        browsers = {}
        for who, token in tokens.items():
            jar = aiohttp.CookieJar(unsafe=True)
            session = aiohttp.ClientSession(house.base_url, cookies={"fireside": token}, cookie_jar=jar)
            browsers[who] = await stack.enter_async_context(session)
        yield Size(BLOCK * 2**doublings, Process(house.process.pid, 0), browsers, pages(halfway), gallery)


async def _gallery(database: Database, secret: ServerSecret, tokens: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Each page of the product once, by its route; adds the cookies of those who are shown them to `tokens`."""
    found = {}
    for picture in (await Gallery.open(database, secret)).pictures:
        token = "" if picture.who is None else picture.who.token
        tokens.setdefault(token, token)
        found.setdefault(picture.route, (token, picture.path))
    return found


async def _visits(database: Database) -> tuple[Row[Any], dict[str, str]]:
    """The booking halfway through the history; and the cookies of an admin, and of its mentor and its mentee."""
    now = datetime.now(UTC)
    columns = bookings.c.id.label("booking_id"), bookings.c.offer_id, mentorships.c.id.label("mentorship_id")
    both = mentorships.c.mentor_id, mentorships.c.mentee_id
    of_halfway = select(*columns, *both).select_from(bookings.join(catchups).join(mentorships))
    async with database.writing() as connection:
        newest = (await connection.execute(select(func.max(bookings.c.id)))).scalar_one()
        halfway = (await connection.execute(of_halfway.where(bookings.c.id == newest // 2))).one()
        await set_name(connection, halfway.mentee_id, NAME)
        secrets = {
            who: await make_link(connection, now, person_id=person, purpose=Purpose.HOME, path="/home")
            for who, person in (("mentor", halfway.mentor_id), ("mentee", halfway.mentee_id))
        }
    tokens = {who: (await open_link(database, secret, None, now)).token for who, secret in secrets.items()}
    for_admin = await account_link(database, now, Role.ADMIN, "admin@example.org")
    tokens["admin"] = (await use_one_time_link(database, for_admin, None, now)).token
    return halfway, tokens


async def settle(size: Size) -> None:
    """Waits until the server's jobs have nothing to do, such as to check the whole ledger."""
    began, used = time.monotonic(), 1.0
    while used > IDLE and time.monotonic() < began + SETTLED_WITHIN_S:
        before = size.process.cpu()
        await asyncio.sleep(SETTLED_S)
        used = (size.process.cpu() - before) / SETTLED_S
    waited = time.monotonic() - began
    print(f"  {size.sessions} sessions: the jobs use {used:.0%} of a core after {waited:.0f} s", flush=True)


async def compare(small: Size, large: Size) -> None:
    print(f"  {'':48}{small.sessions:>12,}{large.sessions:>12,}   ratio")
    ratios = []
    for at_small, at_large in ((small.paths, large.paths), (small.gallery, large.gallery)):
        for name in at_small:
            took: tuple[list[float], list[float]] = [], []
            for number in range(WARM_UP + ROUNDS):
                for size, page, times in zip((small, large), (at_small[name], at_large[name]), took, strict=True):
                    spent = await size.time(*page)
                    if number >= WARM_UP and spent is not None:
                        times.append(spent)
            if not all(took):
                print(f"  {name:48} is not asked for so often", flush=True)
                continue
            before, after = map(statistics.median, took)
            ratios.append(after / before)
            print(f"  {name:48}{before:>9.1f} ms{after:>9.1f} ms{ratios[-1]:>8.2f}", flush=True)
    over = sum(ratio > GOAL for ratio in ratios)
    print(
        f"  {len(ratios)} pages: ratio {statistics.median(ratios):.2f} at the median, {max(ratios):.2f} at most", end=""
    )
    print(f", {over} above {GOAL}", flush=True)


async def load(url: str, database: Database, doublings: int) -> None:
    """Makes the history in the new database."""
    now = datetime.now(UTC)
    if not database.is_sqlite:
        async with database.migrating() as connection:
            await connection.run_sync(load_history, doublings, now)
        return
    # One connection only: the others keep the log.
    await database.close()
    engine = create_engine(url.replace("+aiosqlite", ""))
    with engine.connect() as connection:
        # Nothing of it has to outlast a crash.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000", "temp_store = MEMORY"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        load_history(connection, doublings, now)
        connection.commit()
    engine.dispose()


async def main() -> None:
    doublings = int(sys.argv[1]) if len(sys.argv) > 1 else DOUBLINGS
    databases = sys.argv[2:] or ["sqlite", "postgresql"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "sqlite" in databases:
            print("SQLite", flush=True)
            urls = [f"sqlite+aiosqlite:///{folder / size}.sqlite3" for size in ("small", "large")]
            await compare_on(urls, doublings)
        if "postgresql" not in databases:
            return
        cluster = Cluster(folder / "cluster", durable=False)
        cluster.start()
        try:
            print("PostgreSQL", flush=True)
            await compare_on([await new_postgresql_database(cluster.url) for _ in range(2)], doublings)
        finally:
            cluster.remove()


async def compare_on(urls: list[str], doublings: int) -> None:
    async with AsyncExitStack() as stack:
        sizes = []
        for url, times in zip(urls, (0, doublings), strict=True):
            data = stack.enter_context(tempfile.TemporaryDirectory())
            sizes.append(await stack.enter_async_context(served(url, Path(data), times)))
        for size in sizes:
            await settle(size)
        await compare(*sizes)


if __name__ == "__main__":
    asyncio.run(main())
