"""The page of one's hours."""

from datetime import UTC, datetime, timedelta

import pytest

from server.availability.rules import DayHours, Hours, WeeklyHours
from server.availability.store.hours import hours_of

WEEK = {f"{end}{day}": [] for day in range(7) for end in ("begins", "ends")}
TODAY = datetime.now(UTC).date()
SOON, LATER = TODAY + timedelta(days=9), TODAY + timedelta(days=12)


def form(**changes):
    """Monday in two parts, the others free of hours, one day closed and one shorter."""
    return (
        WEEK
        | {"begins0": ["09:00", "13:30", ""], "ends0": ["12:00", "00:00", ""]}
        | {"day": [LATER, SOON, ""], "day-begins": ["10:00", "", ""], "day-ends": ["11:15", "", ""]}
        | changes
    )


async def hours_in(pair):
    async with pair.site.database.reading() as connection:
        return await hours_of(connection, pair.maya.id, TODAY)


@pytest.fixture
async def page(mentor, pair):
    return await mentor.get("/hours")


async def test_without_hours_the_page_asks_for_them_in_ones_own_zone(page):
    assert page.status == 200
    assert "None yet. Add your hours below." in page.text
    assert "Stockholm time (Europe/Stockholm)" in page.text


async def test_what_is_saved_is_kept_and_comes_back(page, pair):
    await page.post("/hours", **form())
    assert (page.status, page.path) == (200, "/hours")
    assert await hours_in(pair) == Hours(
        (WeeklyHours(0, 540, 720), WeeklyHours(0, 810, 1440)), (DayHours(SOON), DayHours(LATER, 600, 675))
    )
    for field in ('name="begins0" value="13:30"', 'name="ends0" value="00:00"', f'name="day" value="{SOON}"'):
        assert field in page.text
    assert "Your next free times" in page.text
    assert "None yet" not in page.text


async def test_saving_nothing_takes_all_out(page, pair):
    await page.post("/hours", **form())
    await page.post("/hours", **WEEK)
    assert await hours_in(pair) == Hours((), ())


async def test_the_next_free_times_stand_in_ones_own_zone(page, pair):
    every_day = {f"{end}{day}": at for day in range(7) for end, at in (("begins", "09:00"), ("ends", "09:30"))}
    await page.post("/hours", **every_day)
    listed = page.text.partition('id="next"')[2].partition("</section>")[0]
    assert listed.count("<time") == 6
    assert listed.count(", 09:00</time>") == 6


async def test_a_link_to_one_catch_up_does_not_open_ones_hours(site, pair, contents):
    offer = await pair.offer()
    guest = await site.guest(await pair.link(pair.sam, offer.catchup_id, f"/offers/{offer.id}"))
    before = await contents()
    assert (await guest.get("/hours")).status == 403
    await guest.get(f"/offers/{offer.id}")
    assert (await guest.post("/hours", **form())).status == 403
    assert (await guest.post("/hours", **form(begins0=["nine"]))).status == 403
    assert await contents() == before


async def test_hours_are_ones_own(page, mentee, stranger):
    await page.post("/hours", **form())
    for other in (mentee, stranger):
        await other.get("/hours")
        assert "None yet" in other.text
        assert "13:30" not in other.text


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"begins0": ["09:00"], "ends0": [""]}, "both when your time begins and when it ends", "hours"),
        ({"begins0": ["nine"], "ends0": ["12:00"]}, "We cannot read one of the times", "hours"),
        ({"begins0": ["12:00"], "ends0": ["09:00"]}, "must be after its beginning", "hours"),
        ({"begins0": ["09:00", "10:00"], "ends0": ["11:00", "12:00"]}, "overlap", "hours"),
        ({"day": ["2020-01-01"]}, "has already passed", "days"),
        ({"day": ["Tuesday"]}, "the date of each", "days"),
        ({"day": [""], "day-begins": ["10:00"], "day-ends": ["11:00"]}, "the date of each", "days"),
        ({"day": [SOON], "day-begins": ["10:00"], "day-ends": [""]}, "both when your time begins", "days"),
        ({"day": [SOON, SOON], "day-begins": ["", "10:00"], "day-ends": ["", "11:00"]}, "listed twice", "days"),
        (
            {"day": [SOON + timedelta(days=each) for each in range(101)], "day-begins": [], "day-ends": []},
            "at most 100 single days",
            "days",
        ),
    ],
)
async def test_what_is_wrong_is_said_and_the_form_comes_back_filled_in(page, pair, contents, changes, sentence, field):
    before = await contents()
    sent = form(**changes)
    await page.post("/hours", **sent)
    assert page.status == 422
    assert sentence in page.text
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}"' in page.text
    for name in ("begins0", "ends0", "day", "day-begins"):
        assert all(f'name="{name}" value="{value}"' in page.text for value in sent[name])
    assert await contents() == before
