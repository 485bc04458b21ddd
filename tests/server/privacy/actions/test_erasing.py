"""Erasing a person: nothing of them is left in any row, the ledger holds, and the other's history reads well."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from server.catchups.actions.bookings import withdraw
from server.catchups.actions.ledger import check_ledger
from server.catchups.actions.offers import make_offer
from server.catchups.queries.ledger import read_check_verdict, verify
from server.catchups.rules.bookings import BookingState
from server.catchups.store.ledger import ledger_of
from server.db.tables import bookings, busy_feeds, choices, day_hours, metadata, people, weekly_hours
from server.errors import InvalidInput, NotFound
from server.people.queries.home import read_home_page
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.passkeys import NewPasskey
from server.people.store.contacts import any_contact
from server.people.store.passkeys import add_passkey
from server.people.store.people import find_person
from server.privacy.actions.erasing import HasAccount, clear_erased, erase_person
from server.privacy.rules import rewriting
from server.privacy.rules.erasure import ErasureReason
from server.privacy.rules.places import PLACES, OnErasure
from server.privacy.store.places import read_rows
from tests.server.actors import DRAFT, FIRST, NOW, OFFERED, WITHDREW, a_booking, an_offer, visitor_with_account

MARK = "Okafor-Quint"
KEY = b"k" * 32


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
        key = NewPasskey(f"id of {MARK}", b"a key", 0)
        await add_passkey(connection, own["person_id"], key, f"{MARK}'s phone", "localhost", NOW, for_admin=False)
        return await find_person(connection, pair.mentee.person.id)


async def erase(database, person, now) -> None:
    async with database.reading() as connection:
        email = (await any_contact(connection, person.id)).email
    await erase_person(database, person.id, email, ErasureReason.ASKED, COMMAND_LINE, Path("nowhere"), now)


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
    to_them = replace(DRAFT, note=f"Hello {MARK.upper()}, are you well?", starts=(FIRST + timedelta(days=7),))
    await make_offer(database, pair.mentor, pair.mentorship_id, to_them, OFFERED, NOW)
    kept = replace(DRAFT, note="How was the week?", starts=(FIRST + timedelta(days=8),))
    await make_offer(database, pair.mentor, pair.mentorship_id, kept, OFFERED, NOW)
    assert set(await rows_with(database, MARK)) == {"people", "busy_feeds", "choice_words", "offers", "passkeys"}
    while not await check_ledger(database, KEY, NOW):
        pass
    before = await ledger_hashes(database)
    await erase(database, sam, NOW)
    assert await rows_with(database, MARK) == await rows_with(database, "7946") == []
    assert await rows_with(database, "How was the week?") == ["offers"]
    assert (await verify(database)).holds
    later = NOW + timedelta(days=2)
    while not await check_ledger(database, KEY, later):
        pass
    async with database.reading() as connection:
        verdict = await read_check_verdict(connection, KEY)
    assert (verdict.holds, (await ledger_hashes(database))[: len(before)] == before) == (True, True)
    async with database.reading() as connection:
        left = {table: len(rows) for table, rows in (await read_rows(connection, sam.id)).items() if rows}
    gone = {place.table for place in PLACES if place.on_erasure is OnErasure.GOES} & set(left)
    assert gone <= {"visit_links"}
    assert left["people"] == left["mentorships"] == left["bookings"] == 1


async def ledger_hashes(database) -> list[str]:
    async with database.reading() as connection:
        return list((await connection.execute(select(choices.c.hash).order_by(choices.c.id))).scalars())


async def test_what_was_to_come_is_called_off_and_the_other_is_told(database, pair, sam):
    booking = await a_booking(database, pair)
    waiting = await an_offer(database, pair, now=NOW + timedelta(minutes=1))
    await erase(database, sam, NOW + timedelta(minutes=2))
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
    await erase(database, sam, NOW)
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
    await erase(database, sam, NOW)
    async with database.reading() as connection:
        assert (await find_person(connection, sam.id)).name == "Ehemaliger Mentee"


async def test_who_runs_the_scheme_is_not_erased(database, contents):
    visitor = await visitor_with_account(database)
    before = await contents()
    with pytest.raises(HasAccount):
        await erase(database, visitor.person, NOW)
    assert await contents() == before


async def test_a_mentor_is_erased_with_what_they_offered(database, pair):
    booking, waiting = await a_booking(database, pair), await an_offer(database, pair, now=NOW + timedelta(minutes=1))
    await erase(database, pair.mentor.person, NOW + timedelta(minutes=2))
    async with database.reading() as connection:
        offers = metadata.tables["offers"]
        state = await connection.execute(select(offers.c.state).where(offers.c.id == waiting.id))
        assert state.scalar_one() == "withdrawn"
        state = await connection.execute(select(bookings.c.state).where(bookings.c.id == booking.id))
        assert state.scalar_one() == "cancelled"
    home = await read_home_page(database, pair.mentee, NOW)
    assert [(row.other.called, row.other_erased) for row in home.mentorships] == [("a former mentor", True)]


async def test_an_offer_that_has_run_out_keeps_nobody(database, pair, sam):
    """The job that ends it has not come by yet."""
    await an_offer(database, pair)
    await erase(database, sam, NOW + timedelta(days=300))
    async with database.reading() as connection:
        states = await connection.execute(select(metadata.tables["offers"].c.state))
        assert states.scalars().all() == ["expired"]


async def test_another_address_changes_nothing(database, pair, contents, tmp_path):
    before = await contents()
    with pytest.raises(InvalidInput):
        await erase_person(
            database, pair.mentee.person.id, "maya@example.org", ErasureReason.LEFT, COMMAND_LINE, tmp_path, NOW
        )
    assert await contents() == before


async def test_the_audit_log_says_that_it_was_done_and_names_nobody(database, pair, sam):
    await erase(database, sam, NOW)
    entry, about = metadata.tables["audit_entries"], metadata.tables["audit_people"]
    async with database.reading() as connection:
        (row,) = await connection.execute(select(entry, about.c.person_id).join(about))
    assert (row.act, row.reason, row.subject_id, row.person_id) == ("erased_person", "asked", sam.id, sam.id)


async def test_who_was_erased_is_not_found_again(database, pair, sam):
    await erase(database, sam, NOW)
    with pytest.raises(NotFound):
        await erase(database, sam, NOW)


async def test_the_files_are_rewritten_once(database, pair, sam):
    assert not await clear_erased(database, NOW)
    await erase(database, sam, NOW)
    assert await clear_erased(database, NOW)
    assert not await clear_erased(database, NOW)


async def test_large_files_are_rewritten_once_no_call_is_near(database, pair, sam, monkeypatch):
    monkeypatch.setattr(rewriting, "SMALL_BYTES", 0)
    await a_booking(database, pair)
    await erase(database, sam, FIRST - timedelta(hours=1))
    # As a call of others would.
    again = update(bookings).values(state=BookingState.CONFIRMED.value)
    async with database.writing() as connection:
        await connection.execute(again)
    for now in (FIRST - timedelta(minutes=29), FIRST + timedelta(minutes=119)):
        assert not await clear_erased(database, now, at_once=False)
    assert await clear_erased(database, FIRST - timedelta(minutes=31), at_once=False)
