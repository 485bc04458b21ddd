"""The pages and the calls as the doctor finds them, of a server that runs."""

from datetime import UTC, datetime

import aiohttp
import pytest
from sqlalchemy import select

from server.calls.rules.media_check import CheckOrigin, MediaProtocol
from server.calls.store.media_checks import latest_check
from server.db.database import Database
from server.db.tables import links
from server.doctor.media import PagesUnavailable, examine, examine_own
from server.people.rules.accounts import NoAccount
from server.people.rules.links import Purpose
from tests.cast import free_port
from tests.server.actors import account_link


@pytest.fixture
async def own(fireside):
    """The running server's own database."""
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    yield database
    await database.close()


async def test_it_checks_every_way_and_keeps_the_verdict(fireside, own):
    now = datetime.now(UTC)
    check = (await examine_own(own, fireside.base_url, now)).check
    print([f"{path.name}: {path.said}" for path in check.paths])
    assert {path.protocol for path in check.paths} == set(MediaProtocol)
    assert all(finding.works for finding in check.findings)
    async with own.reading() as connection:
        assert await latest_check(connection, CheckOrigin.COMMAND) == check
        # The running jobs make links for emails: this is the newest of the admin's.
        of_admin = select(links).where(links.c.purpose == Purpose.ADMIN.value)
        newest = (await connection.execute(of_admin.order_by(links.c.id.desc()).limit(1))).one()
    assert newest.revoked_at is not None, "the way in that it made for itself is closed again"


async def test_with_an_admins_link_it_checks_from_anywhere(fireside, own):
    check = (await examine(fireside.links["admin"], datetime.now(UTC))).check
    assert all(finding.works for finding in check.findings)
    async with own.reading() as connection:
        assert await latest_check(connection, CheckOrigin.COMMAND) is None


async def test_another_persons_link_is_no_way_in(fireside):
    for link in (fireside.links["mentor"], f"{fireside.base_url}/l/nonsense"):
        with pytest.raises(PagesUnavailable):
            await examine(link, datetime.now(UTC))


async def test_at_another_address_than_the_servers_own_it_says_so(fireside):
    elsewhere = fireside.base_url.replace("localhost", "127.0.0.1")
    with pytest.raises(PagesUnavailable, match=f"own address is {fireside.base_url}, but it was asked at {elsewhere}"):
        await examine(fireside.links["admin"].replace(fireside.base_url, elsewhere), datetime.now(UTC))


async def test_it_says_at_which_other_address_people_have_opened_the_pages(fireside, caplog):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        await session.get(fireside.links["mentor"])
        await session.post(f"{fireside.base_url}/signout", headers={"Origin": "https://other.example"})
    await examine(fireside.links["admin"], datetime.now(UTC))
    [said] = [record.getMessage() for record in caplog.records if record.name == "server.doctor.media"]
    assert said.startswith(f"pages were opened at https://other.example, but FIRESIDE_BASE_URL is {fireside.base_url}")


@pytest.mark.parametrize("link", ["nonsense", "https://", "ftp://host/l/x"])
async def test_what_is_no_link_is_no_way_in(link):
    with pytest.raises(PagesUnavailable, match="This is no link"):
        await examine(link, datetime.now(UTC))


async def test_where_no_server_runs_it_says_so(database, contents):
    with pytest.raises(NoAccount):
        await examine_own(database, f"http://127.0.0.1:{free_port()}", datetime.now(UTC))
    await account_link(database, datetime.now(UTC))
    with pytest.raises(PagesUnavailable, match=r"cannot be reached from here .*Is the server running"):
        await examine_own(database, f"http://127.0.0.1:{free_port()}", datetime.now(UTC))
    assert (await contents())["media_checks"] == []
