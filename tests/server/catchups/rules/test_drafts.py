"""Drafts: what each must hold to before it becomes an offer, and what can be suggested instead of one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.rules.drafts import (
    PAUSE_WEEKS,
    Draft,
    Medium,
    check_draft,
    check_suggestion,
    check_words,
    expiry,
    pause_until,
)
from server.errors import InvalidInput

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST, SECOND = NOW + timedelta(days=1), NOW + timedelta(days=2)
HOUR = timedelta(hours=1)
VIDEO = frozenset({Medium.VIDEO})
OFFERED = Draft("", VIDEO, (FIRST, SECOND), 30, SECOND)


def a_draft(**changes: object) -> Draft:
    values: dict[str, object] = {"note": "", "media": frozenset(Medium), "starts": (FIRST,), "minutes": 30}
    return Draft(**(values | changes))  # type: ignore[arg-type] # values of every kind on purpose


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
def test_a_bad_draft_names_the_field_to_correct(changes: dict[str, object], field: str) -> None:
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


def test_a_suggestion_is_of_other_times_or_of_another_medium() -> None:
    other_time = a_draft(media=VIDEO, starts=(FIRST + HOUR,))
    assert check_suggestion(other_time, OFFERED, NOW) == other_time
    other_length = a_draft(media=VIDEO, starts=(FIRST,), minutes=15)
    assert check_suggestion(other_length, OFFERED, NOW) == other_length


def test_another_medium_alone_takes_over_the_times_still_to_come() -> None:
    by_phone = a_draft(media=frozenset({Medium.PHONE}), starts=())
    assert check_suggestion(by_phone, OFFERED, NOW).starts == (FIRST, SECOND)
    assert check_suggestion(by_phone, OFFERED, FIRST).starts == (SECOND,)
    many = replace(OFFERED, starts=tuple(FIRST + n * HOUR for n in range(5)))
    assert check_suggestion(by_phone, many, NOW).starts == many.starts[:3]


@pytest.mark.parametrize(
    "starts", [(), (FIRST,), (FIRST, SECOND), (NOW,), tuple(FIRST + n * HOUR for n in range(1, 5))]
)
def test_a_suggestion_of_nothing_else_of_what_has_passed_or_of_too_much_is_refused(
    starts: tuple[datetime, ...],
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_suggestion(a_draft(media=VIDEO, starts=starts), OFFERED, NOW)
    assert refusal.value.field == "starts"


def test_a_pause_is_of_the_weeks_on_offer() -> None:
    assert [pause_until(weeks, NOW) - NOW for weeks in PAUSE_WEEKS] == [timedelta(weeks=n) for n in (2, 4, 8, 12)]
    with pytest.raises(InvalidInput) as refusal:
        pause_until(3, NOW)
    assert refusal.value.field == "weeks"


def test_words_are_stripped_and_not_too_many() -> None:
    assert check_words(" A cold. ") == "A cold."
    assert check_words("x" * 2000 + " ") == "x" * 2000
    with pytest.raises(InvalidInput) as refusal:
        check_words("x" * 2001)
    assert refusal.value.field == "words"
