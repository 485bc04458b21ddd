"""A wish to be forgotten waits, can be taken back, and is then done by the server."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from server.db.tables import accounts, outbox, people
from server.errors import NotFound
from server.privacy.actions.erasing import HasAccount
from server.privacy.actions.erasure_requests import ask_to_be_erased, erase_due, take_back_request
from server.privacy.rules.erasure import REQUEST_WAITS
from server.privacy.store.erasure_requests import waiting_requests
from tests.server.actors import NOW, an_offer

DUE = NOW + REQUEST_WAITS


async def waiting(database):
    async with database.reading() as connection:
        return [(each.name, each.due_at) for each in await waiting_requests(connection)]


async def name_of(database, person_id):
    async with database.reading() as connection:
        return (await connection.execute(select(people.c.name).where(people.c.id == person_id))).scalar_one()


async def test_it_is_done_when_its_time_has_come_and_not_before(database, pair, tmp_path):
    await ask_to_be_erased(database, pair.mentee, NOW)
    await erase_due(database, tmp_path, DUE - timedelta(seconds=1))
    assert await waiting(database) == [("Sam", DUE)]
    await erase_due(database, tmp_path, DUE)
    assert (await waiting(database), await name_of(database, pair.mentee.person.id)) == ([], "a former mentee")


async def test_asking_again_does_not_begin_the_wait_again(database, pair):
    for hours in (0, 30):
        await ask_to_be_erased(database, pair.mentee, NOW + timedelta(hours=hours))
    assert await waiting(database) == [("Sam", DUE)]
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox.c.recipient_id, outbox.c.kind, outbox.c.path))
        assert [tuple(row) for row in rows] == [(pair.mentee.person.id, "erasure_asked", "/me/erasure")]


async def test_who_takes_it_back_stays(database, pair, tmp_path):
    await ask_to_be_erased(database, pair.mentee, NOW)
    await take_back_request(database, pair.mentee)
    await erase_due(database, tmp_path, DUE)
    assert (await waiting(database), await name_of(database, pair.mentee.person.id)) == ([], "Sam")


async def test_one_that_is_refused_keeps_nobody_else_waiting(database, pair, tmp_path):
    for visitor in (pair.mentor, pair.mentee):
        await ask_to_be_erased(database, visitor, NOW)
    async with database.writing() as connection:
        account = {"person_id": pair.mentor.person.id, "role": "admin", "made_at": NOW}
        await connection.execute(insert(accounts).values(account))
    await erase_due(database, tmp_path, DUE)
    assert await waiting(database) == [("Maya", DUE)]


async def test_by_a_link_to_one_catchup_or_with_an_account_it_cannot_be_asked(database, pair, by_link, contents):
    offer = await an_offer(database, pair)
    guest = await by_link(pair.mentee.person, offer.catchup_id)
    async with database.writing() as connection:
        account = {"person_id": pair.mentor.person.id, "role": "admin", "made_at": NOW}
        await connection.execute(insert(accounts).values(account))
    before = await contents()
    with pytest.raises(NotFound):
        await ask_to_be_erased(database, guest, NOW)
    with pytest.raises(HasAccount):
        await ask_to_be_erased(database, pair.mentor, NOW)
    assert await contents() == before
