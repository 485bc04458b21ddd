"""The session history to download: the rows of the view, written as they are read. For admins, with a reason."""

import asyncio
import logging
from contextlib import aclosing
from zoneinfo import ZoneInfo

from aiohttp import web

from server.admin.actions.exporting import note_history_export
from server.admin.pages.history import history_page
from server.admin.pages.history_address import filter_of
from server.admin.pages.history_columns import COLUMNS, FORMATS, Table
from server.admin.queries.history import each_row
from server.admin.rules.history import HistoryFilter
from server.db.database import Database, Unavailable
from server.errors import InvalidInput
from server.i18n.texts import N_
from server.web.access import visitor_of
from server.web.forms import NOT_LISTED, Form, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import language_for

# While rows are read the database keeps what they were: a browser that does not take them ends it.
TAKEN_WITHIN_S = 60.0
WHOLE_WITHIN_S = 1800.0
log = logging.getLogger(__name__)


async def export(request: web.Request) -> web.StreamResponse:
    form, database, now = await request.post(), request.app[DATABASE], request.app[CLOCK]()
    wanted, reason = filter_of(request), text(form, "reason")
    try:
        columns, write = _columns(form), FORMATS.get(text(form, "format"))
        if write is None:
            raise InvalidInput("format", NOT_LISTED)
        await note_history_export(database, visitor_of(request), wanted, reason, now)
    except InvalidInput as problem:
        return await history_page(request, problem, reason)
    table = write(language_for(request), now)
    name = f"sessions-{now.astimezone(ZoneInfo(wanted.zone)):%Y-%m-%d}.{table.suffix}"
    response = web.StreamResponse(
        headers={
            "Content-Type": f"{table.content_type}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
    )
    await response.prepare(request)
    try:
        async with asyncio.timeout(WHOLE_WITHIN_S):
            await _write(response, table, database, wanted, columns)
        await response.write_eof()
    except (ConnectionError, TimeoutError, Unavailable) as error:
        log.warning("an export of the session history ended early: %s", type(error).__name__)
        _cut(request)
    except Exception:
        log.exception("an export of the session history failed")
        _cut(request)
    return response


def _cut(request: web.Request) -> None:
    """The answer has begun: only a connection that ends early tells the browser that the file is not whole."""
    if request.transport is not None:
        request.transport.abort()


async def _write(
    response: web.StreamResponse, table: Table, database: Database, wanted: HistoryFilter, columns: tuple[str, ...]
) -> None:
    """Raises TimeoutError when the browser does not take it, ConnectionError when it is gone, and Unavailable."""
    zone, reads = ZoneInfo(wanted.zone), [COLUMNS[name] for name in columns]
    await response.write(table.begin(columns))
    async with aclosing(each_row(database, wanted)) as pages:
        async for rows in pages:
            if piece := table.rows([read(row, zone) for read in reads] for row in rows):
                async with asyncio.timeout(TAKEN_WITHIN_S):
                    await response.write(piece)
    await response.write(table.end())


def _columns(form: Form) -> tuple[str, ...]:
    """Those that were chosen, in their order. Raises InvalidInput when none was."""
    chosen = set(form.getall("column", []))
    columns = tuple(name for name in COLUMNS if name in chosen)
    if not columns:
        raise InvalidInput("columns", N_("Please choose at least one column."))
    return columns
