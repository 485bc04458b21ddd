"""The ledger's check names what was edited or deleted by hand."""

import pytest
from sqlalchemy import delete, text, update

from server.actions.ledger import verify
from server.actions.offers import decline_offer, make_offer
from server.storage.tables import choices, wordings
from tests.server.conftest import DRAFT, NOW


@pytest.fixture
async def entries(database, pair):
    """The ids of three entries."""
    for _ in range(3):
        offer = await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, NOW)
        await decline_offer(database, pair.mentee, offer.id, "", NOW)
    async with database.reading() as connection:
        return [row.id for row in await connection.execute(choices.select().order_by(choices.c.id))]


async def by_hand(database, statement):
    async with database.writing() as connection:
        await connection.execute(statement)


async def test_an_empty_and_an_untouched_ledger_hold(database, pair):
    assert (await verify(database)).holds


async def test_an_untouched_ledger_holds(database, entries):
    verdict = await verify(database)
    assert (verdict.holds, verdict.entries, verdict.broken_at) == (True, 3, None)


async def test_an_edited_entry_is_named(database, entries):
    await by_hand(database, update(choices).where(choices.c.id == entries[1]).values(kind="accepted"))
    verdict = await verify(database)
    assert (verdict.holds, verdict.broken_at) == (False, entries[1])


async def test_a_deleted_entry_is_found_at_the_next(database, entries):
    await by_hand(database, delete(choices).where(choices.c.id == entries[1]))
    verdict = await verify(database)
    assert (verdict.holds, verdict.broken_at) == (False, entries[2])


async def test_a_deleted_last_entry_is_found(database, entries):
    await by_hand(database, delete(choices).where(choices.c.id == entries[2]))
    verdict = await verify(database)
    assert not verdict.holds
    assert str(verdict.said) == "Entries are missing at the end: 3 were made, 2 are there."


async def test_an_edited_wording_is_found(database, entries):
    await by_hand(database, update(wordings).values(text="I agree to everything."))
    verdict = await verify(database)
    assert (verdict.holds, verdict.broken_at) == (False, entries[0])


async def test_the_chain_cannot_fork(database, entries):
    """Even by hand, two entries cannot follow the same one."""
    with pytest.raises(Exception, match=r"(?i)unique"):
        await by_hand(
            database,
            text(
                "INSERT INTO choices (offer_id, person_id, kind, wording_hash, language, link_id, at, previous_hash,"
                " hash) SELECT offer_id, person_id, kind, wording_hash, language, link_id, at, previous_hash, 'x'"
                " FROM choices WHERE id = :id"
            ).bindparams(id=entries[0]),
        )
