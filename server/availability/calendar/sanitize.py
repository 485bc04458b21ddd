"""Strips a calendar file to the times of its events: nothing of what they are about or who takes part is kept.

The file is untrusted, and may be large: it is read piece by piece, and only what is to come is kept. Of that only the
properties about time are kept. What cannot be read is skipped and counted: some programs write descriptions whose lines
look like properties.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo, available_timezones

from icalendar import vDuration
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from server.availability.calendar.zones import Property, described_zone
from server.errors import DomainError
from server.i18n.texts import N_

MOST_EVENTS = 10_000
MOST_DATES = 20_000
MOST_ZONES = 20
MOST_OF_ZONE = 400
DEEPEST = 8
LONGEST_LINE = 64 * 1024
LONGEST_UID = 250
# What can be told from a day alone, in whichever zone.
MARGIN = timedelta(days=2)
# A repeated event that lasts longer is not followed: see `recurrence`.
LONGEST_REPEATED = timedelta(days=31)

MOMENTS = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID"})
DATES = frozenset({"RDATE", "EXDATE"})
KEPT = MOMENTS | DATES | {"UID", "SEQUENCE", "DURATION", "RRULE", "STATUS", "TRANSP"}
PERIODS = "FREEBUSY"
PARTS = frozenset({"VEVENT", "VFREEBUSY", "VTIMEZONE"})
FREE = frozenset({"FREE"})

_READ = re.compile(
    rb"(?:BEGIN|END|DTSTART|DTEND|RECURRENCE-ID|RDATE|EXDATE|UID|SEQUENCE|DURATION|RRULE|STATUS|TRANSP|ATTENDEE|FREEBUSY"
    rb"|TZID|TZOFFSETFROM|TZOFFSETTO|X-WR-CALNAME)[;:]",
    re.IGNORECASE,
)
_MARK = re.compile(r"(BEGIN|END):([A-Z0-9-]+)", re.IGNORECASE)
_LINE = re.compile(r'([A-Za-z-]+)((?:;[A-Za-z-]+=(?:"[^"]*"|[^";:]*))*):(.*)')
_PARAMETER = re.compile(r';([A-Za-z-]+)=(?:"([^"]*)"|([^";:]*))')
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?", re.IGNORECASE)
_UNTIL = re.compile(r"UNTIL=(\d{4})(\d\d)(\d\d)", re.IGNORECASE)
_SUFFIX = re.compile(r" \d+$")


class NotACalendar(DomainError):
    status = 422
    sentence = N_(
        "There is no calendar that we can read at this address. Please copy the subscription address from your "
        "calendar. It ends in .ics."
    )


TOO_MUCH = N_("This calendar has more entries than we can read. Please choose one with fewer.")


@dataclass(slots=True)
class _Part:
    """An event, a free/busy part or a zone of the file, as far as it was read: its `lines` that are kept, by name."""

    kind: str
    lines: dict[str, list[str]] = field(default_factory=dict)
    properties: list[Property] = field(default_factory=list)
    declined: bool = False


@dataclass(slots=True)
class Sanitized:
    """The `text` is a calendar with only the times of its events that may be between two days; `periods` are those of
    its free/busy parts, as they are written. `zones` are those that the text names and only the file explains.

    `parts` is how many events and free/busy parts the file has, `skipped` how many of them could not be read.
    """

    text: str
    periods: tuple[str, ...]
    zones: dict[str, tzinfo]
    parts: int
    skipped: int


class Sanitizer:
    """Takes a calendar file piece by piece, and keeps what may be between two days.

    `owner` is the email address of the calendar's owner: an event that they declined is kept as one that is free.
    """

    def __init__(self, owner: str, since: date, until: date) -> None:
        self._owners = {owner.casefold()} - {""}
        self._since = since
        self._until = until
        self._rest = b""
        self._logical: bytearray | None = None
        self._inside: list[str] = []
        self._calendars = 0
        self._part: _Part | None = None
        self._kept: list[str] = []
        self._events = self._dates = self._parts = self._skipped = 0
        self._periods: list[str] = []
        self._names: dict[str, str] = {}
        self._zones: dict[str, list[Property]] = {}

    def take(self, piece: bytes) -> None:
        """The next bytes of the file. Raises NotACalendar."""
        *lines, rest = (self._rest + piece.replace(b"\0", b"").replace(b"\r", b"\n")).split(b"\n")
        self._rest = rest[:LONGEST_LINE]
        for line in lines:
            self._take_line(line)

    def finish(self) -> Sanitized:
        """What was kept, when the file is over. Raises NotACalendar unless it is whole calendars and nothing else."""
        self._take_line(self._rest)
        self._take_line(b"END")
        if self._inside or not self._calendars:
            raise NotACalendar
        zones = {token: zone for name, token in self._names.items() if (zone := self._zone(name))}
        text = "\r\n".join(["BEGIN:VCALENDAR", *self._kept, "END:VCALENDAR", ""])
        return Sanitized(text, tuple(self._periods), zones, self._parts, self._skipped)

    def _take_line(self, line: bytes) -> None:
        """A line of the file, which may go on with the next."""
        if line[:1] in (b" ", b"\t"):
            if self._logical is not None and len(self._logical) < LONGEST_LINE:
                self._logical += line[1:]
        elif line:
            if self._logical is not None:
                self._read(self._logical.decode(errors="replace").strip())
            if not self._calendars:
                line = line.removeprefix(b"\xef\xbb\xbf")
            self._logical = bytearray(line) if not self._inside or _READ.match(line) else None

    def _read(self, line: str) -> None:
        """A whole line. Raises NotACalendar."""
        if line == "END" and not self._inside:
            return
        mark = _MARK.fullmatch(line)
        if mark and mark[1].upper() == "BEGIN":
            self._begin(mark[2].upper())
        elif mark:
            self._end(mark[2].upper())
        elif not self._inside:
            raise NotACalendar
        elif parts := _LINE.fullmatch(line):
            self._property(parts[1].upper(), parts[2], parts[3])

    def _begin(self, name: str) -> None:
        if not self._inside and name != "VCALENDAR":
            raise NotACalendar
        if name in PARTS and len(self._inside) > 1:
            self._close(1)
        self._inside.append(name)
        if len(self._inside) > DEEPEST:
            raise NotACalendar
        self._calendars += self._inside == ["VCALENDAR"]
        if len(self._inside) == 2 and name in PARTS:
            self._part = _Part(name)
        elif self._in_zone() and self._part:
            self._part.properties.append(("BEGIN", name))

    def _end(self, name: str) -> None:
        if not self._inside:
            raise NotACalendar
        if name not in self._inside:
            return
        depth = len(self._inside) - 1 - self._inside[::-1].index(name)
        if depth == 1:
            self._done()
        self._close(depth)

    def _close(self, depth: int) -> None:
        """Leaves all that is open from this depth on. A part that has no end of its own is skipped."""
        if depth <= 1 and self._part and self._part.kind != "VTIMEZONE":
            self._parts += 1
            self._skipped += 1
        if depth <= 1:
            self._part = None
        del self._inside[depth:]

    def _in_zone(self) -> bool:
        return self._inside[1:2] == ["VTIMEZONE"]

    def _property(self, name: str, parameters: str, value: str) -> None:
        part, value = self._part, value.strip()
        if part is None:
            if name == "X-WR-CALNAME" and self._inside == ["VCALENDAR"] and "@" in value:
                self._owners.add(value.casefold())
        elif part.kind == "VTIMEZONE":
            if len(part.properties) < MOST_OF_ZONE:
                part.properties.append((name, value))
        elif len(self._inside) > 2:
            return
        elif part.kind == "VFREEBUSY":
            if name == PERIODS and _parameters(parameters).get("FBTYPE", "").upper() not in FREE:
                part.lines.setdefault(name, []).append(value)
        elif name == "ATTENDEE":
            part.declined = part.declined or self._declined(_parameters(parameters), value)
        elif name in KEPT and (name in DATES or name not in part.lines) and _is_one(name, value):
            part.lines.setdefault(name, []).append(f"{name}{self._kept_parameters(parameters)}:{_short(name, value)}")

    def _declined(self, parameters: dict[str, str], value: str) -> bool:
        addresses = {value.casefold().removeprefix("mailto:"), parameters.get("EMAIL", "").casefold()}
        return parameters.get("PARTSTAT", "").upper() == "DECLINED" and not self._owners.isdisjoint(addresses)

    def _done(self) -> None:
        """The part has come to its end. Raises NotACalendar where there are too many."""
        part, self._part = self._part, None
        if part is None:
            return
        if part.kind == "VTIMEZONE":
            self._keep_zone(part)
            return
        self._parts += 1
        if part.kind == "VFREEBUSY":
            self._periods += [each for line in part.lines.get(PERIODS, []) for each in line.split(",") if each]
        elif "DTSTART" not in part.lines:
            self._skipped += 1
        elif not _is_elsewhen(part.lines, self._since, self._until):
            self._events += 1
            self._kept += _written(part)
            self._dates += sum(line.count(",") for lines in part.lines.values() for line in lines)
        if self._events > MOST_EVENTS or max(self._dates, len(self._periods)) > MOST_DATES:
            raise NotACalendar(TOO_MUCH)

    def _keep_zone(self, part: _Part) -> None:
        name = next((value for name, value in part.properties if name == "TZID"), "")
        if name and len(self._zones) < MOST_ZONES and zone_name(name) is None:
            self._zones.setdefault(name, part.properties)

    def _kept_parameters(self, written: str) -> str:
        given = _parameters(written)
        kept = {"VALUE": given.get("VALUE"), "RANGE": given.get("RANGE"), "TZID": self._zone_token(given.get("TZID"))}
        return "".join(f";{name}={value}" for name, value in kept.items() if value and re.fullmatch(r"[\w/+-]+", value))

    def _zone_token(self, tzid: str | None) -> str | None:
        """The known zone's name, or what stands in the text for one that only the file explains."""
        if not tzid:
            return None
        known = zone_name(tzid)
        if known or (tzid not in self._names and len(self._names) >= MOST_ZONES):
            return known
        return self._names.setdefault(tzid, f"described-{len(self._names)}")

    def _zone(self, name: str) -> tzinfo | None:
        """As the file explains it, else what its name may mean."""
        explained = described_zone(self._zones.get(name, []), self._since, self._until)
        guessed = zone_name(_SUFFIX.sub("", name))
        return explained or (ZoneInfo(guessed) if guessed else None)


