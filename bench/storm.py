"""P3: two hundred people open their links within twenty seconds, and enter their hundred calls.

Run by `make bench`; `python -m bench.storm 50` lets fifty pairs come. The baseline is the same way of pairs who come
one after the other. The server, its relay processes and the people (tests/storm.py), who are one process, share the
machine: how long their threads waited for a core is printed, too. When other programs made them wait, measure again.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

from server.db.database import Database
from server.db.schema import migrate
from tests.cast import Fireside
from tests.crowd import unlimited
from tests.storm import Guest, Storm, emails_sent, invite

CALLS = 100
WITHIN_S = 20.0
ALONE = 5


async def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    with tempfile.TemporaryDirectory() as folder, unlimited():
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        url = f"sqlite+aiosqlite:///{data / 'fireside.sqlite3'}"
        database = Database(url)
        await migrate(database)
        pairs = await invite(database, calls + ALONE + 1)
        house = await Fireside.serve(data, url, FIRESIDE_RELAYS="cores")
        try:
            await emails_sent(database)
            await database.close()
            async with Storm(house.base_url) as storm:
                talking = await storm.come(pairs[:1], 0, talk_on=True)
                alone = [guest for pair in pairs[1 : ALONE + 1] for guest in await storm.come([pair], 0)]
                show("one pair after the other", alone)
                before, sent = await storm.lost(talking), sum(each.person.sent for each in talking if each.person)
                pids = {"web": house.web_pids(), "relay": house.relay_pids(), "people": [os.getpid()]}
                began, used = time.monotonic(), {kind: scheduled(each) for kind, each in pids.items()}
                guests = await storm.come(pairs[ALONE + 1 :], WITHIN_S * calls / CALLS)
                took = time.monotonic() - began
                show(f"{len(guests)} people within {took:.0f} s", guests)
                for kind, each in pids.items():
                    cpu, waited = (now - then for now, then in zip(scheduled(each), used[kind], strict=True))
                    print(f"{kind}: {1000 * cpu / len(guests):.0f} ms CPU a person, waited {waited:.1f} s for a core")
                lost = await storm.lost(talking) - before
                sent = sum(each.person.sent for each in talking if each.person) - sent
                print(f"a call that ran all along lost {lost} of {sent} packets")
        finally:
            await house.stop()


def scheduled(pids: Sequence[int]) -> tuple[float, float]:
    """Seconds that the threads of these processes ran so far, and seconds that they waited for a core."""
    rows = [each.read_text().split() for pid in pids for each in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(row[0]) for row in rows) / 1e9, sum(int(row[1]) for row in rows) / 1e9


def show(name: str, guests: Sequence[Guest]) -> None:
    """Prints how long these people waited."""
    for what, waits in (
        ("entered", [each.to_entered for each in guests]),
        ("media", [each.to_media for each in guests]),
    ):
        marks = quantiles(waits, n=100, method="inclusive")
        print(
            f"{name}: link to {what} p50 {marks[49]:.2f}, p95 {marks[94]:.2f}, at most {max(waits):.2f} s", flush=True
        )


if __name__ == "__main__":
    asyncio.run(main())
