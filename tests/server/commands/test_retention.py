"""`fireside admin retention` says what would go, and removes it only when told to."""

from argparse import Namespace
from datetime import timedelta

from sqlalchemy import select

from server.catchups.actions.answers import decline_offer
from server.commands.retention import run_retention
from server.config import read_settings
from server.db.tables import choice_words
from tests.server.actors import DECLINED, NOW, an_offer


async def test_a_dry_run_changes_nothing_and_the_same_goes_when_told_to(database, pair, contents, capsys):
    offer = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, offer.id, "I am ill.", DECLINED, NOW)
    settings = read_settings({"FIRESIDE_KEEP_WORDS_DAYS": "60"})
    before, later = await contents(), NOW + timedelta(days=61)
    assert await run_retention(Namespace(remove=False), settings, database, later) == 0
    assert "FIRESIDE_KEEP_WORDS_DAYS: kept for 60 days, 2 would be removed" in capsys.readouterr().out
    assert await contents() == before
    assert await run_retention(Namespace(remove=True), settings, database, later) == 0
    said = capsys.readouterr().out
    assert "FIRESIDE_KEEP_WORDS_DAYS: kept for 60 days, 2 removed" in said
    assert "FIRESIDE_KEEP_EMAILS_DAYS: kept for ever, 0 removed" in said
    async with database.reading() as connection:
        assert (await connection.execute(select(choice_words))).all() == []
