"""Zones that only a calendar file explains, evaluated by its own VTIMEZONE (RFC 5545, section 3.6.5).

The file is untrusted: only yearly rules are followed, as zones have no others, and only for the years asked for.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice
from re import fullmatch

from dateutil.rrule import rrulestr

# The name of a property and its value. Parts of a zone begin with ("BEGIN", "STANDARD") or ("BEGIN", "DAYLIGHT").
Property = tuple[str, str]

YEARS_AROUND = 2
MOST_CHANGES = 50
LONGEST_RULE = 200
FOLLOWED = frozenset({"FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "WKST"})


@dataclass(frozen=True, slots=True, order=True)
class _Change:
    """The clocks change at this instant (UTC, naive), from one offset to another."""

    at: datetime
    before: timedelta
    after: timedelta


class DescribedZone(tzinfo):
    """Offsets by a list of changes, sorted. A time that clocks skip or show twice is read as PEP 495 says."""

    def __init__(self, changes: Sequence[_Change]) -> None:
        self._changes = tuple(changes)
        self._offsets = [changes[0].before, *(change.after for change in changes)]
        self._instants = [change.at for change in changes]
        self._first = [change.at + max(change.before, change.after) for change in changes]
        self._second = [change.at + min(change.before, change.after) for change in changes]

    def __reduce__(self) -> tuple[type["DescribedZone"], tuple[Sequence[_Change]]]:
        return DescribedZone, (self._changes,)

    def utcoffset(self, dt: datetime | None) -> timedelta:
        if dt is None:
            return self._offsets[-1]
        passed = self._second if dt.fold else self._first
        return self._offsets[bisect_right(passed, dt.replace(tzinfo=None))]

    def dst(self, dt: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, dt: datetime | None) -> str:
        return "described"

    def fromutc(self, dt: datetime) -> datetime:
        at = dt.replace(tzinfo=None)
        index = bisect_right(self._instants, at)
        local = (at + self._offsets[index]).replace(tzinfo=self)
        return local if local.utcoffset() == self._offsets[index] else local.replace(fold=1)


def described_zone(properties: Sequence[Property], since: date, until: date) -> DescribedZone | None:
    """The zone that these properties of a VTIMEZONE describe; None if they describe none that can be followed.

    It is right from YEARS_AROUND before these days to as much after.
    """
    first, last = since.year - YEARS_AROUND, until.year + YEARS_AROUND
    try:
        changes = sorted(
            change for observance in _observances(properties) for change in _changes(observance, first, last)
        )
    except (ValueError, OverflowError, KeyError, TypeError):
        return None
    return DescribedZone(changes) if changes else None


def _observances(properties: Sequence[Property]) -> Iterator[list[Property]]:
    """The properties of each STANDARD and DAYLIGHT."""
    part: list[Property] | None = None
    for name, value in properties:
        if name == "BEGIN":
            if part:
                yield part
            part = []
        elif part is not None:
            part.append((name, value))
    if part:
        yield part


def _changes(observance: Sequence[Property], first: int, last: int) -> Iterator[_Change]:
    """When the observance begins. Raises ValueError or KeyError for one that cannot be followed."""
    told = dict(observance)
    before, after = _offset(told["TZOFFSETFROM"]), _offset(told["TZOFFSETTO"])
    start = datetime.strptime(told["DTSTART"], "%Y%m%dT%H%M%S")  # noqa: DTZ007 (by the clocks of this zone)
    begins = [start, *(_local(each) for name, value in observance if name == "RDATE" for each in value.split(","))]
    if "RRULE" in told:
        begins += _by_rule(told["RRULE"], start, before, first, last)
    for at in begins:
        yield _Change(at - before, before, after)


def _by_rule(rule: str, start: datetime, before: timedelta, first: int, last: int) -> list[datetime]:
    """The times of a yearly rule in these years. Raises ValueError for another."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if part)
    if parts.get("FREQ") != "YEARLY" or not parts.keys() <= FOLLOWED or len(rule) > LONGEST_RULE:
        raise ValueError(rule)
    until = parts.pop("UNTIL", None)
    if int(parts.get("INTERVAL", "1")) != 1:
        raise ValueError(rule)
    # Without a day of its own a rule repeats that of the start.
    parts.setdefault("BYMONTH", str(start.month))
    if "BYDAY" not in parts:
        parts.setdefault("BYMONTHDAY", str(start.day))
    begin = start.replace(year=max(start.year, first), month=1, day=1)
    # The end keeps the library from searching all years for a day that never comes.
    written = ";".join(f"{name}={value}" for name, value in (*parts.items(), ("UNTIL", f"{last + 1}0101T000000")))
    found = islice(rrulestr(written, dtstart=begin), MOST_CHANGES)
    ends = _local(until, before) if until else None
    return [at for at in found if start <= at and (ends is None or at <= ends)]


def _local(value: str, before: timedelta = timedelta()) -> datetime:
    """A time of these clocks; one in UTC is moved to them, and a day is its end. Raises ValueError."""
    if len(value) == len("20260329"):
        value += "T235959"
    at = datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (by the clocks of this zone)
    return at + before if value.endswith("Z") else at


def _offset(value: str) -> timedelta:
    """Raises ValueError."""
    found = fullmatch(r"([+-])(\d\d)(\d\d)(\d\d)?", value)
    if found is None:
        raise ValueError(value)
    size = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    if size >= timedelta(days=1):
        raise ValueError(value)
    return -size if found[1] == "-" else size
