"""Who gets which email, and what follows else, by what happens: the whole matrix, without a database."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules import bookings, offers
from server.catchups.rules.answers import Acceptance, AnswerDependents, accept, postpone, suggest, undo
from server.catchups.rules.bookings import Booking, BookingEvent, BookingState, run_late
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.effects import Effects
from server.catchups.rules.invitations import Status
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ShownWording, Statement
from server.catchups.rules.offers import Offer, OfferEvent, OfferState
from server.catchups.rules.proposals import propose, reword
from server.errors import DomainError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST, SECOND = NOW + timedelta(days=1), NOW + timedelta(days=2)
# Maya is the mentor and asks, Sam is asked.
MAYA, SAM = 1, 2
SHOWN = ShownWording("By this you agree.", "en")
VIDEO = frozenset({Medium.VIDEO})
DRAFT = Draft("", VIDEO, (FIRST, SECOND), 30)
OTHER = replace(DRAFT, starts=(SECOND + timedelta(hours=1),))
OFFER = Offer(1, 1, MAYA, SAM, "", VIDEO, (FIRST, SECOND), 30, OfferState.OPEN, NOW, SECOND)
COUNTER = replace(OFFER, id=2, author_id=SAM, recipient_id=MAYA, supersedes_id=1)
BOOKING = Booking(7, 1, 1, FIRST, 30, Medium.VIDEO, BookingState.CONFIRMED)
NOTHING = AnswerDependents(None, None, None)


def says(person: int) -> Statement:
    return Statement(person, 9, SHOWN)


def proposing(offer: Offer) -> Sequence[Effects]:
    return [propose(DRAFT, says(MAYA), None, catchup_id=1, recipient_id=SAM, moves_id=offer.moves_id)]


def rewording(offer: Offer) -> Sequence[Effects]:
    change = reword(offer, says(MAYA), OTHER, None, NOW)
    return [change] if change else []


def withdrawing(offer: Offer) -> Sequence[Effects]:
    return [offers.apply(offer, OfferEvent.WITHDRAW, NOW, says(MAYA))]


def accepting(offer: Offer) -> Sequence[Effects]:
    moved = BOOKING if offer.moves_id else None
    agreement = accept(offer, says(SAM), Acceptance(FIRST, Medium.VIDEO, SHOWN), (), moved, NOW)
    return [agreement.offer, *([agreement.gives_way] if agreement.gives_way else []), agreement.booking]


def declining(offer: Offer) -> Sequence[Effects]:
    return [offers.apply(offer, OfferEvent.DECLINE, NOW, says(SAM))]


def postponing(offer: Offer) -> Sequence[Effects]:
    return [postpone(offer, says(SAM), NOW + timedelta(weeks=4), NOW)]


def suggesting(offer: Offer) -> Sequence[Effects]:
    return suggest(offer, says(SAM), OTHER, SHOWN, None, NOW)


def undoing_a_refusal(offer: Offer) -> Sequence[Effects]:
    moved = BOOKING if offer.moves_id else None
    dependents = AnswerDependents(None, None, moved)
    return undo(replace(offer, state=OfferState.DECLINED), says(SAM), dependents, None, JoinWindow(), NOW)


def undoing_a_suggestion(offer: Offer) -> Sequence[Effects]:
    dependents = AnswerDependents(None, replace(COUNTER, moves_id=offer.moves_id), BOOKING if offer.moves_id else None)
    return undo(replace(offer, state=OfferState.SUPERSEDED), says(SAM), dependents, None, JoinWindow(), NOW)


def undoing_an_acceptance(offer: Offer) -> Sequence[Effects]:
    dependents = AnswerDependents(BOOKING, None, None)
    return undo(replace(offer, state=OfferState.ACCEPTED), says(SAM), dependents, None, JoinWindow(), NOW)


def expiring(offer: Offer) -> Sequence[Effects]:
    return [offers.apply(offer, OfferEvent.EXPIRE, SECOND)]


def replacing(offer: Offer) -> Sequence[Effects]:
    return [offers.apply(offer, OfferEvent.REPLACE, SECOND)]


def withdrawing_from_the_booking(wish: Offer) -> Sequence[Effects]:
    change = bookings.apply(BOOKING, BookingEvent.WITHDRAW, NOW, says(SAM), both=(MAYA, SAM), wish=wish)
    return [change, *([change.wish] if change.wish else [])]


def meeting_in_the_call(wish: Offer) -> Sequence[Effects]:
    change = bookings.apply(BOOKING, BookingEvent.BOTH_PRESENT, FIRST, both=(MAYA, SAM), wish=wish)
    return [change, *([change.wish] if change.wish else [])]


def having_spoken(wish: Offer) -> Sequence[Effects]:
    change = bookings.apply(BOOKING, BookingEvent.BOTH_SPOKE, SECOND, both=(MAYA, SAM), wish=wish)
    return [change, *([change.wish] if change.wish else [])]


def missing_the_call(wish: Offer) -> Sequence[Effects]:
    change = bookings.apply(BOOKING, BookingEvent.TIME_OVER, SECOND, both=(MAYA, SAM), wish=wish)
    return [change, *([change.wish] if change.wish else [])]


def running_late(wish: Offer) -> Sequence[Effects]:
    """Sam does."""
    return [run_late(BOOKING, 5, MAYA, NOW)]


CONFIRMED, CANCELLED = Status.CONFIRMED, Status.CANCELLED

# What happens, and whether the offer asks to move a booking: Maya's email, Sam's email (in brackets where it is a
# receipt), the event in calendars, the choices in the ledger. Maya made the offer and Sam was asked.
MATRIX: list[tuple[Callable[[Offer], Sequence[Effects]], bool, str, str, Status | None, str]] = [
    (proposing, False, "", "offer_made", None, "offered"),
    (proposing, True, "", "move_asked", None, "offered"),
    (rewording, False, "", "offer_reworded", None, "offered"),
    (rewording, True, "", "offer_reworded", None, "offered"),
    (withdrawing, False, "(you_withdrew)", "offer_withdrawn", CANCELLED, "took_back"),
    (withdrawing, True, "", "offer_withdrawn", None, "took_back"),
    (accepting, False, "offer_accepted", "offer_accepted", CONFIRMED, "accepted"),
    (accepting, True, "booking_moved", "booking_moved", CONFIRMED, "accepted"),
    (declining, False, "offer_declined", "you_declined", CANCELLED, "declined"),
    (declining, True, "move_declined", "", None, "declined"),
    (postponing, False, "offer_postponed", "you_declined", CANCELLED, "postponed"),
    (suggesting, False, "other_suggested", "you_suggested", None, "suggested offered"),
    (suggesting, True, "other_suggested", "you_suggested", None, "suggested offered"),
    (undoing_a_refusal, False, "answer_undone", "you_undid", CANCELLED, "undid"),
    (undoing_a_refusal, True, "answer_undone", "you_undid", None, "undid"),
    (undoing_a_suggestion, False, "answer_undone", "you_undid", CANCELLED, "undid"),
    (undoing_a_suggestion, True, "answer_undone", "you_undid", None, "undid"),
    (undoing_an_acceptance, False, "answer_undone", "you_undid", CANCELLED, "undid"),
    (expiring, False, "offer_expired", "(offer_expired)", CANCELLED, ""),
    (expiring, True, "move_expired", "", None, ""),
    (replacing, False, "", "", None, ""),
    (withdrawing_from_the_booking, True, "booking_cancelled", "booking_cancelled", CANCELLED, "withdrew"),
    (meeting_in_the_call, True, "", "", None, ""),
    (having_spoken, True, "", "", None, ""),
    (missing_the_call, True, "", "", None, ""),
    (running_late, True, "running_late", "", None, ""),
]


def emails_to(person: int, changes: Sequence[Effects]) -> str:
    notices = [notice for change in changes for notice in change.notices if notice.recipient_id == person]
    return " ".join(f"({notice.kind})" if notice.receipt else notice.kind for notice in notices)


@pytest.mark.parametrize(("happens", "moves", "maya", "sam", "calendar", "choices"), MATRIX)
def test_who_is_told_what(
    happens: Callable[[Offer], Sequence[Effects]],
    moves: bool,
    maya: str,
    sam: str,
    calendar: Status | None,
    choices: str,
) -> None:
    changes = happens(replace(OFFER, moves_id=BOOKING.id if moves else None))
    assert (emails_to(MAYA, changes), emails_to(SAM, changes)) == (maya, sam)
    assert [change.calendar for change in changes if change.calendar] == ([calendar] if calendar else [])
    assert " ".join(choice.kind for change in changes for choice in change.choices) == choices
    assert sum(bool(change.notices) for change in changes) <= 1, "the event's sequence rises by one at most"


@pytest.mark.parametrize(
    ("happens", "ends"),
    [
        (withdrawing_from_the_booking, True),
        (meeting_in_the_call, True),
        (having_spoken, True),
        (missing_the_call, False),
    ],
)
def test_the_wish_to_move_ends_with_a_booking_that_was_called_off_or_held(
    happens: Callable[[Offer], Sequence[Effects]], ends: bool
) -> None:
    """It can still be accepted after the booking was missed."""
    wishes = happens(replace(OFFER, moves_id=BOOKING.id))[1:]
    assert [wish.state for wish in wishes if isinstance(wish, offers.OfferTransition)] == [OfferState.WITHDRAWN] * ends


def by(event: OfferEvent, state: OfferState) -> Statement | None:
    people: dict[str, int] = {"author": MAYA, "recipient": SAM}
    side = offers.TRANSITIONS[state, event][0]
    return says(people[side]) if side in people else None


@pytest.mark.parametrize(("state", "event"), sorted(offers.TRANSITIONS))
@pytest.mark.parametrize("moves_id", [None, 7])
def test_what_follows_fits_who_did_it(state: OfferState, event: OfferEvent, moves_id: int | None) -> None:
    """A person's choice is one entry in their name, the clock's and the system's none; nobody is told twice."""
    person, offer = by(event, state), replace(OFFER, state=state, moves_id=moves_id)
    try:
        change = offers.apply(offer, event, SECOND if event in offers.RUN_OUT else NOW, person)
    except DomainError:
        assert (event, moves_id) == (OfferEvent.POSTPONE, 7)
        return
    assert [choice.said for choice in change.choices] == ([person] if person else [])
    told = [notice.recipient_id for notice in change.notices]
    assert len(told) == len(set(told))
    assert set(told) <= {MAYA, SAM}
    assert change.calendar is None or moves_id is None
    assert change.calendar or not [notice for notice in change.notices if notice.receipt]
    assert bool(change.calendar) <= bool(change.notices), "a change of the event is told to somebody"


