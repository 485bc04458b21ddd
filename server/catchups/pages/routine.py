"""The routine of a mentorship: its mentor sets it, either pauses or ends it, and each enters their breaks here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from server.availability.rules import Break
from server.catchups.actions import routines
from server.catchups.pages.consent import shown_wording
from server.catchups.pages.form_fields import read_medium, zone_typed_in
from server.catchups.queries.routine import RoutinePage, read_routine_page
from server.catchups.rules.drafts import LENGTHS, PAUSE_WEEKS, Medium
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.routines import Every, Plan, Rhythm
from server.errors import DomainError, InvalidInput
from server.i18n.texts import N_
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import NOT_LISTED, Form, entry_number, id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, language_for, page, see_other


@dataclass(frozen=True, slots=True)
class RoutineForm:
    """As typed, unchecked: 2026-12-03, 17:00."""

    first: str
    clock: str
    every: str = Every.TWO_WEEKS.value
    medium: str = Medium.VIDEO.value
    minutes: str = "45"

    @classmethod
    def read(cls, form: Form) -> "RoutineForm":
        return cls(*(text(form, name) for name in ("first", "clock", "every", "medium", "minutes")))

    @classmethod
    def of(cls, plan: Plan) -> "RoutineForm":
        """The form that says what the plan does."""
        rhythm = plan.rhythm
        clock = f"{rhythm.minute // 60:02}:{rhythm.minute % 60:02}"
        return cls(rhythm.first.isoformat(), clock, rhythm.every.value, plan.medium.value, str(plan.minutes))


async def show(request: web.Request) -> web.Response:
    return await routine_page(request)


async def save(request: web.Request) -> web.Response:
    visitor, form = visitor_of(request), await request.post()
    try:
        plan = _read_plan(form, visitor.person.zone)
        shown = shown_wording(request, form, ChoiceKind.SET_ROUTINE)
        await routines.set_routine(request.app[DATABASE], visitor, id_of(request), plan, shown, request.app[CLOCK]())
    except DomainError as problem:
        return await routine_page(request, problem, form)
    return _back(request)


async def pause(request: web.Request) -> web.Response:
    async def act(form: Form) -> None:
        shown = shown_wording(request, form, ChoiceKind.PAUSED_ROUTINE)
        weeks, now = whole_number(form, "weeks"), request.app[CLOCK]()
        await routines.pause_routine(request.app[DATABASE], visitor_of(request), id_of(request), weeks, shown, now)

    return await _done(request, act)


async def resume(request: web.Request) -> web.Response:
    async def act(form: Form) -> None:
        shown, now = shown_wording(request, form, ChoiceKind.RESUMED_ROUTINE), request.app[CLOCK]()
        await routines.resume_routine(request.app[DATABASE], visitor_of(request), id_of(request), shown, now)

    return await _done(request, act)


async def end(request: web.Request) -> web.Response:
    async def act(form: Form) -> None:
        shown, now = shown_wording(request, form, ChoiceKind.ENDED_ROUTINE), request.app[CLOCK]()
        await routines.end_routine(request.app[DATABASE], visitor_of(request), id_of(request), shown, now)

    return await _done(request, act)


async def add_break(request: web.Request) -> web.Response:
    async def act(form: Form) -> None:
        first = _date(text(form, "break-first"), "break-first")
        last = _date(text(form, "break-last"), "break-last") if text(form, "break-last") else first
        await routines.add_break(request.app[DATABASE], visitor_of(request), Break(first, last), request.app[CLOCK]())

    return await _done(request, act, "#breaks")


async def remove_break(request: web.Request) -> web.Response:
    async def act(form: Form) -> None:
        number = entry_number({"break": text(form, "break")}, "break")
        if number is not None:
            await routines.remove_break(request.app[DATABASE], visitor_of(request), number, request.app[CLOCK]())

    return await _done(request, act, "#breaks")


async def _done(request: web.Request, act: Callable[[Form], Awaitable[None]], part: str = "") -> web.Response:
    form = await request.post()
    try:
        await act(form)
    except DomainError as problem:
        return await routine_page(request, problem, form)
    return _back(request, part)


def _back(request: web.Request, part: str = "") -> web.Response:
    return see_other(f"/mentorships/{id_of(request)}/routine{part}")


async def routine_page(
    request: web.Request, problem: DomainError | None = None, form: Form | None = None
) -> web.Response:
    """The page, with the forms as they were sent where there was a problem. Raises NotFound."""
    visitor, now = visitor_of(request), request.app[CLOCK]()
    found = await read_routine_page(request.app[DATABASE], visitor, id_of(request), now)
    return page(
        request,
        "catchups/routine.html",
        status=status_of(problem),
        zone=zone_typed_in(form, visitor.person.zone),
        **fields_of(found),
        ticked=form.getall("coming", []) if form is not None else (),
        words=found.routine.plan.rhythm.words(language_for(request)) if found.routine else "",
        typed=RoutineForm.read(form) if form is not None and "every" in form else _first_form(found),
        break_typed=(text(form, "break-first"), text(form, "break-last")) if form is not None else ("", ""),
        every=[each.value for each in Every],
        lengths=LENGTHS,
        weeks=PAUSE_WEEKS,
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
    )


def _first_form(found: RoutinePage) -> RoutineForm:
    return RoutineForm.of(found.routine.plan) if found.routine else RoutineForm("", "")


def _read_plan(form: Form, zone: str) -> Plan:
    """Raises InvalidInput."""
    try:
        every = Every(text(form, "every"))
    except ValueError as error:
        raise InvalidInput("every", NOT_LISTED) from error
    rhythm = Rhythm(every, _date(text(form, "first"), "first"), _minute(text(form, "clock")), zone_typed_in(form, zone))
    return Plan(rhythm, read_medium(form), whole_number(form, "minutes"))


def _date(typed: str, field: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise InvalidInput(field, N_("Please enter a date.")) from error


def _minute(typed: str) -> int:
    """From midnight: 1020 for 17:00."""
    try:
        clock = datetime.strptime(typed[:5], "%H:%M")  # noqa: DTZ007 (a time of day, of no day and no zone)
    except ValueError as error:
        raise InvalidInput(
            "clock", N_("We cannot read the time. Please enter hours and minutes, such as 09:30.")
        ) from error
    return clock.hour * 60 + clock.minute
