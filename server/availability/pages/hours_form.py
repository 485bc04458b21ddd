"""The form of somebody's hours: what was typed into it and what it means, and what was said before as typed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from server.availability.rules import DAY, WEEKDAYS, DayHours, WeeklyHours
from server.availability.store.hours import Hours
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.web.forms import Form

EMPTY_DAYS = 2


@dataclass(frozen=True, slots=True)
class TypedSpan:
    """As typed, unchecked: 09:00 to 12:30. `day` is empty in weekly hours."""

    begins: str = ""
    ends: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class TypedHours:
    """The rows of the form, each list with empty ones behind for what is to be added. `weekly` begins with Monday."""

    weekly: tuple[tuple[TypedSpan, ...], ...]
    days: tuple[TypedSpan, ...]


def typed_hours(form: Form) -> TypedHours:
    """What was typed, to be shown again."""
    weekly = (_typed(form, f"begins{weekday}", f"ends{weekday}") for weekday in range(WEEKDAYS))
    return _with_empty_rows([list(spans) for spans in weekly], list(_typed(form, "day-begins", "day-ends", "day")))


def as_typed(hours: Hours) -> TypedHours:
    """What was said before, to be changed."""
    weekly = [
        [TypedSpan(_clock(each.begins), _clock(each.ends)) for each in hours.weekly if each.weekday == weekday]
        for weekday in range(WEEKDAYS)
    ]
    return _with_empty_rows(
        weekly, [TypedSpan(_clock(each.begins), _clock(each.ends), each.day.isoformat()) for each in hours.days]
    )


def read_hours(typed: TypedHours, today: date) -> Hours:
    """What was typed as it is meant. Raises InvalidInput about hours or days."""
    weekly = tuple(
        WeeklyHours(weekday, *_span(typed_span, "hours"))
        for weekday, spans in enumerate(typed.weekly)
        for typed_span in spans
        if typed_span != TypedSpan()
    )
    return Hours(weekly, tuple(_day(span, today) for span in typed.days if span != TypedSpan()))


def _with_empty_rows(weekly: list[list[TypedSpan]], days: list[TypedSpan]) -> TypedHours:
    return TypedHours(
        tuple((*spans, TypedSpan()) for spans in weekly), (*days, *(TypedSpan() for _ in range(EMPTY_DAYS)))
    )


def _typed(form: Form, *names: str) -> Iterator[TypedSpan]:
    columns = [[each if isinstance(each, str) else "" for each in form.getall(name, [])] for name in names]
    for row in zip_longest(*columns, fillvalue=""):
        span = TypedSpan(*(cell.strip() for cell in row))
        if span != TypedSpan():
            yield span


def _day(span: TypedSpan, today: date) -> DayHours:
    try:
        day = date.fromisoformat(span.day)
    except ValueError as error:
        raise InvalidInput("days", N_("Please enter the date of each single day.")) from error
    if day < today:
        raise InvalidInput("days", N_("One of the single days has already passed. Please change or remove it."))
    return DayHours(day, *_span(span, "days")) if span.begins or span.ends else DayHours(day)


def _span(span: TypedSpan, field: str) -> tuple[int, int]:
    if not span.begins or not span.ends:
        raise InvalidInput(field, N_("Please enter both when your time begins and when it ends."))
    ends = _minutes(span.ends, field)
    return _minutes(span.begins, field), ends or DAY


def _minutes(typed: str, field: str) -> int:
    """From midnight: 570 for 09:30."""
    try:
        clock = datetime.strptime(typed[:5], "%H:%M")  # noqa: DTZ007 (a time of day, of no day and no zone)
    except ValueError as error:
        raise InvalidInput(
            field, N_("We cannot read one of the times. Please enter hours and minutes, such as 09:30.")
        ) from error
    return clock.hour * 60 + clock.minute


def _clock(minutes: int | None) -> str:
    """09:30 for 570; the midnight at the end of a day is 00:00 too."""
    return "" if minutes is None else f"{minutes // 60 % 24:02}:{minutes % 60:02}"
