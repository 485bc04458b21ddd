"""Offers: the table of transitions, and what each draft and choice must hold to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.catchups.rules.errors import (
    MediumNotOffered,
    MoveNotPutOff,
    NothingToUndo,
    NotYoursToDecide,
    OfferDecided,
    OfferExpired,
    OfferReworded,
    TimeNotOffered,
    TimePassed,
)
from server.catchups.rules.offers import (
    PAUSE_WEEKS,
    TRANSITIONS,
    Draft,
    Medium,
    Offer,
    OfferEvent,
    OfferState,
    accept,
    check_draft,
    check_rewording,
    check_suggestion,
    decide,
    expire,
    expiry,
    pause_until,
    reads_as,
    undo,
)
from server.errors import DomainError, InvalidInput

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


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("event", OfferEvent)
def test_every_event_in_every_state_follows_the_table(state: OfferState, event: OfferEvent) -> None:
    """From the table: an event either leads where it says, or is refused and says why."""
    person = MENTOR if event in AUTHORS else MENTEE
    if (state, event) in TRANSITIONS:
        assert decide(an_offer(state), event, person, NOW) is TRANSITIONS[state, event][1]
    else:
        with pytest.raises(OfferExpired if state is OfferState.EXPIRED else OfferDecided):
            decide(an_offer(state), event, person, NOW)


@pytest.mark.parametrize(("state", "event"), [case for case in TRANSITIONS if case[1] in RECIPIENTS])
@pytest.mark.parametrize("person", [MENTOR, 3])
def test_only_the_one_who_was_asked_decides(state: OfferState, event: OfferEvent, person: int) -> None:
    with pytest.raises(NotYoursToDecide):
        decide(an_offer(state), event, person, NOW)


@pytest.mark.parametrize("event", sorted(AUTHORS))
@pytest.mark.parametrize("person", [MENTEE, 3])
def test_only_the_author_rewords_an_offer_or_takes_it_back(event: OfferEvent, person: int) -> None:
    with pytest.raises(NotYoursToDecide):
        decide(an_offer(), event, person, NOW)


@pytest.mark.parametrize(("state", "event"), [case for case in TRANSITIONS if case[1] is not OfferEvent.EXPIRE])
def test_nobody_does_anything_with_an_offer_once_its_time_is_over(state: OfferState, event: OfferEvent) -> None:
    """Whether or not the clock has come by already."""
    person = MENTOR if event in AUTHORS else MENTEE
    assert decide(an_offer(state), event, person, SECOND - timedelta(seconds=1)) is TRANSITIONS[state, event][1]
    with pytest.raises(OfferExpired):
        decide(an_offer(state), event, person, SECOND)


@pytest.mark.parametrize("state", OfferState)
def test_time_ends_only_what_waits(state: OfferState) -> None:
    assert expire(an_offer(state), SECOND - timedelta(seconds=1)) is None
    assert expire(an_offer(state), SECOND) is (OfferState.EXPIRED if state is OfferState.OPEN else None)


def test_a_wish_to_move_is_not_put_off() -> None:
    """The booking stands meanwhile; "not now" would ask for weeks without one."""
    with pytest.raises(MoveNotPutOff):
        decide(an_offer(moves_id=7), OfferEvent.POSTPONE, MENTEE, NOW)
    assert decide(an_offer(moves_id=7), OfferEvent.DECLINE, MENTEE, NOW) is OfferState.DECLINED


def test_accepting_takes_an_offered_time_and_medium() -> None:
    assert accept(an_offer(), MENTEE, FIRST, Medium.VIDEO, NOW) is OfferState.ACCEPTED


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
        accept(an_offer(), MENTEE, start, medium, now)


def test_accepting_what_was_reworded_meanwhile_is_refused() -> None:
    offer = an_offer(revision=2)
    assert accept(offer, MENTEE, FIRST, Medium.VIDEO, NOW, revision=2) is OfferState.ACCEPTED
    with pytest.raises(OfferReworded):
        accept(offer, MENTEE, FIRST, Medium.VIDEO, NOW, revision=1)


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("built_on", [False, True])
def test_an_answer_is_undone_while_nothing_is_built_on_it(state: OfferState, built_on: bool) -> None:
    if (state, OfferEvent.UNDO) in TRANSITIONS and not built_on:
        assert undo(an_offer(state), MENTEE, NOW, built_on=built_on) is OfferState.OPEN
    else:
        with pytest.raises(NothingToUndo):
            undo(an_offer(state), MENTEE, NOW, built_on=built_on)


def test_a_good_draft_comes_back_with_its_times_sorted_each_once() -> None:
    draft = check_draft(a_draft(starts=(SECOND, FIRST, SECOND)), NOW)
    assert draft.starts == (FIRST, SECOND)
    assert expiry(draft) == SECOND


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"note": "x" * 2001}, "note"),
        ({"media": frozenset()}, "media"),
        ({"starts": ()}, "starts"),
        ({"starts": tuple(FIRST + timedelta(hours=n) for n in range(6))}, "starts"),
        ({"starts": (NOW, FIRST)}, "starts"),
        ({"starts": (NOW + timedelta(days=367),)}, "starts"),
        ({"minutes": 20}, "minutes"),
        ({"answer_by": NOW}, "answer_by"),
    ],
)
def test_a_bad_draft_names_the_field_to_mend(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_draft(a_draft(**changes), NOW)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("answer_by", "runs_out"),
    [(None, SECOND), (FIRST - HOUR, FIRST - HOUR), (SECOND + HOUR, SECOND)],
)
def test_an_offer_runs_out_when_it_is_to_be_answered_by_or_with_its_last_time(
    answer_by: datetime | None, runs_out: datetime
) -> None:
    assert expiry(a_draft(starts=(FIRST, SECOND), answer_by=answer_by)) == runs_out


def test_the_times_still_to_come() -> None:
    assert an_offer().still_open(FIRST - HOUR) == (FIRST, SECOND)
    assert an_offer().still_open(FIRST) == (SECOND,)
    assert an_offer().earliest == FIRST


def test_a_suggestion_is_of_other_times_or_of_another_medium() -> None:
    other_time = a_draft(media=VIDEO, starts=(FIRST + HOUR,))
    assert check_suggestion(other_time, an_offer(), NOW) == other_time
    other_length = a_draft(media=VIDEO, starts=(FIRST,), minutes=15)
    assert check_suggestion(other_length, an_offer(), NOW) == other_length


def test_another_medium_alone_takes_over_the_times_still_to_come() -> None:
    by_phone = a_draft(media=frozenset({Medium.PHONE}), starts=())
    assert check_suggestion(by_phone, an_offer(), NOW).starts == (FIRST, SECOND)
    assert check_suggestion(by_phone, an_offer(), FIRST).starts == (SECOND,)
    many = an_offer(starts=tuple(FIRST + n * HOUR for n in range(5)))
    assert check_suggestion(by_phone, many, NOW).starts == many.starts[:3]


@pytest.mark.parametrize(
    "starts", [(), (FIRST,), (FIRST, SECOND), (NOW,), tuple(FIRST + n * HOUR for n in range(1, 5))]
)
def test_a_suggestion_of_nothing_else_of_what_has_passed_or_of_too_much_is_refused(
    starts: tuple[datetime, ...],
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_suggestion(a_draft(media=VIDEO, starts=starts), an_offer(), NOW)
    assert refusal.value.field == "starts"


@pytest.mark.parametrize(("changes", "most"), [({}, 5), ({"supersedes_id": 7}, 3), ({"moves_id": 7}, 3)])
def test_a_suggestion_does_not_grow_by_being_reworded(changes: dict[str, object], most: int) -> None:
    starts = tuple(FIRST + n * HOUR for n in range(most + 1))
    offer = an_offer(**changes)
    assert check_rewording(a_draft(starts=starts[:most]), offer, NOW).starts == starts[:most]
    with pytest.raises(InvalidInput):
        check_rewording(a_draft(starts=starts), offer, NOW)


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
    assert reads_as(an_offer(), a_draft(**same | changes)) is (changes == {})


def test_a_pause_is_of_the_weeks_on_offer() -> None:
    assert [pause_until(weeks, NOW) - NOW for weeks in PAUSE_WEEKS] == [timedelta(weeks=n) for n in (2, 4, 8, 12)]
    with pytest.raises(InvalidInput) as refusal:
        pause_until(3, NOW)
    assert refusal.value.field == "weeks"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(OfferEvent), st.sampled_from([MENTOR, MENTEE, 3]), st.timedeltas(timedelta(0), timedelta(2))
        ),
        max_size=12,
    )
)
def test_no_sequence_of_events_leaves_the_diagram(events: list[tuple[OfferEvent, int, timedelta]]) -> None:
    """Each step is an arrow of the table, and an offer that was withdrawn or ran out stays so."""
    offer, now = an_offer(), NOW
    for event, person, later in events:
        now += later
        try:
            state = decide(offer, event, person, now)
        except DomainError:
            continue
        assert TRANSITIONS[offer.state, event][1] is state
        assert offer.state not in (OfferState.WITHDRAWN, OfferState.EXPIRED)
        offer = an_offer(state)
