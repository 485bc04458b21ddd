"""Hours as typed, and what they mean: over the pages in test_hours.py, and here what browsers would not send."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict, MultiDictProxy

from server.availability.pages.hours_form import HoursForm, HoursRow
from server.availability.rules import DAY, DayHours, Hours, WeeklyHours
from server.errors import InvalidInput

TODAY = date(2026, 11, 25)
SPANS = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).filter(lambda span: span[0] < span[1])
WEEKLY = st.lists(st.builds(lambda day, span: WeeklyHours(day, *span), st.integers(0, 6), SPANS), max_size=8)
DATES = st.dates(TODAY, date(9999, 12, 31))
DAYS = st.lists(DATES.map(DayHours) | st.builds(lambda day, span: DayHours(day, *span), DATES, SPANS), max_size=8)


def form(*pairs):
    return MultiDictProxy(MultiDict(pairs))


@given(WEEKLY, DAYS)
def test_what_was_said_comes_back_as_it_was(weekly, days):
    hours = Hours(tuple(sorted(weekly, key=lambda each: each.weekday)), tuple(days))
    assert HoursForm.of(hours).hours(TODAY) == hours


def test_seconds_and_single_digits_are_understood():
    typed = HoursForm.read(form(("begins3", "9:05"), ("ends3", "17:00:00")))
    assert typed.hours(TODAY).weekly == (WeeklyHours(3, 9 * 60 + 5, 17 * 60),)


def test_lists_of_different_lengths_are_rows_with_gaps():
    typed = HoursForm.read(form(("begins0", "09:00"), ("ends0", "10:00"), ("ends0", "11:00"), ("day", "2026-12-01")))
    assert typed.weekly[0] == (HoursRow("09:00", "10:00"), HoursRow("", "11:00"), HoursRow())
    assert typed.days[0] == HoursRow(day="2026-12-01")
    with pytest.raises(InvalidInput) as refusal:
        typed.hours(TODAY)
    assert refusal.value.field == "hours"


@given(st.text(), st.text(), st.text())
def test_anything_else_is_refused_or_understood(day, begins, ends):
    assert trouble(form(("day", day), ("day-begins", begins), ("day-ends", ends))) in (None, "days")
    assert trouble(form(("begins0", begins), ("ends0", ends))) in (None, "hours")


def trouble(sent):
    """The field to correct."""
    try:
        HoursForm.read(sent).hours(TODAY)
    except InvalidInput as problem:
        return problem.field
    return None
