"""How things are: for the other alone, until its day, and nowhere to be read in the database."""

from datetime import timedelta

import pytest

from server.errors import NotFound
from server.mentorships.actions.situations import forget_past_situations, keep_situation
from server.mentorships.queries.situations import situation_of
from server.mentorships.rules.situations import Situation
from server.room.sealing import Sealer
from server.secret import ServerSecret
from tests.server.actors import NOW
from tests.server.privacy.actions.test_erasing import erase, rows_with
from tests.server.sending import SEALER

UNTIL = NOW.date() + timedelta(days=7)


async def keep(database, pair, text, by="mentee"):
    visitor = getattr(pair, by)
    await keep_situation(database, SEALER, visitor, pair.mentorship_id, text, UNTIL.isoformat(), NOW)


async def shown(database, pair, now=NOW, sealer=SEALER):
    async with database.reading() as connection:
        return await situation_of(connection, sealer, pair.mentorship_id, pair.mentee.person, now)


async def test_it_is_shown_until_its_day_is_over_and_then_goes(database, pair, count):
    await keep(database, pair, "Busy with okapis")
    await keep(database, pair, "Exams for okapis")
    assert await shown(database, pair) == Situation("Exams for okapis", UNTIL)
    assert await rows_with(database, "okapis") == []
    assert await shown(database, pair, sealer=Sealer(ServerSecret("another"))) is None
    assert await shown(database, pair, NOW + timedelta(days=8)) is None
    await forget_past_situations(database, NOW + timedelta(days=8))
    assert await count("situations") == 1
    await forget_past_situations(database, NOW + timedelta(days=9))
    assert await count("situations") == 0


async def test_it_can_be_taken_away_and_is_erased(database, pair, count):
    await keep(database, pair, "Exams")
    await keep(database, pair, "")
    assert await shown(database, pair) is None
    await keep(database, pair, "Exams")
    await erase(database, pair.mentee.person, NOW)
    assert await count("situations") == 0


async def test_nobody_else_says_it(database, pair, contents):
    before = await contents()
    with pytest.raises(NotFound):
        await keep(database, pair, "Exams", "stranger")
    assert await contents() == before
