"""Pages are tried by visitors of a running site."""

from datetime import UTC, datetime

import pytest

from server.introductions.actions.proposing import ask_third_people, propose
from server.introductions.rules.proposals import Proposal
from server.room.sealing import Sealer
from tests.server.sending import secret_of
from tests.server.site import admin, contents, coordinator, database, mentee, mentor, nobody, pair, stranger

__all__ = ["admin", "contents", "coordinator", "database", "mentee", "mentor", "nobody", "pair", "stranger"]


@pytest.fixture
async def introduced(pair, site):
    """Maya introduces Lena, another mentee of hers, to Sam. Its path, and Lena's browser."""
    lena, now = await pair.another_mentee(), datetime.now(UTC)
    proposal = Proposal("He reads a lot.", "She writes.", third_mentorship=pair.mentorship_id)
    sealer = Sealer(secret_of(site.database))
    number = await propose(site.database, sealer, pair.as_maya, lena.mentorship_id, "f", proposal, now)
    await ask_third_people(site.database, sealer, b"key", now)
    return f"/introductions/{number}", await site.guest(lena.secret)
