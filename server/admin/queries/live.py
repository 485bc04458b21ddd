"""The calls that go on, with how good each connection is. Never what is said."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from server.admin.queries.sessions import HistoryRow, read_rows
from server.admin.rules.history import RowKey
from server.calls.rules.connection_samples import ConnectionSample
from server.calls.store.connection_samples import sample_of
from server.db.database import Database
from signaling.news import Joined, Sample

# Who joined, in which relay process (from 0), and how good their connection was last.
Running = tuple[Joined, int, Sample | None]


@dataclass(frozen=True, slots=True)
class LivePerson:
    """Somebody in a call, and how good their connection was in the last ten seconds; None before that is known.

    A third person has no name here.
    """

    name: str
    since: datetime
    newest: ConnectionSample | None


@dataclass(frozen=True, slots=True)
class LiveCall:
    """`relay` is the number of its relay process, from 1."""

    booking: HistoryRow
    relay: int
    people: tuple[LivePerson, ...]


async def read_live_calls(db: Database, running: Collection[Running]) -> tuple[LiveCall, ...]:
    """Those with a booking, the longest first: a media check has none."""
    of_call: dict[int, list[Running]] = defaultdict(list)
    for each in running:
        if each[0].call.isdecimal():
            of_call[int(each[0].call)].append(each)
    if not of_call:
        return ()
    async with db.reading() as connection:
        rows = await read_rows(connection, [RowKey(True, booking_id) for booking_id in of_call])
    return tuple(_call(row, of_call[row.key.id]) for row in rows)


def _call(row: HistoryRow, running: Sequence[Running]) -> LiveCall:
    names = {str(row.people[0]): row.mentor_name, str(row.people[1]): row.mentee_name}
    people = tuple(
        LivePerson(
            names.get(joined.person, ""),
            datetime.fromtimestamp(joined.at, UTC),
            sample_of(newest) if newest else None,
        )
        for joined, _, newest in running
    )
    return LiveCall(row, running[0][1] + 1, people)
