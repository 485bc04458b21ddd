"""Those who wait hear what a committed transaction changed."""

import pytest

from server.db.changes import Changes, Topic, note_change

ONE, TWO = Topic("catchup", 1), Topic("booking", 1)


async def test_a_change_is_told_once_it_is_committed(database):
    heard = []
    with database.changes.watch([ONE], lambda: heard.append("one")):
        async with database.writing() as connection:
            note_change(connection, ONE)
            note_change(connection, ONE)
            assert heard == []
        assert heard == ["one"]
    async with database.writing() as connection:
        note_change(connection, ONE)
    assert heard == ["one"]


async def test_what_was_rolled_back_is_not_told_later(database):
    heard = []
    with database.changes.watch([ONE, TWO], lambda: heard.append("told")):
        with pytest.raises(ZeroDivisionError):
            await _note_and_fail(database)
        async with database.writing():
            pass
    assert heard == []


def test_each_hears_of_their_own_topics_only():
    changes, heard = Changes(), []
    with changes.watch([ONE], lambda: heard.append("one")), changes.watch([TWO], lambda: heard.append("two")):
        changes.tell({TWO})
        changes.tell(set())
        changes.tell({ONE, TWO})
    assert heard == ["two", "one", "two"]


async def _note_and_fail(database):
    async with database.writing() as connection:
        note_change(connection, ONE)
        raise ZeroDivisionError
