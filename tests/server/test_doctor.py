"""The command line's media check, against a server that runs."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from server.calls.rules.media_check import CheckOrigin, MediaProtocol
from server.calls.store.media_checks import latest_check
from server.db.database import Database
from server.db.tables import links
from server.doctor import PagesUnavailable, examine, examine_own
from server.people.rules.links import Purpose
from tests.cast import free_port


@pytest.fixture
async def own(fireside):
    """The running server's own database."""
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    yield database
    await database.close()


async def test_it_checks_every_way_and_keeps_the_verdict(fireside, own):
    now = datetime.now(UTC)
    check = await examine_own(own, fireside.base_url, "UTC", now)
    print([f"{path.name}: {path.said}" for path in check.paths])
    assert {path.protocol for path in check.paths} == set(MediaProtocol)
    assert all(finding.works for finding in check.findings)
    async with own.reading() as connection:
        await connection.execution_options(of_test=True)
        assert await latest_check(connection, CheckOrigin.COMMAND) == check
        # The running jobs make links for emails: this is the newest of the admin's.
        of_admin = select(links).where(links.c.purpose == Purpose.ADMIN.value)
        newest = (await connection.execute(of_admin.order_by(links.c.id.desc()).limit(1))).one()
    assert newest.revoked_at is not None, "the way in that it made for itself is closed again"


async def test_with_an_admins_link_it_checks_from_anywhere(fireside, own):
    check = await examine(fireside.links["admin"], datetime.now(UTC))
    assert all(finding.works for finding in check.findings)
    async with own.reading() as connection:
        await connection.execution_options(of_test=True)
        assert await latest_check(connection, CheckOrigin.COMMAND) is None


async def test_another_persons_link_is_no_way_in(fireside):
    for link in (fireside.links["mentor"], f"{fireside.base_url}/l/nonsense"):
        with pytest.raises(PagesUnavailable):
            await examine(link, datetime.now(UTC))


async def test_where_no_server_runs_it_says_so(database, contents):
    with pytest.raises(PagesUnavailable, match=r"cannot be reached from here .*Is the server running"):
        await examine_own(database, f"http://127.0.0.1:{free_port()}", "UTC", datetime.now(UTC))
    assert (await contents())["media_checks"] == []
