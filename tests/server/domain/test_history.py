"""A session is held when both were there at the same time."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain.history import Attendance, was_held

START = datetime(2026, 11, 24, 15, tzinfo=UTC)


def a_stay(person_id: int, joined: int, left: int | None) -> Attendance:
    minutes = timedelta(minutes=1)
    return Attendance("", person_id, START + joined * minutes, None if left is None else START + left * minutes)


@pytest.mark.parametrize(
    ("stays", "held"),
    [
        ([], False),
        ([a_stay(1, 0, None)], False),
        ([a_stay(1, 0, None), a_stay(2, 5, None)], True),
        ([a_stay(1, 0, 4), a_stay(2, 5, 9)], False),
        ([a_stay(1, 0, 5), a_stay(2, 5, 9)], False),
        ([a_stay(1, 0, 6), a_stay(2, 5, 9)], True),
        ([a_stay(1, 0, 4), a_stay(1, 2, None)], False),
        ([a_stay(1, 0, 4), a_stay(2, 5, 9), a_stay(1, 8, None)], True),
    ],
)
def test_held_means_both_at_once(stays: list[Attendance], held: bool) -> None:
    assert was_held(stays) is held
