"""The filter of the session history as it stands in the page's address, which can be shared."""

import re
from datetime import date
from urllib.parse import urlencode

from aiohttp import web

from server.admin.rules.history import (
    SLOT_HOURS,
    AnswerTime,
    HistoryFilter,
    HistoryState,
    RowKey,
    Sort,
    WeekSlot,
)
from server.catchups.rules.drafts import Medium
from server.i18n.zones import is_zone
from server.people.rules.people import NAME_LIMIT
from server.web.access import visitor_of
from server.web.forms import entry_number

YEARS = range(1970, 9000)
KEY = re.compile(r"([bo])([0-9]{1,9})")
STATES = {state.value: state for state in HistoryState}
MEDIA = {medium.value: medium for medium in Medium}
WEEKDAYS = [str(each) for each in range(7)]
ANSWERS = {each.value: each for each in AnswerTime}
SORTS = {sort.value: sort for sort in Sort}


def filter_of(request: web.Request) -> HistoryFilter:
    """What the address says; what it cannot mean is left out. Its days are those of its zone, else of the visitor's."""
    query, zone = request.query, request.query.get("zone", "")
    return HistoryFilter(
        zone=zone if is_zone(zone) else visitor_of(request).person.zone,
        first=_day(query.get("first", "")),
        last=_day(query.get("last", "")),
        states=frozenset(STATES[value] for value in query.getall("state", []) if value in STATES),
        medium=MEDIA.get(query.get("medium", "")),
        person_id=entry_number(query, "person"),
        mentorship_id=entry_number(query, "pair"),
        name=query.get("name", "").replace("\0", "").strip()[:NAME_LIMIT],
        sort=SORTS.get(query.get("sort", ""), Sort.NEWEST),
        poor=query.get("poor") == "1",
        slot=_slot(query.get("weekday", ""), query.get("hour", "")),
        answered=ANSWERS.get(query.get("answered", "")),
    )


def place_of(request: web.Request) -> RowKey | None:
    """The row that the page's rows come after."""
    found = KEY.fullmatch(request.query.get("after", ""))
    return RowKey(found[1] == "b", int(found[2])) if found else None


def address_of(wanted: HistoryFilter, after: RowKey | None = None) -> str:
    """The part of the address after `?`; empty for everything, newest first."""
    fields = [
        ("first", wanted.first.isoformat() if wanted.first else ""),
        ("last", wanted.last.isoformat() if wanted.last else ""),
        ("zone", wanted.zone if wanted.first or wanted.last else ""),
        *(("state", state.value) for state in HistoryState if state in wanted.states),
        ("medium", wanted.medium.value if wanted.medium else ""),
        ("person", wanted.person_id or ""),
        ("pair", wanted.mentorship_id or ""),
        ("name", wanted.name),
        ("poor", "1" if wanted.poor else ""),
        ("weekday", str(wanted.slot.weekday) if wanted.slot else ""),
        ("hour", str(wanted.slot.hour) if wanted.slot else ""),
        ("answered", wanted.answered.value if wanted.answered else ""),
        ("sort", wanted.sort.value if wanted.sort is not Sort.NEWEST else ""),
        ("after", f"{'b' if after.booked else 'o'}{after.id}" if after else ""),
    ]
    return urlencode([(name, value) for name, value in fields if value])


def _slot(weekday: str, hour: str) -> WeekSlot | None:
    hours = [str(each) for each in range(0, 24, SLOT_HOURS)]
    return WeekSlot(int(weekday), int(hour)) if weekday in WEEKDAYS and hour in hours else None


def _day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.year in YEARS else None
