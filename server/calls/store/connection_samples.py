"""How good each connection was over a call, every ten seconds. Never what was said."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.calls.rules.connection_samples import ConnectionSample, part_of, read_part, was_poor, write_sample
from server.db.tables import attendances, connection_samples, sessions
from signaling.news import Sample

ATTENDING = select(attendances.c.id, attendances.c.uid, attendances.c.joined_at, attendances.c.session_id).where(
    attendances.c.uid.in_(bindparam("uids", expanding=True))
)
PARTS = select(connection_samples).where(
    connection_samples.c.attendance_id.in_(bindparam("ids", expanding=True)),
    connection_samples.c.part >= bindparam("part"),
)
ADDED = insert(connection_samples)
CHANGED = (
    update(connection_samples)
    .where(
        connection_samples.c.attendance_id == bindparam("of_attendance"),
        connection_samples.c.part == bindparam("of_part"),
    )
    .values(samples=bindparam("text"))
)
POOR = update(sessions).where(sessions.c.id.in_(bindparam("ids", expanding=True))).values(poor=True)
OF_BOOKING = (
    select(connection_samples, attendances.c.person_id, attendances.c.joined_at)
    .join(attendances, attendances.c.id == connection_samples.c.attendance_id)
    .join(sessions, sessions.c.id == attendances.c.session_id)
    .where(sessions.c.booking_id == bindparam("id"))
    .order_by(attendances.c.joined_at, attendances.c.id, connection_samples.c.part)
)


async def add_samples(connection: AsyncConnection, samples: Collection[Sample]) -> None:
    """Adds them to their attendances, and notes which calls have become poor ones; those that were added before, or are
    of an attendance that is not kept, are left out."""
    if not samples:
        return
    attending = {row.uid: row for row in await connection.execute(ATTENDING, {"uids": [s.attendance for s in samples]})}
    kept = await _newest_parts(connection, samples, {row.id: row.joined_at for row in attending.values()})
    before = dict(kept)
    poor = set()
    for sample in sorted(samples, key=lambda each: each.at):
        row = attending.get(sample.attendance)
        if row is None:
            continue
        measured = sample_of(sample)
        key = row.id, part_of(row.joined_at, measured.at)
        known = read_part(kept.get(key, ""), key[1], row.joined_at)
        if known and (measured.at - known[-1].at).total_seconds() < 1:
            continue
        kept[key] = kept.get(key, "") + write_sample(measured, row.joined_at)
        if was_poor((*known, measured)):
            poor.add(row.session_id)
    await _save(connection, before, kept)
    if poor:
        await connection.execute(POOR, {"ids": sorted(poor)})


def sample_of(news: Sample) -> ConnectionSample:
    """As the hub hears of it, with rates in kbit/s."""
    at = datetime.fromtimestamp(news.at, UTC)
    return ConnectionSample(at, news.loss, news.round_trip, round(news.rate_in * 0.008), round(news.rate_out * 0.008))


async def samples_of(connection: AsyncConnection, booking_id: int) -> dict[int, tuple[ConnectionSample, ...]]:
    """Of each person who was in the booking's call, oldest first."""
    found: defaultdict[int, list[ConnectionSample]] = defaultdict(list)
    for row in await connection.execute(OF_BOOKING, {"id": booking_id}):
        found[row.person_id] += read_part(row.samples, row.part, row.joined_at)
    return {person: tuple(samples) for person, samples in found.items()}


async def _newest_parts(
    connection: AsyncConnection, samples: Collection[Sample], joined: Mapping[int, datetime]
) -> dict[tuple[int, int], str]:
    """The parts that the samples may belong to, by attendance and number."""
    if not joined:
        return {}
    oldest = datetime.fromtimestamp(min(sample.at for sample in samples), UTC)
    first = min(part_of(at, oldest) for at in joined.values())
    rows = await connection.execute(PARTS, {"ids": list(joined), "part": first})
    return {(row.attendance_id, row.part): row.samples for row in rows}


async def _save(
    connection: AsyncConnection, before: Mapping[tuple[int, int], str], now: Mapping[tuple[int, int], str]
) -> None:
    added = [
        {"attendance_id": key[0], "part": key[1], "samples": text} for key, text in now.items() if key not in before
    ]
    changed = [
        {"of_attendance": key[0], "of_part": key[1], "text": text}
        for key, text in now.items()
        if key in before and before[key] != text
    ]
    if added:
        await connection.execute(ADDED, added)
    if changed:
        await connection.execute(CHANGED, changed)
