"""Strips a calendar file to the times of its events: nothing of what they are about or who takes part is kept.

The file is untrusted. To limit what it can cost, only events are kept, of these only the properties about time, and
zones only by known names: zone descriptions in a file would be more rules to expand, and the library would keep them
for the next file.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from zoneinfo import available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from server.errors import DomainError
from server.i18n.texts import N_

MOST_BYTES = 1024 * 1024
MOST_EVENTS = 10_000
MOST_DATES = 20_000
DEEPEST = 8

TIMES = frozenset({"DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID"})
KEPT = TIMES | {"UID", "SEQUENCE", "DURATION", "RRULE", "STATUS", "TRANSP"}

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE_END = re.compile(r"\r\n|\n|\r")
_LINE = re.compile(r'([A-Za-z-]+)((?:;[A-Za-z-]+=(?:"[^"]*"|[^";:]*))*):(.*)')
_PARAMETER = re.compile(r';([A-Za-z-]+)=(?:"([^"]*)"|([^";:]*))')


class NotACalendar(DomainError):
    status = 422
    sentence = N_(
        "There is no calendar that we can read at this address. Please copy the subscription address from your "
        "calendar. It ends in .ics."
    )


TOO_MUCH = N_("This calendar has more entries than we can read. Please choose one with fewer.")


def sanitize(file: bytes) -> str:
    """The calendar with only the times of its events. Raises NotACalendar."""
    if len(file) > MOST_BYTES:
        raise NotACalendar(TOO_MUCH)
    text = _FOLD.sub("", file.decode("utf-8-sig", errors="replace").replace("\0", ""))
    kept = list(_kept(line.strip() for line in _LINE_END.split(text)))
    if kept.count("BEGIN:VEVENT") > MOST_EVENTS or sum(line.count(",") for line in kept) > MOST_DATES:
        raise NotACalendar(TOO_MUCH)
    return "\r\n".join(["BEGIN:VCALENDAR", *kept, "END:VCALENDAR", ""])


def _kept(lines: Iterable[str]) -> Iterator[str]:
    """The lines that are kept. Raises NotACalendar unless the file is complete calendars and nothing else."""
    inside: list[str] = []
    calendars = 0
    for line in filter(None, lines):
        mark, _, name = line.upper().partition(":")
        if mark == "BEGIN":
            inside.append(name)
            calendars += inside == ["VCALENDAR"]
        if not inside or inside[0] != "VCALENDAR" or len(inside) > DEEPEST:
            raise NotACalendar
        if inside == ["VCALENDAR", "VEVENT"]:
            yield from _of_event(line)
        if mark == "END" and inside.pop() != name:
            raise NotACalendar
    if inside or not calendars:
        raise NotACalendar


def _of_event(line: str) -> Iterator[str]:
    """The line, if it is about time, with the parameters that are kept."""
    if line.upper() in ("BEGIN:VEVENT", "END:VEVENT"):
        yield line.upper()
    elif (parts := _LINE.fullmatch(line)) and parts[1].upper() in KEPT:
        yield f"{parts[1].upper()}{_parameters(parts[2])}:{parts[3]}"


def _parameters(written: str) -> str:
    given = {name.upper(): quoted or bare for name, quoted, bare in _PARAMETER.findall(written)}
    kept = {"VALUE": given.get("VALUE"), "RANGE": given.get("RANGE"), "TZID": zone_name(given.get("TZID", ""))}
    return "".join(f";{name}={value}" for name, value in kept.items() if value and re.fullmatch(r"[\w/+-]+", value))


def zone_name(tzid: str) -> str | None:
    """The zone that a TZID of a file means; None if only the file itself describes it."""
    parts = tzid.split("/")
    for name in (tzid, WINDOWS_TO_OLSON.get(tzid, ""), "/".join(parts[-3:]), "/".join(parts[-2:]), parts[-1].upper()):
        if name in _zones():
            return name
    return None


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
