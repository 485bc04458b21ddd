"""The admin's history."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from server.db.tables import audit_entries, audit_people
from tests.cast import until


async def test_it_lists_bookings_and_offers_without_one(admin, pair):
    booking = await pair.booking()
    offer = await pair.offer()
    await admin.get(f"/history?pair={pair.mentorship_id}")
    assert f'"/history/{booking.id}"' in admin.text
    assert f'"/history/offers/{offer.id}"' in admin.text
    assert "Offered on" in admin.text
    assert "2 rows." in admin.text
    assert "No call has been due so far." in admin.text
    assert "I moved house." not in admin.text


async def test_its_first_sentence_says_how_many_calls_took_place(admin, pair):
    await pair.booking(datetime.now(UTC) - timedelta(days=1))

    async def is_closed():
        await admin.get(f"/history?pair={pair.mentorship_id}")
        return "0 of 1 call took place." in admin.text

    await until(is_closed, what="the server to close the catch-up")


async def test_the_address_says_what_is_shown_and_leaves_out_what_is_empty(admin, pair):
    booking = await pair.booking()
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    await admin.get(f"/history?pair={pair.mentorship_id}&name=&first=&last={tomorrow}&zone=Asia/Tokyo&sort=newest")
    assert f'"/history/{booking.id}"' in admin.text
    assert "Times in Tokyo time." in admin.text
    # As it can be shared, and as the export takes it.
    kept = f"last={tomorrow}&amp;zone=Asia%2FTokyo&amp;pair={pair.mentorship_id}"
    assert f'action="/history/export?{kept}"' in admin.text
    assert f'name="last" type="date" value="{tomorrow}"' in admin.text


async def test_what_is_not_found_says_so(admin):
    await admin.get("/history?state=rescheduled&first=1999-01-01&last=1999-01-02")
    assert "No sessions are like that." in admin.text


async def test_nonsense_in_the_address_is_left_out(admin, pair):
    booking = await pair.booking()
    await admin.get(f"/history?state=%00&after=-1&first=0001-01-01&zone=Nowhere&medium=x&pair={pair.mentorship_id}")
    assert admin.status == 200
    assert f'"/history/{booking.id}"' in admin.text
    assert (await admin.get("/history?person=999999999")).status == 404


async def test_pages_follow_each_other(admin, pair, monkeypatch):
    monkeypatch.setattr("server.admin.queries.history.PAGE_ROWS", 1)
    one, two = await pair.booking(), await pair.booking(datetime.now(UTC) + timedelta(hours=3))
    theirs = f"/history?pair={pair.mentorship_id}"
    await admin.get(theirs)
    assert (f'"/history/{two.id}"' in admin.text, f'"/history/{one.id}"' in admin.text) == (True, False)
    assert f'href="{theirs}&amp;after=b{two.id}"' in admin.text
    await admin.get(f"{theirs}&after=b{two.id}")
    assert (f'"/history/{two.id}"' in admin.text, f'"/history/{one.id}"' in admin.text) == (False, True)
    assert "First page" in admin.text


async def test_those_whose_history_alone_it_is_see_who_looked(admin, coordinator, mentee, pair, site):
    async def looks():
        of_sam = select(func.count()).select_from(audit_people).join(audit_entries)
        async with site.database.reading() as connection:
            acts = audit_entries.c.act == "looked_at_history"
            return (await connection.execute(of_sam.where(acts, audit_people.c.person_id == pair.sam.id))).scalar_one()

    await admin.get("/history")
    assert await looks() == 0
    await admin.get(f"/history?person={pair.sam.id}")
    await coordinator.get(f"/history?pair={pair.mentorship_id}")
    assert await looks() == 2
    await mentee.get("/me/looks")
    assert mentee.text.count("Looked at somebody's session history") == 2
