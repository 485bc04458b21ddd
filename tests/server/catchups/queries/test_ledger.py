"""The ledger's check names what was edited or deleted by hand."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from server.catchups.actions.answers import decline_offer
from server.catchups.queries.ledger import verify
from server.catchups.store.ledger import ledger_of
from server.db.tables import choices, links, wordings
from tests.server.actors import DECLINED, NOW, an_offer


@pytest.fixture
async def entries(database, pair):
    """The ids of four entries: two offers, each declined."""
    for _ in range(2):
        offer = await an_offer(database, pair)
        await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW)
    async with database.reading() as connection:
        return [row.id for row in await connection.execute(choices.select().order_by(choices.c.id))]


async def by_hand(database, statement):
    async with database.writing() as connection:
        await connection.execute(statement)


async def test_an_empty_and_an_untouched_ledger_hold(database, pair):
    assert (await verify(database)).holds


async def test_an_untouched_ledger_holds(database, entries):
    verdict = await verify(database)
    assert (verdict.holds, verdict.entries, verdict.broken_at) == (True, 4, None)


async def test_an_edited_entry_is_named(database, entries):
    await by_hand(database, update(choices).where(choices.c.id == entries[1]).values(kind="accepted"))
    verdict = await verify(database)
    assert (verdict.holds, verdict.broken_at) == (False, entries[1])


async def test_a_channel_that_was_taken_away_is_named(database, entries):
    """An entry does not pass for one from before channels were kept."""
    await by_hand(database, update(choices).where(choices.c.id == entries[1]).values(channel=None))
    verdict = await verify(database)
    assert (verdict.holds, verdict.broken_at) == (False, entries[1])


async def test_it_is_checked_as_it_is_at_one_moment(database, pair):
    """While others add to it, a check finds nothing missing."""

    async def offer_many():
        for _ in range(30):
            await an_offer(database, pair)

    writing = asyncio.create_task(offer_many())
    verdicts = []
    while not writing.done():
        verdicts.append(await verify(database))
    await writing
    assert {str(verdict.said) for verdict in verdicts if not verdict.holds} == set()
    assert len(verdicts) > 1


async def edits(database, entry):
    """For each column of the entry another value that the database itself would take."""
    async with database.reading() as connection:
        rows = (await connection.execute(select(choices).order_by(choices.c.id))).all()
        row = next(row for row in rows if row.id == entry)
        link = (await connection.execute(select(links.c.id).where(links.c.id != row.link_id))).scalars().first()
    other = next(other for other in rows if other.wording_hash != row.wording_hash)
    return {
        "offer_id": next(each.offer_id for each in rows if each.offer_id != row.offer_id),
        "person_id": other.person_id,
        "kind": "withdrew",
        "start": NOW,
        "medium": "phone",
        "wording_hash": other.wording_hash,
        "language": "de",
        "channel": "call",
        "link_id": link,
        "at": row.at + timedelta(microseconds=1),
        "previous_hash": "f" * 64,
        "hash": "f" * 64,
    }


@pytest.mark.parametrize("column", [column.name for column in choices.columns if column.name != "id"])
@pytest.mark.parametrize("place", [0, 1, 3], ids=["first", "middle", "last"])
async def test_an_entry_edited_in_any_column_is_named(database, entries, place, column):
    entry = entries[place]
    value = (await edits(database, entry))[column]
    await by_hand(database, update(choices).where(choices.c.id == entry).values({column: value}))
    verdict = await verify(database)
    assert (verdict.holds, verdict.broken_at) == (False, entry)


async def test_an_entry_put_in_another_place_is_found(database, entries):
    await by_hand(database, update(choices).where(choices.c.id == entries[1]).values(id=entries[3] + 1))
    verdict = await verify(database)
    assert (verdict.holds, verdict.broken_at) == (False, entries[2])


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_deleted_entry_is_found_at_the_next(database, entries, place):
    await by_hand(database, delete(choices).where(choices.c.id == entries[place]))
    verdict = await verify(database)
    assert (verdict.holds, verdict.broken_at) == (False, entries[place + 1])


@pytest.mark.parametrize("gone", [1, 2, 4])
async def test_deleted_last_entries_are_found(database, entries, gone):
    await by_hand(database, delete(choices).where(choices.c.id.in_(entries[-gone:])))
    verdict = await verify(database)
    assert not verdict.holds
    assert str(verdict.said) == f"Entries are missing at the end: 4 were added, {4 - gone} are left."


async def test_an_edited_wording_is_found(database, entries):
    await by_hand(database, update(wordings).values(text="I agree to everything."))
    verdict = await verify(database)
    assert (verdict.holds, verdict.broken_at) == (False, entries[0])


async def test_an_entry_on_an_older_wording_verifies_and_shows_the_words_of_its_time(database, pair):
    """Wordings are improved from time to time; the ledger keeps each one that was shown, by its hash."""
    offer = await an_offer(database, pair)
    older = replace(DECLINED, text="What this choice meant before its wording was improved.")
    await decline_offer(database, pair.mentee, offer.id, "", older, NOW)
    assert (await verify(database)).holds
    async with database.reading() as connection:
        *_, entry = await ledger_of(connection, offer.catchup_id)
    assert (entry.wording, entry.language) == (older.text, "en")


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
