"""The admin's history: what was offered, chosen, booked and attended. Never what was said."""

from dataclasses import replace
from datetime import datetime, timedelta

from aiohttp import web

from server.admin.pages.history_address import address_of, filter_of, place_of
from server.admin.pages.history_columns import COLUMNS, FORMATS
from server.admin.queries.history import read_history_page
from server.admin.rules.history import SLOT_HOURS, HistoryFilter, HistoryState, Sort
from server.catchups.rules.drafts import Medium
from server.catchups.rules.ledger_heads import PURPOSE
from server.errors import DomainError, InvalidInput
from server.i18n.local_time import day_in
from server.i18n.texts import N_, Text
from server.people.actions.audit import note_act
from server.people.rules.audit import Act, AuditSubject
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.keys import CLOCK, DATABASE, SECRET, SETTINGS
from server.web.rendering import fields_of, language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    if "" in request.query.values():
        # What the form leaves empty does not belong into an address that is shared.
        return see_other(f"/history?{address_of(filter_of(request))}")
    return await history_page(request)


async def history_page(request: web.Request, problem: DomainError | None = None, reason: str = "") -> web.Response:
    """`reason` is what was typed as the one to export. Those whose history alone it is see who looked."""
    app, wanted = request.app, filter_of(request)
    now = app[CLOCK]()
    count_all = request.query.get("count") == "all"
    found = await read_history_page(
        app[DATABASE], wanted, place_of(request), app[SECRET].key(PURPOSE), now, count_all=count_all
    )
    if found.about.people:
        subject = AuditSubject("person", found.about.people[0]) if len(found.about.people) == 1 else None
        await note_act(
            app[DATABASE],
            visitor_of(request),
            Act.LOOKED_AT_HISTORY,
            now,
            people=found.about.people,
            subject=subject,
        )
    return page(
        request,
        "admin/history.html",
        status=status_of(problem),
        zone=wanted.zone,
        **fields_of(found),
        address=address_of,
        periods=_periods(wanted, now),
        states=tuple(HistoryState),
        sorts=tuple(Sort),
        media=tuple(Medium),
        columns=tuple(COLUMNS),
        formats=tuple(FORMATS),
        everybody=address_of(replace(wanted, person_id=None, mentorship_id=None)),
        without=address_of(replace(wanted, poor=False, slot=None, answered=None)),
        slot_day=language_for(request).locale.days["format"]["wide"][wanted.slot.weekday] if wanted.slot else "",
        slot_hours=SLOT_HOURS,
        filtered=bool(address_of(replace(wanted, sort=Sort.NEWEST))),
        first_page=place_of(request) is None,
        mail_folder=app[SETTINGS].mail_folder,
        typed_reason=reason,
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
    )


def _periods(wanted: HistoryFilter, now: datetime) -> tuple[tuple[Text, str], ...]:
    """Periods that are often asked for, each with its address."""
    today = day_in(wanted.zone, now)
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    periods = (
        (N_("This month"), month, today),
        (N_("Last month"), before.replace(day=1), before),
        (N_("This year"), today.replace(month=1, day=1), today),
    )
    return tuple((Text(name, {}), address_of(replace(wanted, first=first, last=last))) for name, first, last in periods)
