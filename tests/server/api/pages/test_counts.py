"""The numbers of the scheme by the API."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from server.db.tables import people


async def test_counts_grow_by_what_is_added(api, pair):
    until = (datetime.now(UTC) + timedelta(days=20)).isoformat().replace("+00:00", "Z")
    _, before = await api(f"/counts?to={until}")
    await pair.booking(datetime.now(UTC) + timedelta(days=6))
    status, after = await api(f"/counts?to={until}")
    assert (status, after["sessions"]["confirmed"] - before["sessions"]["confirmed"]) == (200, 1)
    assert (after["people"], after["mentorships"]) == (before["people"], before["mentorships"])
    assert set(after["mentorships"]) == {"active", "paused", "ended"}


async def test_who_was_merged_into_another_is_counted_once(api, site, pair):
    _, before = await api("/counts")
    twice = {"name": "Sam", "email": "sam.twice@counts.example"}
    _, added = await api("/people/external/sam-twice", "PUT", json=twice)
    assert (await api("/counts"))[1]["people"] == before["people"] + 1
    async with site.database.writing() as connection:
        await connection.execute(update(people).where(people.c.id == added["id"]).values(merged_into=pair.sam.id))
    assert (await api("/counts"))[1]["people"] == before["people"]


async def test_a_period_that_is_too_long_is_refused(api):
    status, problem = await api("/counts?from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z")
    assert (status, problem["detail"]) == (422, "to: The period may have 366 days at most.")
