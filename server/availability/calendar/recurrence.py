"""Bounds the time that the recurring entries of a calendar take to expand.

A recurrence rule can be anything: every second for ever, on the thirtieth of February, since the year 1. The library
walks day by day from an entry's first day to the wanted interval and on to the next match, through all years if there
is none. So an entry is moved near the wanted interval where its rule allows that, a rule that never matches is
dropped, and the cost of the rest is returned, so that the caller can limit the sum.
"""

from calendar import isleap
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Event as Entry
from icalendar import vRecur

# Measured: tenths of a microsecond to walk over one day of the calendar, or over one period of a rule within days.
WORK = {"DAILY": 50, "WEEKLY": 20, "MONTHLY": 5, "YEARLY": 2}
WITHIN_DAYS = {"HOURLY": timedelta(hours=1), "MINUTELY": timedelta(minutes=1)}
WORK_PER_PERIOD = 60
STEP_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}

# In so many days each date has met each weekday: a rule without a match by then has none.
CYCLE = 28 * 366
TRIED = 2 * CYCLE

# The library computes so many occurrences at once, even if one is wanted.
LOOKAHEAD = 10
LONGEST = timedelta(days=31)
FURTHEST_MOVE = timedelta(days=366)
NEAR = LONGEST + FURTHEST_MOVE
LONGEST_RULE = 500
MOST_A_DAY = 24
MOST_WORK = 5_000_000

PLAIN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}

Moment = date | datetime


def bound_recurrence(entry: Entry, since: date, until: date) -> int:
    """Removes from the entry what would take too long, and returns its cost between these days.

    An entry that recurs every second, lasts longer than a month, never matches, or counts through millennia keeps one
    occurrence only. Raises what the library raises for an entry that cannot be read.
    """
    if "RECURRENCE-ID" in entry:
        _bound_exception(entry)
        return 0
    if "RRULE" not in entry:
        return 0
    rule = entry["RRULE"]
    if not isinstance(rule, vRecur) or not _can_be_followed(entry, rule):
        del entry["RRULE"]
        return 0
    if _frequency(rule) in WITHIN_DAYS:
        return _bound_within_days(entry, rule, since, until)
    a_day, tried = WORK[_frequency(rule)], 0 if _is_dense(rule) else _days_to_try(entry, rule)
    _begin_near(entry, rule, since)
    walked = _days_to_walk(entry, rule, until)
    if tried is None or walked * a_day > MOST_WORK:
        del entry["RRULE"]
        return TRIED * a_day
    return (tried + walked) * a_day


def _bound_within_days(entry: Entry, rule: vRecur, since: date, until: date) -> int:
    """For a rule of hours or minutes. It is followed if it meets each day at the same times: it never searches."""
    step = WITHIN_DAYS[_frequency(rule)] * _interval(rule)
    start = moment(entry, "DTSTART")
    if not set(rule) <= PLAIN | {"BYDAY", "BYHOUR"} or timedelta(days=1) % step or not isinstance(start, datetime):
        del entry["RRULE"]
        return 0
    if "COUNT" not in rule:
        rounds = (since - NEAR - start.date()).days
        if rounds > 0:
            _shift(entry, timedelta(days=rounds))
    walked = timedelta(days=_days_to_walk(entry, rule, until) + 1) // step * WORK_PER_PERIOD
    if walked > MOST_WORK:
        del entry["RRULE"]
        return 0
    return walked


def _bound_exception(entry: Entry) -> None:
    """An exception to a rule gets no rule of its own, and stays near the occurrence that it replaces."""
    for name in ("RRULE", "RDATE", "EXDATE"):
        entry.pop(name, None)
    moved = abs(_day(moment(entry, "RECURRENCE-ID")) - _day(moment(entry, "DTSTART")))
    if moved > FURTHEST_MOVE or _lasts(entry) > LONGEST:
        entry["RECURRENCE-ID"].params.pop("RANGE", None)


def _can_be_followed(entry: Entry, rule: vRecur) -> bool:
    a_day = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        a_day *= max(1, len(rule.get(name, [])))
    return (
        _frequency(rule) in WORK.keys() | WITHIN_DAYS.keys()
        and _interval(rule) >= 1
        and a_day <= MOST_A_DAY
        and len(_written(rule)) <= LONGEST_RULE
        and _lasts(entry) <= LONGEST
    )


