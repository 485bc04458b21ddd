"""P3: people who come to their calls at the same time all get in, and a call that runs loses nothing; two processes
serve the pages.

FIRESIDE_FAULTS=long lets two hundred people come within twenty seconds, else thirty within three. `make bench` measures
how long they wait.
"""

import os
from pathlib import Path
from shutil import copy
from statistics import quantiles

import pytest

from server.db.database import Database
from tests.cast import Fireside
from tests.storm import Storm, emails_sent, invite

pytestmark = pytest.mark.alone

CALLS, WITHIN_S = (100, 20.0) if os.environ.get("FIRESIDE_FAULTS") == "long" else (15, 3.0)


@pytest.mark.timeout(600)
async def test_all_get_in_and_a_call_that_runs_loses_nothing(tmp_path: Path, migrated: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    copy(migrated, data)
    url = f"sqlite+aiosqlite:///{data / 'fireside.sqlite3'}"
    database = Database(url)
    talking_pair, *pairs = await invite(database, CALLS + 1)
    house = await Fireside.serve(data, url, FIRESIDE_WEB_PROCESSES="2")
    try:
        await emails_sent(database)
        await database.close()
        async with Storm(house.base_url) as storm:
            talking = await storm.come([talking_pair], 0, talk_on=True)
            before = await storm.lost(talking)
            guests = await storm.come(pairs, WITHIN_S)
            assert await storm.lost(talking) == before
            assert [guest.person.entered for guest in storm.guests if guest.person] == [1] * 2 * (CALLS + 1)
            waits = sorted(guest.to_media for guest in guests)
    finally:
        await house.stop()
    print(
        f"{len(guests)} people within {WITHIN_S:.0f} s: link to media p95 {quantiles(waits, n=100)[94]:.2f} s, "
        f"at most {waits[-1]:.2f} s; a call that ran lost nothing"
    )