def test_each_event_has_its_consequences() -> None:
    assert set(offers.CONSEQUENCES) == set(OfferEvent)
    assert set(bookings.CONSEQUENCES) == set(BookingEvent)
    assert {event for _, event in offers.TRANSITIONS} == set(OfferEvent)
    assert {event for _, event in bookings.TRANSITIONS} == set(BookingEvent)


STEPS = [*product(["offer"], OfferEvent, [MAYA, SAM, None]), *product(["booking"], BookingEvent, [MAYA, SAM, None])]


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.timedeltas(timedelta(0), timedelta(hours=12))), max_size=20))
def test_no_walk_leaves_the_tables_or_leaves_a_wish_for_a_booking_that_ended(
    steps: list[tuple[tuple[str, OfferEvent | BookingEvent, int | None], timedelta]],
) -> None:
    """A booking and the wish to move it, whatever is tried with the two."""
    wish, booking, now = replace(OFFER, moves_id=BOOKING.id), BOOKING, NOW
    for (_, event, person), later in steps:
        now += later
        said = says(person) if person else None
        try:
            if isinstance(event, OfferEvent):
                state = offers.apply(wish, event, now, said).state
                assert offers.TRANSITIONS[wish.state, event][1] is state
                wish = replace(wish, state=state)
                continue
            waiting = wish if wish.state is OfferState.OPEN else None
            change = bookings.apply(booking, event, now, said, both=(MAYA, SAM), wish=waiting)
        except DomainError:
            continue
        assert bookings.TRANSITIONS[booking.state, event][1] is change.state
        booking = replace(booking, state=change.state)
        if change.wish:
            wish = replace(wish, state=change.wish.state)
        if event in (BookingEvent.WITHDRAW, BookingEvent.BOTH_PRESENT, BookingEvent.BOTH_SPOKE):
            assert wish.state is not OfferState.OPEN
