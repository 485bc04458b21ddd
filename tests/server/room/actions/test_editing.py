"""Edits are applied once, in the order of the server, and stored so that only the server can read them."""

import asyncio

import pytest
from sqlalchemy import select

from server.db.changes import Topic
from server.db.tables import content_items, contents
from server.errors import NotFound
from server.room.actions.editing import edit_content
from server.room.queries.contents import read_changes
from server.room.rules.content import ItemKind
from server.room.rules.edits import Addition, EditBatch, NotesChange, Removal, UnreadableContent
from server.room.sealing import Sealer
from server.secret import ServerSecret
from tests.server.actors import a_booking

SEALER = Sealer(ServerSecret("secret"))


def batch(sequence: int, *edits, writer: str = "page", since: int = 0) -> tuple[EditBatch, ...]:
    return (EditBatch(writer, sequence, since, edits),)


def topic(key: str, text: str = "My exam") -> Addition:
    return Addition(key, ItemKind.TOPIC, text)


async def test_both_read_what_one_wrote(database, pair):
    booking = await a_booking(database, pair)
    assert (await read_changes(database, SEALER, pair.mentor, booking.id, -1)).version == 0
    answer = await edit_content(
        database, SEALER, pair.mentee, booking.id, batch(1, topic("a"), NotesChange("", "Well."))
    )
    assert (answer.changes.version, answer.refused) == (1, ())
    found = await read_changes(database, SEALER, pair.mentor, booking.id, -1)
    assert ([item.body.text for item in found.items], found.notes.text) == (["My exam"], "Well.")
    assert await read_changes(database, SEALER, pair.mentor, booking.id, 1) is None


async def test_a_batch_that_comes_again_is_applied_once(database, pair):
    booking = await a_booking(database, pair)
    write = batch(1, NotesChange("", "one "))
    await edit_content(database, SEALER, pair.mentee, booking.id, write)
    await edit_content(database, SEALER, pair.mentor, booking.id, batch(1, NotesChange("one ", "two "), writer="other"))
    again = await edit_content(database, SEALER, pair.mentee, booking.id, write)
    assert (again.changes.version, again.changes.notes.text) == (2, "two ")
    both = (*batch(1, NotesChange("", "one ")), *batch(2, NotesChange("one ", "one three ")))
    last = await edit_content(database, SEALER, pair.mentee, booking.id, both)
    assert last.changes.notes.text == "two three "


async def test_what_many_write_at_once_is_all_there(database, pair):
    booking = await a_booking(database, pair)
    await asyncio.gather(
        *(
            edit_content(
                database,
                SEALER,
                visitor,
                booking.id,
                batch(1, topic(f"k{number}{visitor.visit_id}"), writer=f"w{number}{visitor.visit_id}"),
            )
            for number in range(10)
            for visitor in (pair.mentor, pair.mentee)
        )
    )
    found = await read_changes(database, SEALER, pair.mentor, booking.id, -1)
    assert (found.version, sorted(item.number for item in found.items)) == (20, list(range(1, 21)))


async def test_it_is_told_to_those_who_watch(database, pair):
    booking, heard = await a_booking(database, pair), []
    with database.changes.watch([Topic("content", booking.catchup_id)], lambda: heard.append("told")):
        await edit_content(database, SEALER, pair.mentee, booking.id, batch(1, topic("a")))
        await edit_content(database, SEALER, pair.mentee, booking.id, batch(1, topic("a")))
    assert heard == ["told"]


async def test_a_stranger_finds_nothing(database, pair, contents):
    booking = await a_booking(database, pair)
    await edit_content(database, SEALER, pair.mentee, booking.id, batch(1, topic("a")))
    before = await contents()
    with pytest.raises(NotFound):
        await edit_content(database, SEALER, pair.stranger, booking.id, batch(1, topic("b")))
    with pytest.raises(NotFound):
        await read_changes(database, SEALER, pair.stranger, booking.id, -1)
    assert await contents() == before


async def test_nothing_readable_is_in_the_database_and_what_is_removed_is_gone(database, pair):
    booking = await a_booking(database, pair)
    await edit_content(database, SEALER, pair.mentee, booking.id, batch(1, topic("a"), NotesChange("", "My exam")))
    async with database.reading() as connection:
        stored = [*await connection.execute(select(contents)), *await connection.execute(select(content_items))]
    assert "exam" not in repr(stored)
    await edit_content(
        database, SEALER, pair.mentee, booking.id, batch(2, Removal("a", seen=1), NotesChange("My exam", ""))
    )
    async with database.reading() as connection:
        assert (await connection.execute(select(content_items.c.sealed))).scalars().all() == [None]
        assert (await connection.execute(select(contents.c.notes))).scalars().all() == [None]


async def test_with_another_secret_nothing_is_read_or_overwritten(database, pair, contents):
    booking, other = await a_booking(database, pair), Sealer(ServerSecret("other"))
    await edit_content(database, SEALER, pair.mentee, booking.id, batch(1, topic("a")))
    before = await contents()
    with pytest.raises(UnreadableContent):
        await read_changes(database, other, pair.mentee, booking.id, -1)
    with pytest.raises(UnreadableContent):
        await edit_content(database, other, pair.mentee, booking.id, batch(2, topic("b")))
    assert await contents() == before