def zone_name(tzid: str) -> str | None:
    """The zone that a TZID of a file means; None if only the file itself describes it."""
    parts = tzid.split("/")
    for name in (tzid, WINDOWS_TO_OLSON.get(tzid, ""), "/".join(parts[-3:]), "/".join(parts[-2:]), parts[-1].upper()):
        if name in _zones():
            return name
    return None


def _parameters(written: str) -> dict[str, str]:
    return {name.upper(): quoted or bare for name, quoted, bare in _PARAMETER.findall(written)}


def _is_one(name: str, value: str) -> bool:
    return name not in MOMENTS or _MOMENT.fullmatch(value) is not None


def _short(name: str, value: str) -> str:
    """The value; in place of a long UID what stands for it."""
    if name == "UID" and len(value) > LONGEST_UID:
        return blake2b(value.encode(), digest_size=16).hexdigest()
    return value


def _written(part: _Part) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    for name, lines in part.lines.items():
        if name != "TRANSP" or not part.declined:
            yield from lines
    if part.declined:
        yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _is_elsewhen(lines: dict[str, list[str]], since: date, until: date) -> bool:
    """Whether the event, with all its repeats, is surely over before these days or begins after them."""
    try:
        start = _day(lines["DTSTART"][0])
        lasts = _lasts(lines, start)
        first, last = start, start + lasts
        if "RECURRENCE-ID" in lines:
            if "RANGE=" in lines["RECURRENCE-ID"][0]:
                return False
            replaced = _day(lines["RECURRENCE-ID"][0])
            first, last = min(first, replaced), max(last, replaced + LONGEST_REPEATED)
        elif "RDATE" in lines:
            return False
        elif "RRULE" in lines:
            ends = _UNTIL.search(lines["RRULE"][0])
            if not ends and first <= until + MARGIN:
                return False
            last = date(*map(int, ends.groups())) + lasts if ends else last
    except (ValueError, OverflowError):
        return False
    return last + MARGIN < since or first > until + MARGIN


def _day(line: str) -> date:
    """The day that the line names. Raises ValueError."""
    found = _MOMENT.search(line, line.rindex(":") + 1)
    if found is None:
        raise ValueError(line)
    return date(int(found[1]), int(found[2]), int(found[3]))


def _lasts(lines: dict[str, list[str]], start: date) -> timedelta:
    if "DTEND" in lines:
        return abs(_day(lines["DTEND"][0]) - start)
    if "DURATION" in lines:
        lasts: timedelta = vDuration.from_ical(lines["DURATION"][0].partition(":")[2])  # type: ignore[no-untyped-call] # icalendar's own gap
        return abs(lasts)
    return timedelta(days=1)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
