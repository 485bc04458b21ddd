"""Bookings: the table of transitions, reminders, and when two bookings overlap."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.bookings import (
    TRANSITIONS,
    Booking,
    BookingEvent,
    BookingState,
    agree,
    apply,
    may_be_moved,
    overlap,
    run_late,
)
from server.catchups.rules.drafts import Medium
from server.catchups.rules.errors import BookingOver, NotYoursToDecide
from server.catchups.rules.ledger import ShownWording, Statement
from server.catchups.rules.offers import Offer, OfferState
from server.errors import InvalidInput

START = datetime(2026, 11, 24, 15, tzinfo=UTC)
OFFER = Offer(1, 1, 1, 2, "", frozenset(Medium), (START,), 30, OfferState.OPEN, START, START)


def a_booking(state: BookingState = BookingState.CONFIRMED) -> Booking:
    return Booking(1, 1, 1, START, 30, Medium.VIDEO, state)


def says(person: int) -> Statement:
    return Statement(person, 9, ShownWording("By this you agree.", "en"))


def state_after(booking: Booking, event: BookingEvent, now: datetime = START) -> BookingState:
    """By a person where the table says so."""
    by = says(1) if event is BookingEvent.WITHDRAW else None
    return apply(booking, event, now, by, both=(1, 2)).state


@pytest.mark.parametrize("state", BookingState)
@pytest.mark.parametrize("event", BookingEvent)
def test_every_event_in_every_state_follows_the_table(state: BookingState, event: BookingEvent) -> None:
    if (state, event) in TRANSITIONS:
        assert state_after(a_booking(state), event) is TRANSITIONS[state, event][1]
    else:
        with pytest.raises(BookingOver):
            state_after(a_booking(state), event)


@pytest.mark.parametrize(("state", "event"), sorted(TRANSITIONS))
def test_only_its_people_decide_and_only_what_is_theirs(state: BookingState, event: BookingEvent) -> None:
    theirs = TRANSITIONS[state, event][0] == "either"
    for by in (says(1), says(2), says(3), None):
        decides = by in (says(1), says(2)) if theirs else by is None
        if decides:
            assert apply(a_booking(state), event, START, by, both=(1, 2)).state is TRANSITIONS[state, event][1]
        else:
            with pytest.raises(NotYoursToDecide):
                apply(a_booking(state), event, START, by, both=(1, 2))


@pytest.mark.parametrize("state", [BookingState.CONFIRMED, BookingState.HELD])
def test_withdrawing_is_possible_until_its_time_is_over(state: BookingState) -> None:
    booking = a_booking(state)
    before = booking.end - timedelta(seconds=1)
    assert state_after(booking, BookingEvent.WITHDRAW, before) is BookingState.CANCELLED
    with pytest.raises(BookingOver):
        state_after(booking, BookingEvent.WITHDRAW, booking.end)


@pytest.mark.parametrize("state", sorted(set(BookingState) - {BookingState.CONFIRMED, BookingState.HELD}))
def test_what_is_over_cannot_be_withdrawn_from(state: BookingState) -> None:
    with pytest.raises(BookingOver):
        state_after(a_booking(state), BookingEvent.WITHDRAW)


@pytest.mark.parametrize("state", BookingState)
def test_another_time_may_be_asked_for_until_its_own_is_over(state: BookingState) -> None:
    booking = a_booking(state)
    if state is BookingState.CONFIRMED:
        may_be_moved(booking, booking.end - timedelta(seconds=1))
    else:
        with pytest.raises(BookingOver):
            may_be_moved(booking, START)
    with pytest.raises(BookingOver):
        may_be_moved(booking, booking.end)


@pytest.mark.parametrize("state", BookingState)
def test_a_moved_booking_gives_way_and_a_missed_one_stays_missed(state: BookingState) -> None:
    after = {BookingState.CONFIRMED: BookingState.RESCHEDULED, BookingState.MISSED: BookingState.MISSED}
    if state in after:
        assert state_after(a_booking(state), BookingEvent.RESCHEDULE) is after[state]
    else:
        with pytest.raises(BookingOver):
            state_after(a_booking(state), BookingEvent.RESCHEDULE)


@pytest.mark.parametrize("minutes", [5, 10, 15, 20])
@pytest.mark.parametrize("state", BookingState)
def test_one_is_late_by_what_is_on_offer_until_it_is_over(state: BookingState, minutes: int) -> None:
    booking = a_booking(state)
    if minutes == 20:
        with pytest.raises(InvalidInput):
            run_late(booking, minutes, 2, START)
    elif state is BookingState.CONFIRMED:
        assert run_late(booking, minutes, 2, START).state is state
        with pytest.raises(BookingOver):
            run_late(booking, minutes, 2, booking.end)
    else:
        with pytest.raises(BookingOver):
            run_late(booking, minutes, 2, START)


@given(st.integers(-600, 3000))
def test_both_are_reminded_alike_and_never_of_what_is_all_but_now(minutes: int) -> None:
    now = START - timedelta(minutes=minutes)
    reminders = agree(OFFER, START, Medium.VIDEO, False, now).reminders
    per_person = [[(each.kind, each.due_at) for each in reminders if each.recipient_id == one] for one in (1, 2)]
    assert per_person[0] == per_person[1]
    expected = ["reminder_day"] * (minutes > 24 * 60 + 30) + ["reminder_soon"] * (minutes > 45)
    assert [kind for kind, _ in per_person[0]] == expected
    assert all(now + timedelta(minutes=30) < at < START for _, at in per_person[0])


@pytest.mark.parametrize(
    ("offset", "minutes", "expected"),
    [(0, 30, True), (-30, 30, False), (-29, 30, True), (30, 30, False), (29, 15, True), (-60, 90, True)],
)
def test_touching_is_not_overlapping(offset: int, minutes: int, expected: bool) -> None:
    assert overlap(START + timedelta(minutes=offset), minutes, a_booking()) is expected


@given(st.integers(-300, 300), st.sampled_from([15, 30, 45, 60, 90]))
def test_an_overlap_is_a_minute_that_both_hold(offset: int, minutes: int) -> None:
    theirs = set(range(30))
    ours = set(range(offset, offset + minutes))
    assert overlap(START + timedelta(minutes=offset), minutes, a_booking()) is bool(theirs & ours)
