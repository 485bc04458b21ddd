"""A session is held when both were there at the same time."""

from datetime import UTC, datetime, timedelta

import pytest

from server.calls.rules.attendances import Attendance, ConnectionQuality, was_held

START = datetime(2026, 11, 24, 15, tzinfo=UTC)


def attendance(person_id: int, joined: int, left: int | None) -> Attendance:
    minutes = timedelta(minutes=1)
    return Attendance("", person_id, START + joined * minutes, None if left is None else START + left * minutes)


@pytest.mark.parametrize(
    ("attendances", "held"),
    [
        ([], False),
        ([attendance(1, 0, None)], False),
        ([attendance(1, 0, None), attendance(2, 5, None)], True),
        ([attendance(1, 0, 4), attendance(2, 5, 9)], False),
        ([attendance(1, 0, 5), attendance(2, 5, 9)], False),
        ([attendance(1, 0, 6), attendance(2, 5, 9)], True),
        ([attendance(1, 0, 4), attendance(1, 2, None)], False),
        ([attendance(1, 0, 4), attendance(2, 5, 9), attendance(1, 8, None)], True),
    ],
)
def test_held_means_both_at_once(attendances: list[Attendance], held: bool) -> None:
    assert was_held(attendances) is held


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        (
            ConnectionQuality(60.0, 9_000_000, 6_000_000, 0.0451, 0.01, 0.002),
            "45 ms, 0.2% lost, 1.2 Mbit/s sent, 0.8 received",
        ),
        (ConnectionQuality(0.0, 0, 0, None, None, None), ""),
        (ConnectionQuality(None, None, None, None, None, None), ""),
        (ConnectionQuality(None, None, None, 0.3, None, None), "300 ms"),
    ],
)
def test_a_connection_is_told_in_a_few_words(connection: ConnectionQuality, words: str) -> None:
    assert ", ".join(map(str, connection.describe())) == words
