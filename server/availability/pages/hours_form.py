"""The form of a person's hours: its rows as typed, and what they mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from server.availability.rules import DAY, WEEKDAYS, DayHours, Hours, WeeklyHours
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.web.forms import Form

EMPTY_DAYS = 2


@dataclass(frozen=True, slots=True)
class HoursRow:
    """As typed, unchecked: 09:00 to 12:30. `day` is empty in weekly hours."""

    begins: str = ""
    ends: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class HoursForm:
    """The rows of the form, each list with empty rows at its end for new times. `weekly` begins with Monday."""

    weekly: tuple[tuple[HoursRow, ...], ...]
    days: tuple[HoursRow, ...]

    @classmethod
    def read(cls, form: Form) -> "HoursForm":
        """The form as it was sent."""
        weekly = [list(_rows(form, f"begins{weekday}", f"ends{weekday}")) for weekday in range(WEEKDAYS)]
        return _with_empty_rows(weekly, list(_rows(form, "day-begins", "day-ends", "day")))

    @classmethod
    def of(cls, hours: Hours) -> "HoursForm":
        """The form filled in with saved hours."""
        weekly = [
            [HoursRow(_clock(each.begins), _clock(each.ends)) for each in hours.weekly if each.weekday == weekday]
            for weekday in range(WEEKDAYS)
        ]
        days = [HoursRow(_clock(each.begins), _clock(each.ends), each.day.isoformat()) for each in hours.days]
        return _with_empty_rows(weekly, days)

    def hours(self, today: date) -> Hours:
        """The hours that were typed. Raises InvalidInput about hours or days."""
        weekly = tuple(
            WeeklyHours(weekday, *_span(row, "hours"))
            for weekday, rows in enumerate(self.weekly)
            for row in rows
            if row != HoursRow()
        )
        return Hours(weekly, tuple(_day(row, today) for row in self.days if row != HoursRow()))


def _with_empty_rows(weekly: list[list[HoursRow]], days: list[HoursRow]) -> HoursForm:
    return HoursForm(tuple((*rows, HoursRow()) for rows in weekly), (*days, *(HoursRow() for _ in range(EMPTY_DAYS))))


def _rows(form: Form, *names: str) -> Iterator[HoursRow]:
    columns = [[each if isinstance(each, str) else "" for each in form.getall(name, [])] for name in names]
    for cells in zip_longest(*columns, fillvalue=""):
        row = HoursRow(*(cell.strip() for cell in cells))
        if row != HoursRow():
            yield row


def _day(row: HoursRow, today: date) -> DayHours:
    try:
        day = date.fromisoformat(row.day)
    except ValueError as error:
        raise InvalidInput("days", N_("Please enter the date of each single day.")) from error
    if day < today:
        raise InvalidInput("days", N_("One of the single days has already passed. Please change or remove it."))
    return DayHours(day, *_span(row, "days")) if row.begins or row.ends else DayHours(day)


def _span(row: HoursRow, field: str) -> tuple[int, int]:
    if not row.begins or not row.ends:
        raise InvalidInput(field, N_("Please enter both when your time begins and when it ends."))
    ends = _minutes(row.ends, field)
    return _minutes(row.begins, field), ends or DAY


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
