"""Offers without a booking."""

from sqlalchemy import update

from server.admin.queries.history import list_unbooked, read_session_page
from server.catchups.actions.answers import accept_offer, decline_offer, undo_answer
from server.catchups.actions.bookings import ask_to_move
from server.catchups.rules.drafts import Draft
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import OfferState
from server.db.tables import choices
from tests.server.actors import DECLINED, DRAFT, NOW, OFFERED, SECOND, UNDID, a_booking, accepting, an_offer


async def test_what_never_became_a_booking_is_listed_by_its_newest_offer(database, pair):
    await a_booking(database, pair)
    declined = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, declined.id, "", DECLINED, NOW)
    waiting = await an_offer(database, pair)
    async with database.reading() as connection:
        rows = await list_unbooked(connection)
    assert [(row.catchup_id, row.state) for row in rows] == [
        (waiting.catchup_id, OfferState.OPEN),
        (declined.catchup_id, OfferState.DECLINED),
    ]


async def test_a_booking_s_page_names_its_entry_that_does_not_hold(database, pair):
    """Also before the server has checked the ledger."""
    booking = await a_booking(database, pair)
    found = await read_session_page(database, booking.id, b"k" * 32)
    assert ([entry.holds for entry in found.ledger], found.altered) == ([True, True], None)
    async with database.writing() as connection:
        await connection.execute(update(choices).where(choices.c.id == found.ledger[1].id).values(language="xx"))
    found = await read_session_page(database, booking.id, b"k" * 32)
    assert [entry.holds for entry in found.ledger] == [True, False]
    assert str(found.altered).startswith(f"Entry {found.ledger[1].id} was altered")
    assert str(found.check.said) == "The ledger has not been checked yet."


async def test_a_wish_to_move_is_of_a_booking_and_an_undone_acceptance_is_of_none(database, pair):
    booking = await a_booking(database, pair)
    await ask_to_move(database, pair.mentor, booking.id, Draft("", DRAFT.media, (SECOND,), 30), OFFERED, NOW)
    undone = await an_offer(database, pair)
    await accept_offer(database, pair.mentee, undone.id, accepting(SECOND), NOW)
    await undo_answer(database, pair.mentee, undone.id, UNDID, JoinWindow(), NOW)
    async with database.reading() as connection:
        rows = await list_unbooked(connection)
    assert [(row.catchup_id, row.state) for row in rows] == [(undone.catchup_id, OfferState.OPEN)]
