"""The overview in pictures, each with its table beneath; each figure leads to the rows behind it."""

from dataclasses import replace

from aiohttp import web

from server.admin.pages.history_address import address_of
from server.admin.queries.overview import read_overview_page
from server.admin.rules.history import BOOKED, OVER, HistoryState
from server.admin.rules.overview import share
from server.web.access import visitor_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page


async def show(request: web.Request) -> web.Response:
    app, zone = request.app, visitor_of(request).person.zone
    found = await read_overview_page(app[DATABASE], zone, app[CLOCK]())

    def rows(states: tuple[HistoryState, ...] = (), **changes: object) -> str:
        """The address of the rows of these states in the period, or as `changes` say."""
        wanted = replace(found.period, states=frozenset(states), **changes)  # type: ignore[arg-type] # from a template
        return f"/history?{address_of(wanted)}"

    return page(
        request,
        "admin/overview.html",
        **fields_of(found),
        rows=rows,
        share=share,
        over=OVER,
        states=tuple(HistoryState),
        booked=BOOKED,
    )
