"""Offers: the table of transitions, and who may go along which."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.errors import MoveNotPutOff, NotYoursToDecide, OfferDecided, OfferExpired, OfferOpen
from server.catchups.rules.ledger import ShownWording, Statement
from server.catchups.rules.offers import (
    RUN_OUT,
    TRANSITIONS,
    Offer,
    OfferEvent,
    OfferState,
    apply,
)
from server.errors import DomainError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MENTOR, MENTEE = 1, 2
FIRST, SECOND = NOW + timedelta(days=1), NOW + timedelta(days=2)
HOUR = timedelta(hours=1)
VIDEO = frozenset({Medium.VIDEO})
AUTHORS = frozenset(event for (_, event), (side, _) in TRANSITIONS.items() if side == "author")
RECIPIENTS = frozenset(event for (_, event), (side, _) in TRANSITIONS.items() if side == "recipient")


def an_offer(state: OfferState = OfferState.OPEN, media: frozenset[Medium] = VIDEO, **changes: object) -> Offer:
    offer = Offer(1, 1, MENTOR, MENTEE, "", media, (FIRST, SECOND), 30, state, NOW, SECOND)
    return replace(offer, **changes)  # type: ignore[arg-type] # values of every kind on purpose


def a_draft(**changes: object) -> Draft:
    values: dict[str, object] = {"note": "", "media": frozenset(Medium), "starts": (FIRST,), "minutes": 30}
    return Draft(**(values | changes))  # type: ignore[arg-type] # values of every kind on purpose


def says(person: int | None) -> Statement | None:
    return None if person is None else Statement(person, 9, ShownWording("By this you agree.", "en"))


def who(event: OfferEvent) -> int | None:
    """The person who may do it; None for the clock and the system."""
    return MENTOR if event in AUTHORS else MENTEE if event in RECIPIENTS else None


def state_after(offer: Offer, event: OfferEvent, person: int | None, now: datetime) -> OfferState:
    return apply(offer, event, now, says(person)).state


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("event", OfferEvent)
def test_every_event_in_every_state_follows_the_table(state: OfferState, event: OfferEvent) -> None:
    """From the table: an event either leads where it says, or is refused and says why."""
    now = SECOND if event in RUN_OUT else NOW
    if (state, event) in TRANSITIONS:
        assert state_after(an_offer(state), event, who(event), now) is TRANSITIONS[state, event][1]
    else:
        with pytest.raises(OfferExpired if state is OfferState.EXPIRED else OfferDecided):
            state_after(an_offer(state), event, who(event), now)


@pytest.mark.parametrize(("state", "event"), [case for case in TRANSITIONS if case[1] in RECIPIENTS])
@pytest.mark.parametrize("person", [MENTOR, 3, None])
def test_only_the_one_who_was_asked_decides(state: OfferState, event: OfferEvent, person: int | None) -> None:
    with pytest.raises(NotYoursToDecide):
        state_after(an_offer(state), event, person, NOW)


@pytest.mark.parametrize("event", sorted(AUTHORS))
@pytest.mark.parametrize("person", [MENTEE, 3, None])
def test_only_the_author_rewords_an_offer_or_takes_it_back(event: OfferEvent, person: int | None) -> None:
    with pytest.raises(NotYoursToDecide):
        state_after(an_offer(), event, person, NOW)


@pytest.mark.parametrize("event", sorted(set(OfferEvent) - AUTHORS - RECIPIENTS))
@pytest.mark.parametrize("person", [MENTOR, MENTEE, 3])
def test_nobody_stands_in_for_the_clock_or_the_system(event: OfferEvent, person: int) -> None:
    with pytest.raises(NotYoursToDecide):
        state_after(an_offer(), event, person, SECOND)


@pytest.mark.parametrize(("state", "event"), [case for case in TRANSITIONS if case[1] in AUTHORS | RECIPIENTS])
def test_nobody_does_anything_with_an_offer_once_its_time_is_over(state: OfferState, event: OfferEvent) -> None:
    """Whether or not the clock has come by already."""
    before = SECOND - timedelta(seconds=1)
    assert state_after(an_offer(state), event, who(event), before) is TRANSITIONS[state, event][1]
    with pytest.raises(OfferExpired):
        state_after(an_offer(state), event, who(event), SECOND)


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("event", sorted(RUN_OUT))
def test_time_ends_only_what_waits(state: OfferState, event: OfferEvent) -> None:
    waits = state is OfferState.OPEN
    with pytest.raises(OfferOpen if waits else (OfferDecided, OfferExpired)):
        state_after(an_offer(state), event, None, SECOND - timedelta(seconds=1))
    if waits:
        assert state_after(an_offer(state), event, None, SECOND) is OfferState.EXPIRED
    else:
        with pytest.raises((OfferDecided, OfferExpired)):
            state_after(an_offer(state), event, None, SECOND)


def test_what_is_pointless_ends_even_when_it_has_run_out() -> None:
    for event in (OfferEvent.BOOKING_ENDED, OfferEvent.SUGGESTION_UNDONE):
        assert state_after(an_offer(), event, None, SECOND) is OfferState.WITHDRAWN


def test_a_wish_to_move_is_not_put_off() -> None:
    """The booking stands until then; "not now" would ask for weeks without one."""
    with pytest.raises(MoveNotPutOff):
        state_after(an_offer(moves_id=7), OfferEvent.POSTPONE, MENTEE, NOW)
    assert state_after(an_offer(moves_id=7), OfferEvent.DECLINE, MENTEE, NOW) is OfferState.DECLINED


def test_the_times_still_to_come() -> None:
    assert an_offer().still_open(FIRST - HOUR) == (FIRST, SECOND)
    assert an_offer().still_open(FIRST) == (SECOND,)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"note": "x"},
        {"media": frozenset(Medium)},
        {"starts": (FIRST,)},
        {"minutes": 15},
        {"answer_by": FIRST},
        {"phone_fallback": True},
    ],
)
def test_an_offer_reads_as_the_draft_that_says_the_same(changes: dict[str, object]) -> None:
    same: dict[str, object] = {"media": VIDEO, "starts": (FIRST, SECOND)}
    assert an_offer().reads_as(a_draft(**same | changes)) is (changes == {})


@given(
    st.lists(
        st.tuples(
            st.sampled_from(OfferEvent),
            st.sampled_from([MENTOR, MENTEE, 3, None]),
            st.timedeltas(timedelta(0), timedelta(2)),
        ),
        max_size=12,
    )
)
def test_no_sequence_of_events_leaves_the_diagram(events: list[tuple[OfferEvent, int | None, timedelta]]) -> None:
    """Each step is an arrow of the table, and an offer that was withdrawn or ran out stays so."""
    offer, now = an_offer(), NOW
    for event, person, later in events:
        now += later
        try:
            state = state_after(offer, event, person, now)
        except DomainError:
            continue
        assert TRANSITIONS[offer.state, event][1] is state
        assert offer.state not in (OfferState.WITHDRAWN, OfferState.EXPIRED)
        offer = an_offer(state)
