"""Erasing a person: nothing of them is left in any row, the ledger holds, and the other's history reads well."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from server.catchups.actions.bookings import withdraw
from server.catchups.actions.offers import make_offer
from server.catchups.queries.ledger import verify
from server.catchups.store.ledger import ledger_of
from server.db.tables import bookings, busy_feeds, day_hours, metadata, people, weekly_hours
from server.errors import NotFound
from server.people.queries.home import read_home_page
from server.people.rules.audit import COMMAND_LINE
from server.people.store.people import find_person
from server.privacy.actions.erasing import HasAccount, erase_person
from server.privacy.rules.places import PLACES, Fate
from server.privacy.store.places import count_rows
from tests.server.actors import DRAFT, NOW, OFFERED, WITHDREW, a_booking, an_offer, visitor_with_account

MARK = "Okafor-Quint"


@pytest.fixture
async def sam(database, pair):
    """Sam, with something in every place that a person fills by themselves, all of it marked."""
    async with database.writing() as connection:
        words = {"name": f"Sam {MARK}", "phone": "+44 20 7946 0123", "needs": f"{MARK} likes captions."}
        words |= {"email": f"{MARK}@example.org", "email_key": f"{MARK}@example.org".lower(), "preferred_name": MARK}
        await connection.execute(update(people).where(people.c.id == pair.mentee.person.id).values(words))
        own = {"person_id": pair.mentee.person.id}
        await connection.execute(insert(weekly_hours).values(**own, weekday=0, begins=0, ends=60))
        await connection.execute(insert(day_hours).values(**own, day=date(2026, 11, 23)))
        feed = {"url": f"https://example.org/{MARK}.ics", "etag": "", "due_at": NOW, "failures": 0, "skipped": 0}
        await connection.execute(insert(busy_feeds).values(**own, **feed))
        return await find_person(connection, pair.mentee.person.id)


async def rows_with(database, text: str) -> list[str]:
    async with database.reading() as connection:
        return [
            table.name
            for table in metadata.sorted_tables
            for row in await connection.execute(select(table))
            if text.lower() in repr(row).lower()
        ]


async def test_no_row_holds_anything_of_them_and_the_ledger_still_holds(database, pair, sam):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, f"{MARK} is ill.", WITHDREW, NOW)
    theirs = replace(DRAFT, note=f"From {MARK}")
    await make_offer(database, replace(pair.mentee, person=sam), pair.mentorship_id, theirs, OFFERED, NOW)
    assert set(await rows_with(database, MARK)) == {"people", "busy_feeds", "choice_words", "offers"}
    await erase_person(database, sam, COMMAND_LINE, None, NOW)
    assert await rows_with(database, MARK) == await rows_with(database, "7946") == []
    assert (await verify(database)).holds
    async with database.reading() as connection:
        left = await count_rows(connection, sam.id)
    gone = {place.table for place in PLACES if place.fate is Fate.GOES} & set(left)
    assert gone <= {"visit_links"}
    assert left["people"] == left["mentorships"] == left["bookings"] == 1


async def test_what_was_to_come_is_called_off_and_the_other_is_told(database, pair, sam):
    booking = await a_booking(database, pair)
    waiting = await an_offer(database, pair, now=NOW + timedelta(minutes=1))
    await erase_person(database, sam, COMMAND_LINE, None, NOW + timedelta(minutes=2))
    async with database.reading() as connection:
        boxes, offers = metadata.tables["outbox"], metadata.tables["offers"]
        told = await connection.execute(select(boxes.c.kind, boxes.c.recipient_id).order_by(boxes.c.id))
        kinds = {row.kind for row in told if row.recipient_id == pair.mentor.person.id}
        states = await connection.execute(select(offers.c.state).where(offers.c.id == waiting.id))
        assert states.scalar_one() == "declined"
        state = await connection.execute(select(bookings.c.state).where(bookings.c.id == booking.id))
        assert state.scalar_one() == "cancelled"
    assert {"booking_cancelled", "offer_declined"} <= kinds


async def test_the_other_keeps_a_history_and_can_offer_nothing_new(database, pair, sam):
    booking = await a_booking(database, pair)
    await erase_person(database, sam, COMMAND_LINE, None, NOW)
    async with database.reading() as connection:
        assert {row.person_name for row in await ledger_of(connection, booking.catchup_id)} == {
            "Maya",
            "a former mentee",
        }
    home = await read_home_page(database, pair.mentor, NOW)
    assert [(row.other.called, row.other_erased) for row in home.mentorships] == [("a former mentee", True)]
    with pytest.raises(NotFound):
        await make_offer(database, pair.mentor, pair.mentorship_id, DRAFT, OFFERED, NOW)


async def test_the_name_that_is_left_is_in_the_language_of_the_other(database, pair, sam):
    async with database.writing() as connection:
        await connection.execute(update(people).where(people.c.id == pair.mentor.person.id).values(language="de"))
    await erase_person(database, sam, COMMAND_LINE, None, NOW)
    async with database.reading() as connection:
        assert (await find_person(connection, sam.id)).name == "Ehemaliger Mentee"


async def test_who_runs_the_scheme_is_not_erased(database, contents):
    visitor = await visitor_with_account(database)
    before = await contents()
    with pytest.raises(HasAccount):
        await erase_person(database, visitor.person, COMMAND_LINE, None, NOW)
    assert await contents() == before
