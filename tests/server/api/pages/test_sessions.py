"""Sessions by the API: in the order of their start, with the times of their calls, and never what was said."""

from datetime import UTC, datetime, timedelta

from server.calls.actions.ended import note_ended
from server.calls.actions.entering import record_news
from signaling.news import Joined, Left

HOUR = timedelta(hours=1)


def said(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def test_a_session_shows_its_times_and_its_state(api, pair, site):
    start = datetime.now(UTC).replace(microsecond=0) - 2 * HOUR
    booking = await pair.booking(start)
    path = f"/sessions/{booking.id}"
    expected = {
        "id": booking.id,
        "mentorship_id": pair.mentorship_id,
        "start": said(start),
        "minutes": 30,
        "medium": "video",
        "state": "confirmed",
        "replaces_id": None,
        "call": None,
    }
    assert await api(path) == (200, expected)
    for person in (pair.maya, pair.sam):
        await record_news(
            site.database, Joined(f"{person.id}", str(booking.id), str(person.id), (start + HOUR / 60).timestamp())
        )
    _, going_on = await api(path)
    assert (going_on["state"], going_on["call"]) == ("held", {"opened_at": said(start + HOUR / 60), "ended_at": None})
    for person in (pair.maya, pair.sam):
        left = Left(f"{person.id}", str(booking.id), str(person.id), (start + HOUR / 2).timestamp(), "left")
        await record_news(site.database, left)
    await note_ended(site.database, datetime.now(UTC))
    assert (await api(path))[1]["call"]["ended_at"] == said(start + HOUR / 2)
    assert (await api("/sessions/999999999"))[0] == 404


async def test_they_are_listed_by_their_start_page_by_page(api, pair):
    now = datetime.now(UTC).replace(microsecond=0)
    later, sooner = [await pair.booking(now + timedelta(days=days)) for days in (4, 3)]
    mine = f"mentorship_id={pair.mentorship_id}"
    _, whole = await api(f"/sessions?{mine}")
    assert ([item["id"] for item in whole["items"]], whole["next"]) == ([sooner.id, later.id], None)
    _, first = await api(f"/sessions?{mine}&limit=1")
    assert ([item["id"] for item in first["items"]], first["next"]) == ([sooner.id], sooner.id)
    _, second = await api(f"/sessions?{mine}&limit=1&after={first['next']}")
    assert ([item["id"] for item in second["items"]], second["next"]) == ([later.id], None)
    middle = said(now + timedelta(days=3, hours=12)).replace("+", "%2B")
    assert [item["id"] for item in (await api(f"/sessions?{mine}&from={middle}"))[1]["items"]] == [later.id]
    assert [item["id"] for item in (await api(f"/sessions?{mine}&to={middle}"))[1]["items"]] == [sooner.id]
    assert (await api(f"/sessions?{mine}&state=held"))[1]["items"] == []
    for query in ("from=yesterday", "from=0.5", "to=null", "from=2026-11-29T12:00:00", "state=open", "mentorship_id=0"):
        assert (await api(f"/sessions?{query}"))[0] == 400, query
    assert (await api("/sessions?to=9999-12-31T23:59:59-23:00&from=0001-01-01T00:00:00%2B23:00&limit=1"))[0] == 200
