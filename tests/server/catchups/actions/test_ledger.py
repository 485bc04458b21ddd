"""The server's own check of the ledger goes on with new entries, begins again each day, and finds what was altered."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from server.catchups.actions import ledger
from server.catchups.actions.ledger import check_ledger
from server.catchups.queries.ledger import read_check_verdict
from server.catchups.rules.ledger_checks import WHOLE_AFTER_FAULT, WHOLE_EVERY
from server.db.tables import choices, ledger_check, ledger_head, wordings
from tests.server.actors import NOW, an_offer
from tests.server.catchups.a_forged_chain import write_again

KEY = b"k" * 32


@pytest.fixture
def small_batches(monkeypatch):
    """So few entries at once that a check of six is not done in one go."""
    monkeypatch.setattr(ledger, "BATCH", 2)
    monkeypatch.setattr(ledger, "BATCHES", 2)
    monkeypatch.setattr(ledger, "PAUSE_S", 0)


@pytest.fixture
async def entries(database, pair, no_limits):
    """The ids of six entries: offers."""
    for _ in range(6):
        await an_offer(database, pair)
    async with database.reading() as connection:
        return tuple((await connection.execute(select(choices.c.id).order_by(choices.c.id))).scalars())


async def check(database, now=NOW, key=KEY):
    """Checks until there is no more to do, and returns the verdict."""
    while not await check_ledger(database, key, now):
        pass
    return await verdict_on(database, key)


async def verdict_on(database, key=KEY):
    async with database.reading() as connection:
        return await read_check_verdict(connection, key)


async def by_hand(database, statement):
    async with database.writing() as connection:
        await connection.execute(statement)


async def test_before_the_first_check_nothing_is_said_to_hold(database, pair):
    verdict = await verdict_on(database)
    assert (verdict.holds, str(verdict.said)) == (None, "The ledger has not been checked yet.")


async def test_an_empty_ledger_holds(database, pair):
    verdict = await check(database)
    assert (verdict.holds, verdict.newer, verdict.at) == (True, 0, NOW)


async def test_it_goes_on_where_it_stopped_and_says_how_far_it_is(database, entries, small_batches):
    assert not await check_ledger(database, KEY, NOW)
    verdict = await verdict_on(database)
    assert (verdict.holds, str(verdict.said)) == (
        None,
        "The ledger is being checked: 5 of 6 entries are intact so far.",
    )
    verdict = await check(database)
    assert (verdict.holds, verdict.newer, verdict.whole_at) == (True, 0, NOW)
    assert str(verdict.said) == "The ledger is intact: 6 entries, each with the hash of the one before."


async def test_new_entries_are_checked_alone(database, pair, entries):
    """Of an old entry that was altered nothing is found until all are checked again."""
    await check(database)
    await by_hand(database, update(choices).where(choices.c.id == entries[1]).values(language="de"))
    await an_offer(database, pair)
    assert (await verdict_on(database)).newer == 1
    later = NOW + timedelta(minutes=1)
    verdict = await check(database, later)
    assert (verdict.holds, verdict.newer, verdict.at, verdict.whole_at) == (True, 0, later, NOW)
    found = NOW + WHOLE_EVERY
    verdict = await check(database, found)
    assert (verdict.holds, verdict.at) == (False, found)
    assert str(verdict.said) == (f"Entry {entries[1]} was altered, or an entry before it was deleted or altered.")


async def test_where_there_is_nothing_new_nothing_is_written(database, entries):
    await check(database)
    before = await kept(database)
    await check(database, NOW + timedelta(minutes=5))
    assert await kept(database) == before


async def kept(database):
    async with database.reading() as connection:
        return (await connection.execute(select(ledger_check))).one()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (lambda ids: update(choices).where(choices.c.id == ids[-1]).values(person_id=choices.c.person_id + 1), "Entry"),
        (lambda ids: delete(choices).where(choices.c.id == ids[-1]), "Entry"),
        (lambda ids: update(ledger_head).values(entries=9), "Entries are missing at the end: 9 were added."),
    ],
    ids=["last altered", "last deleted", "head"],
)
async def test_at_its_own_place_it_finds_at_once_what_was_done(database, entries, statement, said):
    await check(database)
    await by_hand(database, statement(entries))
    verdict = await check(database, NOW + timedelta(minutes=1))
    assert (verdict.holds, str(verdict.said).partition(f" {entries[-1]} ")[0]) == (False, said)


async def test_an_altered_wording_is_found(database, entries):
    await by_hand(database, update(wordings).values(text="I agree to everything."))
    verdict = await check(database)
    assert (verdict.holds, str(verdict.said)) == (False, f"The wording of entry {entries[0]} was altered.")


async def test_a_chain_made_again_with_fitting_hashes_is_found_at_the_next_check_of_all(database, entries):
    await check(database)
    await write_again(database, 6, language="de")
    verdict = await check(database, NOW + WHOLE_EVERY)
    assert (verdict.holds, str(verdict.said)) == (
        False,
        f"The entries up to entry {entries[-1]} are not those that were there before.",
    )


async def test_a_fault_stays_until_a_check_of_all_finds_that_everything_holds(database, entries, small_batches):
    async with database.reading() as connection:
        [language] = await connection.execute(select(choices.c.language).where(choices.c.id == entries[5]))
    await by_hand(database, update(choices).where(choices.c.id == entries[5]).values(language="xx"))
    assert not (await check(database)).holds
    again = NOW + WHOLE_AFTER_FAULT
    assert not await check_ledger(database, KEY, again)
    verdict = await verdict_on(database)
    assert (verdict.holds, verdict.at) == (False, NOW)
    await by_hand(database, update(choices).where(choices.c.id == entries[5]).values(language=language[0]))
    assert (await check(database, again)).holds


async def test_a_place_that_was_forged_is_not_gone_on_from(database, entries, caplog):
    await check(database, key=b"x" * 32)
    await by_hand(database, update(choices).where(choices.c.id == entries[0]).values(language="de"))
    assert (await verdict_on(database)).holds is None
    assert not (await check(database)).holds
    assert "not signed with this server's secret" in caplog.text


async def test_of_two_checks_at_once_the_slower_one_changes_nothing(database, pair, entries, monkeypatch):
    """Two processes serve the same database."""
    await check(database)
    await an_offer(database, pair)
    later = NOW + timedelta(minutes=1)

    async def overtaken(*arguments):
        if not overtaking:
            overtaking.append(True)
            await check_ledger(database, KEY, later)
        return await step(*arguments)

    step, overtaking = ledger._check_batch, []
    monkeypatch.setattr(ledger, "_check_batch", overtaken)
    assert await check_ledger(database, KEY, later + timedelta(minutes=1))
    verdict = await verdict_on(database)
    assert (verdict.holds, verdict.at, verdict.newer) == (True, later, 0)
