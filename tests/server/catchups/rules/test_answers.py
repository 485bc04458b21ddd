"""Accepting takes what is offered and free; an answer is undone while nothing depends on it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.answers import Acceptance, Agreement, AnswerDependents, accept, may_undo, suggest, undo
from server.catchups.rules.bookings import LIVE, Booking, BookingState
from server.catchups.rules.drafts import LENGTHS, Draft, Medium
from server.catchups.rules.errors import (
    BookingOver,
    MediumNotOffered,
    NothingToUndo,
    NotYoursToDecide,
    OfferReworded,
    TimeNotOffered,
    TimePassed,
    TimeTaken,
)
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ChoiceKind, ShownWording, Statement
from server.catchups.rules.offers import TRANSITIONS, Offer, OfferEvent, OfferState, PauseEnd
from server.errors import DomainError, InvalidInput

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
START = NOW + timedelta(days=1)
WINDOW = JoinWindow()
MENTOR, MENTEE = 1, 2
OFFER = Offer(1, 1, MENTOR, MENTEE, "", frozenset(Medium), (START,), 30, OfferState.DECLINED, NOW, START)
ACCEPTED = replace(OFFER, state=OfferState.ACCEPTED)
SUGGESTED = replace(OFFER, state=OfferState.SUPERSEDED)
COUNTER = replace(OFFER, id=2, author_id=MENTEE, recipient_id=MENTOR, state=OfferState.OPEN, supersedes_id=1)
BOOKING = Booking(1, 1, 1, START, 30, Medium.VIDEO, BookingState.CONFIRMED)
NOTHING = AnswerDependents(None, None, None)


@pytest.mark.parametrize(
    ("offer", "dependents", "expected"),
    [
        (OFFER, NOTHING, True),
        (OFFER, AnswerDependents(None, COUNTER, None), False),
        (OFFER, AnswerDependents(None, None, None, new_times=True), False),
        (OFFER, AnswerDependents(None, None, BOOKING), True),
        (OFFER, AnswerDependents(None, None, replace(BOOKING, state=BookingState.CANCELLED)), False),
        (OFFER, AnswerDependents(None, None, replace(BOOKING, start=NOW - timedelta(minutes=30))), False),
        (ACCEPTED, AnswerDependents(BOOKING, None, None), True),
        (ACCEPTED, NOTHING, False),
        (ACCEPTED, AnswerDependents(BOOKING, COUNTER, None), False),
        (ACCEPTED, AnswerDependents(BOOKING, None, BOOKING), False),
        (ACCEPTED, AnswerDependents(replace(BOOKING, start=NOW + WINDOW.early), None, None), False),
        (ACCEPTED, AnswerDependents(replace(BOOKING, state=BookingState.HELD), None, None), False),
        (SUGGESTED, AnswerDependents(None, COUNTER, None), True),
        (SUGGESTED, NOTHING, False),
        (SUGGESTED, AnswerDependents(None, replace(COUNTER, id=3, supersedes_id=2), None), False),
    ],
)
def test_an_answer_is_taken_back_while_nothing_depends_on_it(
    offer: Offer, dependents: AnswerDependents, expected: bool
) -> None:
    assert may_undo(offer, MENTEE, dependents, WINDOW, NOW) is expected
    assert not may_undo(offer, MENTOR, dependents, WINDOW, NOW)
    assert not may_undo(offer, MENTEE, dependents, WINDOW, START)


@pytest.mark.parametrize("state", [OfferState.OPEN, OfferState.WITHDRAWN, OfferState.EXPIRED])
def test_where_nothing_was_answered_there_is_nothing_to_take_back(state: OfferState) -> None:
    assert not may_undo(replace(OFFER, state=state), MENTEE, NOTHING, WINDOW, NOW)


SHOWN, PHONE = ShownWording("By accepting you agree.", "en"), ShownWording("You may go on by phone.", "en")
FIRST, SECOND = START, START + timedelta(days=1)
VIDEO = frozenset({Medium.VIDEO})
OPEN = Offer(1, 1, MENTOR, MENTEE, "", VIDEO, (FIRST, SECOND), 30, OfferState.OPEN, NOW, SECOND)


def says(person: int = MENTEE) -> Statement:
    return Statement(person, 9, SHOWN)


def accepting(
    offer: Offer = OPEN,
    start: datetime = FIRST,
    medium: Medium = Medium.VIDEO,
    *,
    now: datetime = NOW,
    revision: int | None = None,
    phone: ShownWording | None = None,
    near: tuple[Booking, ...] = (),
    moved: Booking | None = None,
) -> Agreement:
    return accept(offer, says(), Acceptance(start, medium, SHOWN, revision, phone), near, moved, now)


def test_accepting_takes_an_offered_time_and_medium() -> None:
    agreement = accepting()
    assert agreement.offer.state is OfferState.ACCEPTED
    assert (agreement.booking.start, agreement.booking.medium, agreement.gives_way) == (FIRST, Medium.VIDEO, None)
    assert agreement.offer.pause_end == PauseEnd()


@pytest.mark.parametrize(
    ("start", "medium", "now", "refusal"),
    [
        (FIRST + timedelta(minutes=1), Medium.VIDEO, NOW, TimeNotOffered),
        (FIRST, Medium.PHONE, NOW, MediumNotOffered),
        (FIRST, Medium.VIDEO, FIRST, TimePassed),
    ],
)
def test_accepting_something_else_is_refused(
    start: datetime, medium: Medium, now: datetime, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        accepting(start=start, medium=medium, now=now)


def test_accepting_what_was_reworded_in_between_is_refused() -> None:
    offer = replace(OPEN, revision=2)
    assert accepting(offer, revision=2).offer.state is OfferState.ACCEPTED
    with pytest.raises(OfferReworded):
        accepting(offer, revision=1)


@given(st.integers(-120, 120), st.sampled_from(LENGTHS), st.booleans())
def test_what_runs_into_another_booking_is_refused_unless_that_gives_way(
    minutes: int, length: int, gives_way: bool
) -> None:
    other = replace(BOOKING, id=5, start=FIRST + timedelta(minutes=minutes), minutes=length)
    offer = replace(OPEN, moves_id=5 if gives_way else None)
    if not gives_way and -length < minutes < 30:
        with pytest.raises(TimeTaken):
            accepting(offer, near=(other,))
    else:
        assert accepting(offer, near=(other,), moved=other if gives_way else None).booking.start == FIRST


@pytest.mark.parametrize("state", BookingState)
def test_the_booking_that_is_moved_gives_way_unless_it_was_held_or_called_off(state: BookingState) -> None:
    offer, moved = replace(OPEN, moves_id=5), replace(BOOKING, id=5, state=state)
    after = {BookingState.CONFIRMED: BookingState.RESCHEDULED, BookingState.MISSED: BookingState.MISSED}
    if state in after:
        gives_way = accepting(offer, moved=moved).gives_way
        assert gives_way is not None
        assert (gives_way.state, gives_way.drops_reminders) == (after[state], True)
    else:
        with pytest.raises(BookingOver):
            accepting(offer, moved=moved)


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("phone", [None, PHONE])
@pytest.mark.parametrize("medium", Medium)
def test_it_goes_on_by_phone_where_both_allow_it(allowed: bool, phone: ShownWording | None, medium: Medium) -> None:
    offer = replace(OPEN, media=frozenset(Medium), phone_fallback=allowed)
    agreement = accepting(offer, medium=medium, phone=phone)
    says_so = phone is not None and medium is Medium.VIDEO
    assert agreement.booking.phone_fallback is (allowed and says_so)
    kinds = [(choice.kind, choice.said.shown, choice.start) for choice in agreement.offer.choices]
    assert kinds == [
        (ChoiceKind.ACCEPTED, SHOWN, FIRST),
        *([(ChoiceKind.ALLOWED_PHONE, PHONE, None)] if says_so else []),
    ]


def test_a_suggestion_of_nothing_else_is_refused() -> None:
    with pytest.raises(InvalidInput):
        suggest(OPEN, says(), OPEN.draft, SHOWN, None, NOW)


def test_a_suggestion_is_a_counter_offer_to_the_author() -> None:
    offer, draft = replace(OPEN, moves_id=7), Draft("", VIDEO, (SECOND + timedelta(hours=1),), 30)
    superseded, counter = suggest(offer, says(), draft, PHONE, None, NOW)
    assert superseded.state is OfferState.SUPERSEDED
    assert (counter.author_id, counter.recipient_id, counter.supersedes_id, counter.moves_id) == (MENTEE, MENTOR, 1, 7)
    assert [(choice.kind, choice.said.shown) for choice in (*superseded.choices, *counter.choices)] == [
        (ChoiceKind.SUGGESTED, SHOWN),
        (ChoiceKind.OFFERED, PHONE),
    ]


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("new_times", [False, True])
def test_undoing_opens_the_offer_again_and_ends_what_the_answer_made(state: OfferState, new_times: bool) -> None:
    offer = replace(OPEN, state=state)
    booking = BOOKING if state is OfferState.ACCEPTED else None
    waiting = COUNTER if state is OfferState.SUPERSEDED else None
    dependents = AnswerDependents(booking, waiting, None, new_times)
    if (state, OfferEvent.UNDO) not in TRANSITIONS or new_times:
        with pytest.raises(NothingToUndo):
            undo(offer, says(), dependents, None, WINDOW, NOW)
        return
    with pytest.raises(NotYoursToDecide):
        undo(offer, says(MENTOR), dependents, None, WINDOW, NOW)
    changes = undo(offer, says(), dependents, None, WINDOW, NOW)
    made = {OfferState.ACCEPTED: [BookingState.CANCELLED], OfferState.SUPERSEDED: [OfferState.WITHDRAWN]}
    assert [change.state for change in changes] == [*made.get(state, []), OfferState.OPEN]


def test_undoing_ends_the_pause_that_the_answer_began_and_no_other() -> None:
    [reopened] = undo(OFFER, says(), NOTHING, SECOND, WINDOW, NOW)
    assert reopened == replace(undo(OFFER, says(), NOTHING, None, WINDOW, NOW)[0], pause_end=PauseEnd(SECOND))


@given(
    start=st.sampled_from([FIRST, SECOND, SECOND + timedelta(days=1)]),
    medium=st.sampled_from(Medium),
    later=st.timedeltas(timedelta(0), timedelta(days=3)),
    revision=st.sampled_from([None, 0, 1]),
    near=st.lists(
        st.builds(
            lambda hours, state: replace(BOOKING, id=5, start=NOW + timedelta(hours=hours), state=state),
            st.integers(20, 50),
            st.sampled_from(sorted(LIVE)),
        ),
        max_size=3,
    ),
)
def test_an_agreement_is_always_on_what_was_offered_to_come_and_free(
    start: datetime, medium: Medium, later: timedelta, revision: int | None, near: list[Booking]
) -> None:
    try:
        agreement = accepting(start=start, medium=medium, now=NOW + later, revision=revision, near=tuple(near))
    except DomainError:
        return
    booking = agreement.booking
    assert booking.start in OPEN.starts
    assert booking.medium in OPEN.media
    assert NOW + later < booking.start
    assert revision in (None, OPEN.revision)
    assert not [1 for each in near if each.start < booking.start + timedelta(minutes=30) and booking.start < each.end]