def _is_dense(rule: vRecur) -> bool:
    """Whether its next occurrence is never far: a plain rule, or one of weekdays."""
    if _frequency(rule) == "WEEKLY":
        return set(rule) <= PLAIN | {"BYDAY"}
    return set(rule) <= PLAIN and _frequency(rule) == "DAILY"


def _days_to_try(entry: Entry, rule: vRecur) -> int | None:
    """How many days the library walks to find out whether the rule matches, and then to look ahead; None if it never
    does.

    It is tried just before the last year that the library knows, where it soon gives up.
    """
    endless = vRecur({name: rule[name] for name in rule if name not in ("COUNT", "UNTIL")})
    start = _far_twin(moment(entry, "DTSTART"))
    times = list(islice(rrulestr(_written(endless), dtstart=start), LOOKAHEAD))
    if not times:
        return None
    return TRIED + ((times[-1] - start).days if len(times) == LOOKAHEAD else LOOKAHEAD * CYCLE)


def _far_twin(start: Moment) -> datetime:
    """The same day in one of the last years that has the same weekdays."""
    first = date(start.year, 1, 1).weekday()
    year = next(y for y in range(9944, 9972) if isleap(y) == isleap(start.year) and date(y, 1, 1).weekday() == first)
    at = start if isinstance(start, datetime) else datetime(start.year, start.month, start.day)  # noqa: DTZ001 (compared with nothing)
    return at.replace(year=year, tzinfo=None)


def _begin_near(entry: Entry, rule: vRecur, since: date) -> None:
    """Moves the entry forward by whole periods of its rule, unless the rule counts its occurrences."""
    if "COUNT" in rule or "BYWEEKNO" in rule:
        return
    by = _whole_periods(moment(entry, "DTSTART"), _frequency(rule), _interval(rule), since - NEAR)
    if by:
        _shift(entry, by)


def _shift(entry: Entry, by: timedelta) -> None:
    for name in ("DTSTART", "DTEND"):
        if name in entry:
            _put(entry, name, moment(entry, name) + by)


def _whole_periods(start: Moment, frequency: str, interval: int, latest: date) -> timedelta:
    """How long the most whole periods last that bring the start to `latest` at the most."""
    if frequency in ("DAILY", "WEEKLY"):
        round_days = interval * STEP_DAYS[frequency]
        rounds = (latest - _day(start)).days // round_days
        return timedelta(days=max(0, rounds) * round_days)
    rounds = (latest.year - 1 - start.year) // (4 * interval)
    if rounds <= 0 or not 1900 < start.year < latest.year < 2100:
        return timedelta()
    return _day(start).replace(year=start.year + rounds * 4 * interval) - _day(start)


def _days_to_walk(entry: Entry, rule: vRecur, until: date) -> int:
    start, last = _day(moment(entry, "DTSTART")), until + FURTHEST_MOVE
    if "UNTIL" in rule:
        last = min(last, _day(_first(rule, "UNTIL", last)))
    days = max(0, (last - start).days)
    if "COUNT" in rule and _is_dense(rule):
        return min(days, int(_first(rule, "COUNT", 0)) * _interval(rule) * STEP_DAYS[_frequency(rule)])
    return days


def moment(entry: Entry, name: str) -> Moment:
    """The time in a property. Raises KeyError or AttributeError when there is none."""
    value: Any = entry[name]
    at: Moment = value.dt
    return at


def _put(entry: Entry, name: str, value: Moment) -> None:
    del entry[name]
    entry.add(name, value)


def _lasts(entry: Entry) -> timedelta:
    return abs(entry.end - entry.start)


def _written(rule: vRecur) -> str:
    return str(rule.to_ical().decode())  # type: ignore[no-untyped-call] # icalendar's own gap


def _frequency(rule: vRecur) -> str:
    return str(_first(rule, "FREQ", "")).upper()


def _interval(rule: vRecur) -> int:
    return int(_first(rule, "INTERVAL", 1))


def _first(rule: vRecur, name: str, otherwise: Any) -> Any:
    values = rule.get(name) or [otherwise]
    return values[0] if isinstance(values, list) else values


def _day(at: Moment) -> date:
    return at.date() if isinstance(at, datetime) else at
