"""What the one who was asked does with an offer: it works, who may not, what a refusal leaves, and what is undone."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.calls.actions.entering import record_news
from server.catchups.actions.answers import accept_offer, decline_offer, postpone_offer, suggest_other, undo_answer
from server.catchups.actions.bookings import ask_to_move, close_missed, withdraw
from server.catchups.actions.offers import reword_offer, withdraw_offer
from server.catchups.queries.ledger import verify
from server.catchups.rules.bookings import BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.errors import (
    MediumNotOffered,
    NothingToUndo,
    NotYoursToDecide,
    OfferDecided,
    OfferExpired,
    OfferReworded,
    TimeNotOffered,
    TimeTaken,
)
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.offers import OfferState
from server.catchups.store import bookings, offers, pauses
from server.errors import DomainError, InvalidInput, NotFound
from signaling.news import Joined
from tests.server.actors import (
    ALLOWED_PHONE,
    DECLINED,
    DRAFT,
    FIRST,
    NOW,
    OFFERED,
    POSTPONED,
    SECOND,
    SUGGESTED,
    TOOK_BACK,
    UNDID,
    WITHDREW,
    QueuedEmail,
    a_booking,
    accepting,
    an_offer,
    emails_in,
    emails_left,
    kinds_in,
    pending_reminders,
)

WINDOW = JoinWindow()
HOUR = timedelta(hours=1)
LATER = Draft("Later?", frozenset({Medium.PHONE}), (SECOND + HOUR,), 45)


async def offer_state(database, pair, offer_id):
    async with database.reading() as connection:
        return (await offers.read_offer(connection, pair.mentor, offer_id)).offer.state


async def booking_state(database, pair, booking_id):
    async with database.reading() as connection:
        return (await bookings.read_booking(connection, pair.mentor, booking_id)).booking.state


async def pause_of(database, pair, visitor):
    async with database.reading() as connection:
        found = await pauses.pauses_of(connection, (pair.mentorship_id,))
    return found.get((pair.mentorship_id, visitor.person.id))


def undo(database, visitor, offer, now=NOW):
    return undo_answer(database, visitor, offer.id, UNDID, WINDOW, now)


def suggest(database, visitor, offer, draft=LATER, now=NOW):
    return suggest_other(database, visitor, offer.id, draft, SUGGESTED, OFFERED, now)


# Accepting


async def test_an_accepted_offer_is_a_booking_both_consents_and_two_emails(database, pair):
    offer = await an_offer(database, pair)
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(SECOND, Medium.PHONE), NOW)
    assert (booking.start, booking.minutes, booking.medium, booking.state, booking.offer_id) == (
        SECOND,
        30,
        Medium.PHONE,
        BookingState.CONFIRMED,
        offer.id,
    )
    async with database.reading() as connection:
        view = await offers.read_offer(connection, pair.mentor, offer.id)
    assert (view.offer.state, view.booking_id) == (OfferState.ACCEPTED, booking.id)
    assert await kinds_in(database, offer.catchup_id) == ["offered", "accepted"]
    assert await emails_in(database, offer.catchup_id) == [
        QueuedEmail("Sam", "offer_made", None),
        QueuedEmail("Maya", "offer_accepted", ("CONFIRMED", 2, SECOND)),
        QueuedEmail("Sam", "offer_accepted", ("CONFIRMED", 2, SECOND)),
    ]
    assert (await verify(database)).holds


@pytest.mark.parametrize(
    ("fallback", "phone", "medium", "expected", "kinds"),
    [
        (True, ALLOWED_PHONE, Medium.VIDEO, True, ["offered", "allowed_phone", "accepted", "allowed_phone"]),
        (False, ALLOWED_PHONE, Medium.VIDEO, False, ["offered", "accepted", "allowed_phone"]),
        (True, None, Medium.VIDEO, False, ["offered", "allowed_phone", "accepted"]),
        (True, ALLOWED_PHONE, Medium.PHONE, False, ["offered", "allowed_phone", "accepted"]),
    ],
)
async def test_a_video_call_goes_on_by_phone_only_where_both_allowed_it(
    database, pair, fallback, phone, medium, expected, kinds
):
    offer = await an_offer(database, pair, replace(DRAFT, phone_fallback=fallback))
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(medium=medium, phone=phone), NOW)
    assert booking.phone_fallback is expected
    assert await kinds_in(database, offer.catchup_id) == kinds


@pytest.mark.parametrize(
    ("choice", "refusal"),
    [
        (accepting(FIRST + HOUR), TimeNotOffered),
        (accepting(medium=Medium.PHONE), MediumNotOffered),
        (accepting(revision=0), OfferReworded),
    ],
)
async def test_accepting_something_else_than_what_is_offered_changes_nothing(database, pair, contents, choice, refusal):
    offer = await an_offer(database, pair, replace(DRAFT, media=frozenset({Medium.VIDEO})))
    by_video = replace(DRAFT, media=frozenset({Medium.VIDEO}), note="So.")
    await reword_offer(database, pair.mentor, offer.id, by_video, OFFERED, NOW)
    before = await contents()
    with pytest.raises(refusal):
        await accept_offer(database, pair.mentee, offer.id, choice, NOW)
    assert await contents() == before


async def test_each_answer_is_given_once(database, pair, contents):
    """Duplicate posts: the second is told how it stands, and nothing changes."""
    answers = (
        lambda offer: accept_offer(database, pair.mentee, offer.id, accepting(FIRST), NOW),
        lambda offer: decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW),
        lambda offer: postpone_offer(database, pair.mentee, offer.id, 4, "", POSTPONED, NOW),
        lambda offer: suggest(database, pair.mentee, offer),
    )
    for answer in answers:
        offer = await an_offer(database, pair)
        await answer(offer)
        before = await contents()
        for again in answers:
            with pytest.raises(OfferDecided):
                await again(offer)
        assert await contents() == before


async def test_a_stranger_cannot_answer(database, pair, contents):
    offer = await an_offer(database, pair)
    before = await contents()
    for attempt in (
        accept_offer(database, pair.stranger, offer.id, accepting(), NOW),
        decline_offer(database, pair.stranger, offer.id, "", DECLINED, NOW),
        postpone_offer(database, pair.stranger, offer.id, 4, "", POSTPONED, NOW),
        suggest(database, pair.stranger, offer),
        undo(database, pair.stranger, offer),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await contents() == before


async def test_who_asked_cannot_answer_for_the_other(database, pair, contents):
    offer = await an_offer(database, pair)
    before = await contents()
    for attempt in (
        accept_offer(database, pair.mentor, offer.id, accepting(), NOW),
        decline_offer(database, pair.mentor, offer.id, "", DECLINED, NOW),
        postpone_offer(database, pair.mentor, offer.id, 4, "", POSTPONED, NOW),
        suggest(database, pair.mentor, offer),
    ):
        with pytest.raises(NotYoursToDecide):
            await attempt
    assert await contents() == before


async def test_a_link_to_one_catch_up_does_not_reach_another(database, pair, by_link):
    offer, another = await an_offer(database, pair), await an_offer(database, pair)
    sam = await by_link(pair.mentee.person, another.catchup_id)
    with pytest.raises(NotFound):
        await accept_offer(database, sam, offer.id, accepting(), NOW)
    await accept_offer(database, sam, another.id, accepting(), NOW)


async def test_a_second_booking_at_that_time_is_refused_and_the_offer_stays_open(database, pair):
    one, two = await an_offer(database, pair), await an_offer(database, pair)
    await accept_offer(database, pair.mentee, one.id, accepting(FIRST), NOW)
    with pytest.raises(TimeTaken):
        await accept_offer(database, pair.mentee, two.id, accepting(FIRST), NOW)
    assert await offer_state(database, pair, two.id) is OfferState.OPEN
    booking = await accept_offer(database, pair.mentee, two.id, accepting(SECOND), NOW)
    async with database.reading() as connection:
        found = await bookings.bookings_of(connection, pair.mentee, NOW)
    assert [view.booking.start for view in found] == [FIRST, booking.start]


async def test_nobody_is_booked_into_a_call_that_they_are_in(database, pair):
    """A catch-up that is being held takes its time as a confirmed one does."""
    booking = await a_booking(database, pair)
    in_the_midst = FIRST + timedelta(minutes=15)
    other = await an_offer(database, pair, replace(DRAFT, starts=(in_the_midst, SECOND)))
    for index, visitor in enumerate((pair.mentor, pair.mentee)):
        await record_news(
            database, Joined(str(index), str(booking.id), str(visitor.person.id), FIRST.timestamp() + index)
        )
    with pytest.raises(TimeTaken):
        await accept_offer(database, pair.mentee, other.id, accepting(in_the_midst), FIRST + timedelta(minutes=2))


async def test_of_many_accepts_at_once_one_wins(database, pair, count, no_limits):
    """Forty at once: twenty offers of one time, each accepted twice."""
    made = [await an_offer(database, pair) for _ in range(20)]
    answers = await asyncio.gather(
        *(accept_offer(database, pair.mentee, offer.id, accepting(FIRST), NOW) for offer in made * 2),
        return_exceptions=True,
    )
    assert all(isinstance(answer, DomainError) for answer in answers if isinstance(answer, BaseException))
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert (await count("bookings"), await count("choices")) == (1, 21)
    assert (await verify(database)).holds


# Declining and postponing


async def test_declining_tells_both_and_keeps_the_words_beside_the_ledger(database, pair, count):
    offer = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, offer.id, "  A full week.  ", DECLINED, NOW)
    assert await offer_state(database, pair, offer.id) is OfferState.DECLINED
    assert await kinds_in(database, offer.catchup_id) == ["offered", "declined"]
    assert (await emails_in(database, offer.catchup_id))[1:] == [
        QueuedEmail("Maya", "offer_declined", None),
        QueuedEmail("Sam", "you_declined", None),
    ]
    assert (await count("choice_words"), await count("bookings")) == (1, 0)
    assert (await verify(database)).holds


async def test_too_many_words_are_refused_and_nothing_changes(database, pair, contents):
    offer = await an_offer(database, pair)
    before = await contents()
    for attempt in (
        decline_offer(database, pair.mentee, offer.id, "x" * 2001, DECLINED, NOW),
        postpone_offer(database, pair.mentee, offer.id, 4, "x" * 2001, POSTPONED, NOW),
    ):
        with pytest.raises(InvalidInput) as refusal:
            await attempt
        assert refusal.value.field == "words"
    assert await contents() == before


async def test_not_now_is_kept_until_then_and_ends_with_the_next_acceptance(database, pair):
    offer = await an_offer(database, pair)
    until = await postpone_offer(database, pair.mentee, offer.id, 4, "", POSTPONED, NOW)
    assert until == NOW + timedelta(weeks=4)
    assert await pause_of(database, pair, pair.mentee) == until
    assert await pause_of(database, pair, pair.mentor) is None
    assert await offer_state(database, pair, offer.id) is OfferState.DECLINED
    assert await kinds_in(database, offer.catchup_id) == ["offered", "postponed"]
    assert [email.kind for email in await emails_in(database, offer.catchup_id)] == [
        "offer_made",
        "offer_postponed",
        "you_declined",
    ]
    await a_booking(database, pair)
    assert await pause_of(database, pair, pair.mentee) is None


async def test_a_number_of_weeks_that_is_not_on_offer_changes_nothing(database, pair, contents):
    offer = await an_offer(database, pair)
    before = await contents()
    with pytest.raises(InvalidInput) as refusal:
        await postpone_offer(database, pair.mentee, offer.id, 5, "", POSTPONED, NOW)
    assert refusal.value.field == "weeks"
    assert await contents() == before


async def test_the_last_of_two_pauses_counts_even_at_once(database, pair):
    one, two = await an_offer(database, pair), await an_offer(database, pair)
    await asyncio.gather(
        *(
            postpone_offer(database, pair.mentee, offer.id, weeks, "", POSTPONED, NOW)
            for offer, weeks in ((one, 2), (two, 8))
        )
    )
    assert await pause_of(database, pair, pair.mentee) in (NOW + timedelta(weeks=2), NOW + timedelta(weeks=8))


# Suggesting


async def test_a_suggestion_supersedes_and_the_mentor_answers_it(database, pair, by_link):
    offer = await an_offer(database, pair)
    sam = await by_link(pair.mentee.person, offer.catchup_id)
    counter = await suggest(database, sam, offer)
    async with database.reading() as connection:
        view = await offers.read_offer(connection, sam, offer.id)
    assert (view.offer.state, view.answered_by) == (OfferState.SUPERSEDED, counter.id)
    assert (await emails_in(database, offer.catchup_id))[1:] == [
        QueuedEmail("Maya", "other_suggested", None),
        QueuedEmail("Sam", "you_suggested", None),
    ]
    booking = await accept_offer(database, pair.mentor, counter.id, accepting(LATER.starts[0], Medium.PHONE), NOW)
    assert (booking.catchup_id, booking.minutes) == (offer.catchup_id, 45)
    assert await kinds_in(database, offer.catchup_id) == ["offered", "suggested", "offered", "accepted"]


async def test_back_and_forth_puts_nothing_into_calendars_until_it_is_agreed(database, pair):
    offer = await an_offer(database, pair)
    counter = await suggest(database, pair.mentee, offer)
    again = await suggest(database, pair.mentor, counter, replace(LATER, starts=(SECOND + 2 * HOUR,)))
    last = await suggest(database, pair.mentee, again, replace(LATER, starts=(SECOND + 3 * HOUR,)))
    assert [told.event for told in await emails_in(database, offer.catchup_id) if told.event] == []
    await accept_offer(database, pair.mentor, last.id, accepting(SECOND + 3 * HOUR, Medium.PHONE), NOW)
    events = [told.event[:2] for told in await emails_in(database, offer.catchup_id) if told.event]
    assert events == [("CONFIRMED", 5)] * 2


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, starts=()),
        replace(DRAFT, starts=(FIRST,)),
        replace(DRAFT, starts=tuple(FIRST + n * HOUR for n in range(1, 5))),
    ],
)
async def test_nothing_else_or_too_much_is_no_suggestion(database, pair, contents, draft):
    offer = await an_offer(database, pair)
    before = await contents()
    with pytest.raises(InvalidInput):
        await suggest(database, pair.mentee, offer, draft)
    assert await contents() == before


# Undoing


@pytest.mark.parametrize("answer", ["declined", "postponed"])
async def test_a_refusal_can_be_undone(database, pair, answer):
    offer = await an_offer(database, pair)
    if answer == "declined":
        await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW)
    else:
        await postpone_offer(database, pair.mentee, offer.id, 4, "", POSTPONED, NOW)
    await emails_left(database)
    await undo(database, pair.mentee, offer)
    assert await offer_state(database, pair, offer.id) is OfferState.OPEN
    assert await pause_of(database, pair, pair.mentee) is None
    assert await kinds_in(database, offer.catchup_id) == ["offered", answer, "undid"]
    assert (await emails_in(database, offer.catchup_id))[-2:] == [
        QueuedEmail("Maya", "answer_undone", None),
        QueuedEmail("Sam", "you_undid", None),
    ]
    await accept_offer(database, pair.mentee, offer.id, accepting(), NOW)


async def test_undoing_one_refusal_leaves_the_pause_that_another_made(database, pair):
    postponed, declined = await an_offer(database, pair), await an_offer(database, pair)
    until = await postpone_offer(database, pair.mentee, postponed.id, 8, "", POSTPONED, NOW)
    await decline_offer(database, pair.mentee, declined.id, "", DECLINED, NOW)
    await undo(database, pair.mentee, declined)
    assert await pause_of(database, pair, pair.mentee) == until
    later = await an_offer(database, pair)
    until = await postpone_offer(database, pair.mentee, later.id, 2, "", POSTPONED, NOW)
    await undo(database, pair.mentee, postponed)
    assert await pause_of(database, pair, pair.mentee) == until


async def test_a_suggestion_can_be_undone_while_it_waits(database, pair):
    offer = await an_offer(database, pair)
    counter = await suggest(database, pair.mentee, offer)
    await undo(database, pair.mentee, offer)
    assert await offer_state(database, pair, offer.id) is OfferState.OPEN
    assert await offer_state(database, pair, counter.id) is OfferState.WITHDRAWN
    assert await kinds_in(database, offer.catchup_id) == ["offered", "suggested", "offered", "undid"]
    again = await suggest(database, pair.mentee, offer)
    async with database.reading() as connection:
        assert (await offers.read_offer(connection, pair.mentee, offer.id)).answered_by == again.id


async def test_an_acceptance_can_be_undone_and_another_time_chosen(database, pair):
    offer = await an_offer(database, pair)
    first = await accept_offer(database, pair.mentee, offer.id, accepting(SECOND), NOW)
    assert len(await pending_reminders(database, first)) == 4
    await emails_left(database)
    await undo(database, pair.mentee, offer)
    await emails_left(database)
    assert await booking_state(database, pair, first.id) is BookingState.CANCELLED
    assert await offer_state(database, pair, offer.id) is OfferState.OPEN
    assert await pending_reminders(database, first) == []
    again = await accept_offer(database, pair.mentee, offer.id, accepting(FIRST), NOW)
    assert await kinds_in(database, offer.catchup_id) == ["offered", "accepted", "undid", "accepted"]
    assert [told.event for told in (await emails_in(database, offer.catchup_id))[1::2]] == [
        ("CONFIRMED", 2, SECOND),
        ("CANCELLED", 3, SECOND),
        ("CONFIRMED", 4, FIRST),
    ]
    async with database.reading() as connection:
        view = await offers.read_offer(connection, pair.mentee, offer.id)
    assert (view.booking_id, view.offer.state) == (again.id, OfferState.ACCEPTED)


async def test_undoing_twice_is_undoing_once(database, pair, contents):
    offer = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW)
    await undo(database, pair.mentee, offer)
    before = await contents()
    with pytest.raises(NothingToUndo):
        await undo(database, pair.mentee, offer)
    assert await contents() == before


async def test_only_who_answered_undoes(database, pair, contents):
    offer = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW)
    before = await contents()
    with pytest.raises(NotYoursToDecide):
        await undo(database, pair.mentor, offer)
    assert await contents() == before


async def a_call_that_is_open(database, pair, booking):
    return WINDOW.opens_at(booking)


async def a_wish_to_move(database, pair, booking):
    await ask_to_move(database, pair.mentor, booking.id, LATER, OFFERED, NOW)
    return NOW


async def a_move(database, pair, booking):
    wish = await ask_to_move(database, pair.mentor, booking.id, LATER, OFFERED, NOW)
    await accept_offer(database, pair.mentee, wish.id, accepting(LATER.starts[0], Medium.PHONE), NOW)
    return NOW


async def a_withdrawal(database, pair, booking):
    await withdraw(database, pair.mentor, booking.id, "", WITHDREW, NOW)
    return NOW


DEPENDENTS = [a_call_that_is_open, a_wish_to_move, a_move, a_withdrawal]


@pytest.mark.parametrize("dependent", DEPENDENTS, ids=lambda f: f.__name__)
async def test_an_acceptance_on_which_something_depends_stays(database, pair, contents, dependent):
    offer = await an_offer(database, pair)
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(), NOW)
    now = await dependent(database, pair, booking)
    before = await contents()
    with pytest.raises(NothingToUndo):
        await undo(database, pair.mentee, offer, now)
    assert await contents() == before


@pytest.mark.parametrize("answer", ["accepted", "declined", "superseded", "withdrawn"])
async def test_a_suggestion_that_was_answered_stays(database, pair, contents, answer):
    offer = await an_offer(database, pair)
    counter = await suggest(database, pair.mentee, offer)
    if answer == "accepted":
        await accept_offer(database, pair.mentor, counter.id, accepting(LATER.starts[0], Medium.PHONE), NOW)
    elif answer == "declined":
        await decline_offer(database, pair.mentor, counter.id, "", DECLINED, NOW)
    elif answer == "superseded":
        await suggest(database, pair.mentor, counter, replace(LATER, minutes=15))
    else:
        await withdraw_offer(database, pair.mentee, counter.id, TOOK_BACK, NOW)
    before = await contents()
    with pytest.raises(NothingToUndo):
        await undo(database, pair.mentee, offer)
    assert await contents() == before


async def test_nothing_is_undone_once_the_offer_s_time_is_over(database, pair, contents):
    offer = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW)
    before = await contents()
    with pytest.raises(OfferExpired):
        await undo(database, pair.mentee, offer, SECOND)
    assert await contents() == before


# Wishes to move


async def asked_to_move(database, pair, draft=LATER):
    booking = await a_booking(database, pair)
    return booking, await ask_to_move(database, pair.mentor, booking.id, draft, OFFERED, NOW)


async def test_a_move_that_is_accepted_takes_the_booking_s_place(database, pair):
    booking, wish = await asked_to_move(database, pair)
    assert len(await pending_reminders(database, booking)) == 2
    moved = await accept_offer(database, pair.mentee, wish.id, accepting(LATER.starts[0], Medium.PHONE), NOW)
    assert await booking_state(database, pair, booking.id) is BookingState.RESCHEDULED
    assert (moved.state, moved.catchup_id, moved.start) == (
        BookingState.CONFIRMED,
        booking.catchup_id,
        LATER.starts[0],
    )
    assert (await emails_in(database, booking.catchup_id))[-2:] == [
        QueuedEmail("Maya", "booking_moved", ("CONFIRMED", 4, LATER.starts[0])),
        QueuedEmail("Sam", "booking_moved", ("CONFIRMED", 4, LATER.starts[0])),
    ]
    assert await pending_reminders(database, booking) == []
    assert len(await pending_reminders(database, moved)) == 4


async def test_a_move_may_run_into_the_time_that_it_gives_up_but_into_no_other(database, pair):
    nearby = replace(LATER, starts=(FIRST + timedelta(minutes=15), SECOND))
    _, wish = await asked_to_move(database, pair, nearby)
    await a_booking(database, pair, SECOND)
    with pytest.raises(TimeTaken):
        await accept_offer(database, pair.mentee, wish.id, accepting(SECOND, Medium.PHONE), NOW)
    moved = await accept_offer(database, pair.mentee, wish.id, accepting(nearby.starts[0], Medium.PHONE), NOW)
    assert moved.start == nearby.starts[0]


async def test_a_move_that_is_declined_leaves_the_booking_and_its_event(database, pair):
    booking, wish = await asked_to_move(database, pair)
    await decline_offer(database, pair.mentee, wish.id, "", DECLINED, NOW)
    assert await booking_state(database, pair, booking.id) is BookingState.CONFIRMED
    assert (await emails_in(database, booking.catchup_id))[-2:] == [
        QueuedEmail("Sam", "move_asked", None),
        QueuedEmail("Maya", "move_declined", None),
    ]
    assert len(await pending_reminders(database, booking)) == 2


async def test_another_move_may_be_suggested(database, pair):
    booking, wish = await asked_to_move(database, pair)
    counter = await suggest(database, pair.mentee, wish, replace(LATER, starts=(SECOND,)))
    assert counter.moves_id == booking.id
    await accept_offer(database, pair.mentor, counter.id, accepting(SECOND, Medium.PHONE), NOW)
    assert await booking_state(database, pair, booking.id) is BookingState.RESCHEDULED


async def test_an_answer_to_a_wish_to_move_can_be_undone_while_the_booking_stands(database, pair):
    booking, wish = await asked_to_move(database, pair)
    await decline_offer(database, pair.mentee, wish.id, "", DECLINED, NOW)
    await undo(database, pair.mentee, wish)
    counter = await suggest(database, pair.mentee, wish, replace(LATER, starts=(SECOND,)))
    await emails_left(database)
    await undo(database, pair.mentee, wish)
    assert await offer_state(database, pair, wish.id) is OfferState.OPEN
    assert await offer_state(database, pair, counter.id) is OfferState.WITHDRAWN
    assert await booking_state(database, pair, booking.id) is BookingState.CONFIRMED
    assert (await emails_in(database, booking.catchup_id))[-1] == QueuedEmail("Sam", "you_undid", None)


async def test_a_move_that_was_made_cannot_be_undone(database, pair, contents):
    _, wish = await asked_to_move(database, pair)
    await accept_offer(database, pair.mentee, wish.id, accepting(LATER.starts[0], Medium.PHONE), NOW)
    before = await contents()
    with pytest.raises(NothingToUndo):
        await undo(database, pair.mentee, wish)
    assert await contents() == before


@pytest.mark.parametrize("how", ["withdrawn", "moved", "over"])
async def test_a_declined_move_stays_declined_when_the_booking_no_longer_stands(database, pair, contents, how):
    booking, wish = await asked_to_move(database, pair)
    await decline_offer(database, pair.mentee, wish.id, "", DECLINED, NOW)
    now = NOW
    if how == "withdrawn":
        await withdraw(database, pair.mentee, booking.id, "", WITHDREW, NOW)
    elif how == "moved":
        other = await ask_to_move(database, pair.mentor, booking.id, LATER, OFFERED, NOW)
        await accept_offer(database, pair.mentee, other.id, accepting(LATER.starts[0], Medium.PHONE), NOW)
    else:
        now = booking.end
    before = await contents()
    with pytest.raises(NothingToUndo):
        await undo(database, pair.mentee, wish, now)
    assert await contents() == before


async def test_another_time_may_be_accepted_after_the_first_was_missed(database, pair):
    booking, wish = await asked_to_move(database, pair)
    assert await close_missed(database, WINDOW, WINDOW.closes_at(booking)) == 1
    await accept_offer(
        database, pair.mentee, wish.id, accepting(LATER.starts[0], Medium.PHONE), WINDOW.closes_at(booking)
    )
    assert await booking_state(database, pair, booking.id) is BookingState.MISSED


async def test_a_move_and_a_withdrawal_at_once_leave_one_of_the_two(database, pair, count):
    """Whichever comes first wins; never a booking that nobody is told of."""
    booking, wish = await asked_to_move(database, pair)
    moved, withdrawn = await asyncio.gather(
        accept_offer(database, pair.mentee, wish.id, accepting(LATER.starts[0], Medium.PHONE), NOW),
        withdraw(database, pair.mentor, booking.id, "", WITHDREW, NOW),
        return_exceptions=True,
    )
    won = [outcome for outcome in (moved, withdrawn) if not isinstance(outcome, BaseException)]
    assert len(won) == 1
    assert isinstance(moved if withdrawn is won[0] else withdrawn, DomainError)
    expected = BookingState.CANCELLED if won[0] is withdrawn else BookingState.RESCHEDULED
    assert await booking_state(database, pair, booking.id) is expected
    assert (await verify(database)).holds
