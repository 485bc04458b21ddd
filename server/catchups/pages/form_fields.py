"""Reads the fields of offers and answers: times, media, and the draft of an offer."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from multidict import MultiMapping

from server.catchups.rules.drafts import Caller, Draft, Medium
from server.catchups.rules.errors import MediumNotOffered, TimeNotOffered
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.i18n.zones import is_zone
from server.people.rules.people import Person
from server.people.rules.phone_numbers import check_number
from server.web.forms import Form, text, whole_number


def read_draft(form: Form, zone: str) -> Draft:
    """The draft of an offer; its times are in the zone that the form says, or else in `zone`. Raises InvalidInput."""
    zone = zone_typed_in(form, zone)
    return Draft(
        note=text(form, "note").strip(),
        media=frozenset(medium for medium in Medium if medium.value in form.getall("media", [])),
        starts=tuple(_local_time(typed, zone) for typed in form.getall("starts", []) if typed),
        minutes=whole_number(form, "minutes"),
        answer_by=_answer_by(form, zone),
        phone_fallback="phone_fallback" in form,
        caller=Caller.MENTEE if text(form, "caller") == Caller.MENTEE.value else Caller.MENTOR,
    )


def read_number(form: Form, person: Person) -> str:
    """One's own phone number, where the form asked for it and it was given. Raises what `check_number` raises."""
    return check_number(text(form, "phone"), person.zone)


def read_start(form: Form) -> datetime:
    """The chosen time, as the page sent it. Raises TimeNotOffered."""
    return _stamped(text(form, "start"))


def read_starts(form: MultiMapping[Any], name: str) -> tuple[datetime, ...]:
    """The ticked times, as the page sent them. Raises TimeNotOffered."""
    return tuple(_stamped(each) for each in form.getall(name, []) if isinstance(each, str))


def _stamped(typed: str) -> datetime:
    try:
        start = datetime.fromisoformat(typed)
    except ValueError as error:
        raise TimeNotOffered from error
    if start.tzinfo is None:
        raise TimeNotOffered
    return start.astimezone(UTC)


def read_medium(form: Form) -> Medium:
    """The chosen medium. Raises MediumNotOffered."""
    try:
        return Medium(text(form, "medium"))
    except ValueError as error:
        raise MediumNotOffered from error


def zone_typed_in(form: Form | None, zone: str) -> str:
    """The zone that the form asked for its times in: one's own may have changed since. `zone` where it says none."""
    said = text(form, "typed_in") if form else ""
    return said if is_zone(said) else zone


def _answer_by(form: Form, zone: str) -> datetime | None:
    typed = text(form, "answer_by")
    return _local_time(typed, zone, "answer_by") if typed else None


def _local_time(typed: Any, zone: str, field: str = "starts") -> datetime:
    try:
        naive = datetime.fromisoformat(typed)
        local = naive.replace(tzinfo=ZoneInfo(zone)) if naive.tzinfo is None else naive
        at = local.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput(
            field, N_("We cannot read one of the times. Please enter each with its date and time.")
        ) from error
    if naive.tzinfo is None and at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive:
        raise InvalidInput(
            field, N_("One of the times does not exist, because the clocks go forward then. Please choose another.")
        )
    return at
