"""The overview in pictures, each with its table beneath; each figure leads to the rows behind it."""

from dataclasses import replace

from aiohttp import web

from server.admin.pages.history_address import address_of
from server.admin.queries.overview import Overview
from server.admin.rules.history import ANSWERED, BOOKED, COUNTED, OVER, SLOT_HOURS, HistoryState, WeekSlot
from server.admin.rules.needs_hand import QUIET_WEEKS, UNANSWERED_WEEKS
from server.admin.rules.overview import share
from server.web.access import visitor_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, language_for, page

OVERVIEW = web.AppKey("overview", Overview)
HOURS = tuple(range(0, 24, SLOT_HOURS))


async def show(request: web.Request) -> web.Response:
    app, zone = request.app, visitor_of(request).person.zone
    found = await app[OVERVIEW].read(app[DATABASE], zone, app[CLOCK]())
    figures = found.figures

    def rows(states: tuple[HistoryState, ...] = (), **changes: object) -> str:
        """The address of the rows of these states in the period, or as `changes` say."""
        wanted = replace(figures.period, states=frozenset(states), **changes)  # type: ignore[arg-type] # from a template
        return f"/history?{address_of(wanted)}"

    locale = language_for(request).locale
    names = locale.days["stand-alone"]["abbreviated"]
    days = [day % 7 for day in range(locale.first_week_day, locale.first_week_day + 7)]
    return page(
        request,
        "admin/overview.html",
        **fields_of(figures),
        of_many=figures.of_many,
        counted=COUNTED,
        hands=found.hands,
        rows=rows,
        share=share,
        over=OVER,
        held=HistoryState.HELD,
        states=tuple(HistoryState),
        booked=BOOKED,
        answered=ANSWERED,
        weekdays=[(day, names[day]) for day in days],
        hours=HOURS,
        slot=WeekSlot,
        slot_hours=SLOT_HOURS,
        quiet_weeks=QUIET_WEEKS,
        unanswered_weeks=UNANSWERED_WEEKS,
        done=request.query.get("done"),
        mail_folder=app[SETTINGS].mail_folder,
    )
