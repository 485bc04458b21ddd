"""Reading forms and addresses.

What cannot be read of a form becomes a BadDraft that names the field, so that the form comes back filled in.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from multidict import MultiDictProxy

from server.catchups.rules.offers import Draft, Medium
from server.errors import BadDraft, MediumNotOffered, TimeNotOffered
from server.i18n.texts import N_
from server.i18n.zones import is_zone

Form = MultiDictProxy[Any]

OWN_PAGE = re.compile(r"(/[a-z0-9-]+)+")
NOT_LISTED = N_("Please choose one from the list.")


def read_draft(form: Form, zone: str) -> Draft:
    """The draft of an offer, with times typed in the zone that its form says, or else in `zone`. Raises BadDraft."""
    zone = zone_typed_in(form, zone)
    return Draft(
        note=text(form, "note").strip(),
        media=frozenset(medium for medium in Medium if medium.value in form.getall("media", [])),
        starts=tuple(_local_time(typed, zone) for typed in form.getall("starts", []) if typed),
        minutes=whole_number(form, "minutes"),
        answer_by=_answer_by(form, zone),
        phone_fallback="phone_fallback" in form,
    )


def zone_typed_in(form: Form | None, zone: str) -> str:
    """The zone that the form asked for its times in: one's own may have changed since. `zone` where it says none."""
    said = text(form, "typed_in") if form else ""
    return said if is_zone(said) else zone


def text(form: Form, field: str) -> str:
    """The field's text with line ends as people mean them; empty when it is not there or is a file."""
    value = form.get(field, "")
    return value.replace("\r\n", "\n").replace("\0", "") if isinstance(value, str) else ""


def read_start(form: Form) -> datetime:
    """The chosen time, as the page sent it. Raises TimeNotOffered."""
    try:
        start = datetime.fromisoformat(text(form, "start"))
    except ValueError as error:
        raise TimeNotOffered from error
    if start.tzinfo is None:
        raise TimeNotOffered
    return start


def read_medium(form: Form) -> Medium:
    """The chosen medium. Raises MediumNotOffered."""
    try:
        return Medium(text(form, "medium"))
    except ValueError as error:
        raise MediumNotOffered from error


def whole_number(form: Form, field: str) -> int:
    """One of the numbers that the page lists. Raises BadDraft about the field."""
    try:
        return int(text(form, field))
    except ValueError as error:
        raise BadDraft(field, NOT_LISTED) from error


def _answer_by(form: Form, zone: str) -> datetime | None:
    typed = text(form, "answer_by")
    return _local_time(typed, zone, "answer_by") if typed else None


def _local_time(typed: Any, zone: str, field: str = "starts") -> datetime:
    try:
        naive = datetime.fromisoformat(typed)
        local = naive.replace(tzinfo=ZoneInfo(zone)) if naive.tzinfo is None else naive
        at = local.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadDraft(
            field, N_("We cannot read one of the times. Please enter each with its date and time.")
        ) from error
    if naive.tzinfo is None and at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive:
        raise BadDraft(
            field, N_("One of the times does not exist, because the clocks go forward then. Please choose another.")
        )
    return at


def id_of(request: web.Request) -> int:
    """The id in the page's address: the route lets only numbers through."""
    return int(request.match_info["id"])


def own_page(path: str) -> str:
    """The way back to a page of ours; empty for what leads anywhere else."""
    return path if OWN_PAGE.fullmatch(path) else ""


def entry_number(query: Mapping[str, str], field: str) -> int | None:
    """The id that the page's address names; None for what cannot be one."""
    typed = query.get(field, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
