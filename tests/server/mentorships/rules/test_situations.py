"""What can be said about how things are, and until when."""

from datetime import date, timedelta

import pytest

from server.errors import InvalidInput
from server.mentorships.rules.situations import LONGEST, SITUATION_LIMIT, Situation, checked_situation

TODAY = date(2026, 11, 23)


def test_it_is_one_line_until_a_day() -> None:
    assert checked_situation(" Exams,\n then ", "2026-11-23", TODAY) == Situation("Exams, then", TODAY)
    assert checked_situation("  ", "", TODAY) is None


@pytest.mark.parametrize(
    ("text", "until", "field"),
    [
        ("a" * (SITUATION_LIMIT + 1), "2026-11-30", "situation"),
        ("Exams", "", "until"),
        ("Exams", "2026-11-22", "until"),
        ("Exams", (TODAY + LONGEST + timedelta(days=1)).isoformat(), "until"),
    ],
)
def test_what_cannot_be_taken_is_said_of_its_field(text: str, until: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_situation(text, until, TODAY)
    assert refused.value.field == field
