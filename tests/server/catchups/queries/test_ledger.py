"""The ledger's check names what was edited or deleted by hand."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from server.catchups.actions.answers import decline_offer
from server.catchups.queries.ledger import hand_out_head, verify, verify_head
from server.catchups.store.ledger import ledger_of
from server.db.tables import choices, links, wordings
from tests.server.actors import DECLINED, NOW, an_offer
from tests.server.catchups.a_forged_chain import write_again


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


async def test_it_is_checked_as_it_is_at_one_moment(database, pair, no_limits):
    """While others add to it, a check finds nothing missing."""

    async def offer_many():
        for _ in range(10):
            await an_offer(database, pair)

    writing = asyncio.create_task(offer_many())
    verdicts = []
    while not writing.done():
        verdicts.append(await verify(database))
    await writing
    assert {str(verdict.said) for verdict in verdicts if not verdict.holds} == set()
    assert len(verdicts) > 1


# The database knows one kind of subject only.
EDITED = [column.name for column in choices.columns if column.name not in ("id", "subject_kind")]


async def edits(database, entry):
    """For each column of the entry another value that the database itself would take."""
    async with database.reading() as connection:
        rows = (await connection.execute(select(choices).order_by(choices.c.id))).all()
        row = next(row for row in rows if row.id == entry)
        link = (await connection.execute(select(links.c.id).where(links.c.id != row.link_id))).scalars().first()
    other = next(other for other in rows if other.wording_hash != row.wording_hash)
    return {
        "format": 1,
        "subject_id": next(each.subject_id for each in rows if each.subject_id != row.subject_id),
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


@pytest.mark.parametrize("column", EDITED)
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
                "INSERT INTO choices (format, subject_kind, subject_id, person_id, kind, wording_hash, language,"
                " link_id, at, previous_hash, hash) SELECT format, subject_kind, subject_id, person_id, kind,"
                " wording_hash, language, link_id, at, previous_hash, 'x' FROM choices WHERE id = :id"
            ).bindparams(id=entries[0]),
        )


KEY = b"k" * 32


@pytest.fixture
async def head(database, entries):
    """The text of a head that was handed out after four entries."""
    verdict, signed = await hand_out_head(database, KEY, NOW)
    assert (verdict.holds, signed.head.sequence) == (True, 4)
    return str(signed)


async def test_a_ledger_that_grew_continues_a_head(database, pair, head):
    await an_offer(database, pair)
    verdict = await verify_head(database, head, KEY)
    assert verdict.holds
    assert verdict.said == (
        "The ledger is intact: 5 entries, each with the hash of the one before. "
        "It continues the head of 2026-11-23 12:00 UTC, when it had 4 entries."
    )


async def test_the_head_of_an_empty_ledger_is_continued_by_all(database, pair):
    _, signed = await hand_out_head(database, KEY, NOW)
    await an_offer(database, pair)
    assert (signed.head.sequence, (await verify_head(database, str(signed), KEY)).holds) == (0, True)


@pytest.mark.parametrize(
    ("count", "change", "said"),
    [
        (
            4,
            {"language": "de"},
            "The ledger was rewritten: up to entry 4 it is not what it was on 2026-11-23 12:00 UTC.",
        ),
        (3, {}, "The ledger was shortened: it had 4 entries on 2026-11-23 12:00 UTC, and has 3 entries now."),
        (1, {}, "The ledger was shortened: it had 4 entries on 2026-11-23 12:00 UTC, and has 1 entry now."),
    ],
)
async def test_a_chain_made_again_holds_by_itself_but_not_against_a_head(database, head, count, change, said):
    await write_again(database, count, **change)
    assert (await verify(database)).holds
    verdict = await verify_head(database, head, KEY)
    assert (verdict.holds, verdict.said) == (False, said)


async def test_a_head_of_another_server_or_none_at_all_is_told(database, head):
    foreign = await verify_head(database, head, b"x" * 32)
    assert (foreign.holds, foreign.said.partition(":")[0]) == (
        False,
        "This head was not signed with this server's secret",
    )
    none = await verify_head(database, "hello", KEY)
    assert (none.holds, none.said.partition(",")[0]) == (False, "This is no head of a ledger")


async def test_a_broken_ledger_is_said_to_be_and_hands_out_no_head(database, entries, head):
    await by_hand(database, update(choices).where(choices.c.id == entries[1]).values(kind="accepted"))
    verdict, signed = await hand_out_head(database, KEY, NOW)
    assert (verdict.holds, signed) == (False, None)
    compared = await verify_head(database, head, KEY)
    assert (compared.holds, compared.said) == (False, str(verdict.said))
