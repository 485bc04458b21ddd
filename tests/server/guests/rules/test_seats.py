"""The states of a guest's seat, from its table; who may have one, and what ends it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.errors import InvalidInput
from server.guests.rules.seats import (
    LIVE_SEATS,
    STAYS_AFTER,
    TRANSITIONS,
    Door,
    GuestDraft,
    GuestRole,
    GuestSeat,
    NoGuestSeat,
    SeatEvent,
    SeatOver,
    SeatState,
    check_guest,
    check_seatable,
    door_of,
    ended_by_time,
    next_state,
    seat_id_of,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DRAFT = GuestDraft(" Cleo ", " cleo@example.org ", "interpreter", "de")


def booking(**changed: object) -> Booking:
    values = {"id": 1, "catchup_id": 1, "offer_id": 1, "start": NOW, "minutes": 30, "medium": Medium.VIDEO}
    return Booking(**(values | {"state": BookingState.CONFIRMED, "phone_fallback": False} | changed))  # type: ignore[arg-type]


def seat(**changed: object) -> GuestSeat:
    values = {"id": 7, "catchup_id": 1, "asked_by": 2, "name": "Cleo", "email": "c@example.org", "language": "en"}
    door = {"let_in": False, "waits": False, "put_off": False, "told_start": None, "attendance": None, "came_at": None}
    more = {"role": GuestRole.GUEST, "state": SeatState.AGREED, "key": "k"}
    return GuestSeat(**(values | door | more | changed))  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(SeatEvent), max_size=6))
def test_only_what_the_table_names_changes_a_seat_and_nothing_brings_an_ended_one_back(events):
    state = SeatState.ASKED
    for event in events:
        try:
            following = next_state(state, event)
        except SeatOver:
            assert (state, event) not in TRANSITIONS
            continue
        assert state in LIVE_SEATS
        assert following is TRANSITIONS[state, event][1]
        state = following


def test_nobody_is_seated_without_having_been_agreed_to():
    assert [key for key, (_, to) in TRANSITIONS.items() if to is SeatState.AGREED] == [
        (SeatState.ASKED, SeatEvent.AGREE)
    ]


def test_a_draft_is_trimmed():
    assert check_guest(DRAFT, []) == GuestDraft("Cleo", "cleo@example.org", "interpreter", "de")


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (GuestDraft(" ", "cleo@example.org", "guest", "en"), "guest_name"),
        (GuestDraft("Cleo", "cleo", "guest", "en"), "guest_email"),
        (GuestDraft("Cleo", "SAM@example.org", "guest", "en"), "guest_email"),
        (GuestDraft("Cleo", "cleo@example.org", "boss", "en"), "guest_role"),
        (GuestDraft("Cleo", "cleo@example.org", "guest", "tlh"), "guest_role"),
    ],
)
def test_what_must_be_corrected(draft, field):
    with pytest.raises(InvalidInput) as problem:
        check_guest(draft, ["maya@example.org", "sam@example.org"])
    assert problem.value.field == field


@pytest.mark.parametrize(
    "changed", [{"medium": Medium.PHONE}, {"state": BookingState.CANCELLED}, {"start": NOW - timedelta(hours=1)}]
)
def test_no_seat_by_phone_or_in_what_is_over(changed):
    check_seatable(booking(), NOW)
    with pytest.raises(NoGuestSeat):
        check_seatable(booking(**changed), NOW)


def test_what_ends_a_seat_by_itself():
    end = booking().end + STAYS_AFTER
    assert ended_by_time(None, NOW) is SeatEvent.CALLED_OFF
    assert ended_by_time(booking(medium=Medium.PHONE), NOW) is SeatEvent.CALLED_OFF
    assert ended_by_time(booking(), end - timedelta(seconds=1)) is None
    assert ended_by_time(booking(), end) is SeatEvent.TIME_OVER


@pytest.mark.parametrize(
    ("changed", "door"),
    [
        ({}, Door.OUTSIDE),
        ({"waits": True}, Door.WAITS),
        ({"waits": True, "put_off": True}, Door.PUT_OFF),
        ({"waits": True, "let_in": True}, Door.OPEN),
        ({"let_in": True, "attendance": "a"}, Door.IN),
    ],
)
def test_where_a_guest_stands(changed, door):
    assert door_of(seat(**changed)) is door


def test_a_guest_has_a_name_in_the_call_that_no_person_has():
    assert seat_id_of(seat().person) == 7
    assert [seat_id_of(each) for each in ("7", "guest-", "guest-x", "sender", "guest-²")] == [None] * 5
