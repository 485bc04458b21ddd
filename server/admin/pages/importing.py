"""Bringing many people and pairs in: paste or upload a table, see what becomes of each row, correct it, add all."""

import asyncio
from dataclasses import replace

from aiohttp import web
from aiohttp.web_request import FileField

from server.admin.actions.importing import Defaults, ImportNotReady, bring_in, plan_now
from server.admin.rules.importing import FIELDS, SIDES, Fate, ImportPlan, ImportRow, as_text, from_text, read_import
from server.admin.rules.spreadsheet import decode, read_rows
from server.errors import DomainError, InvalidInput
from server.i18n.catalog import LANGUAGES
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import NOT_LISTED, Form, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page, see_other

# How many wrong rows have fields at a time, and how long what is written into one may be.
MOST_CORRECTED = 50
CELL_LIMIT = 400


async def show(request: web.Request) -> web.Response:
    return _form_page(request)


async def preview(request: web.Request) -> web.Response:
    form = await request.post()
    try:
        language = _language(form)
        rows = await asyncio.to_thread(_rows, form)
    except InvalidInput as problem:
        return _form_page(request, problem, text(form, "cells"))
    return _preview_page(request, await plan_now(request.app[DATABASE], rows), language)


async def add(request: web.Request) -> web.Response:
    app, form = request.app, await request.post()
    try:
        language = _language(form)
        rows = await asyncio.to_thread(_rows, form)
    except InvalidInput as problem:
        return _form_page(request, problem)
    defaults = Defaults(app[SETTINGS].zone, language)
    try:
        import_id = await bring_in(app[DATABASE], visitor_of(request), rows, defaults, app[CLOCK]())
    except ImportNotReady as problem:
        return _preview_page(request, problem.plan, language, problem)
    return see_other(f"/admin/imports/{import_id}")


def _rows(form: Form) -> tuple[ImportRow, ...]:
    """Those of the file or of the pasted cells; or those of the preview, as they were corrected there."""
    if carried := text(form, "table"):
        return tuple(_corrected(row, form) for row in from_text(carried))
    file = form.get("file")
    content = file.file.read() if isinstance(file, FileField) else b""
    return read_import(read_rows(decode(content) if content else text(form, "cells")))


def _corrected(row: ImportRow, form: Form) -> ImportRow:
    prefix = f"row{row.number}"
    if f"{prefix}_shown" not in form:
        return row
    for side in SIDES:
        typed = {what: text(form, f"{prefix}_{side}_{what}").strip()[:CELL_LIMIT] for what in FIELDS}
        person = replace(getattr(row, side), **typed)
        row = replace(row, mentor=person) if side == "mentor" else replace(row, mentee=person)
    return replace(row, out=f"{prefix}_out" in form)


def _language(form: Form) -> str:
    """The language of those whose row names none. Raises InvalidInput when the page does not list it."""
    language = text(form, "language")
    if language not in LANGUAGES:
        raise InvalidInput("language", NOT_LISTED)
    return language


def _form_page(request: web.Request, problem: InvalidInput | None = None, cells: str = "") -> web.Response:
    return page(
        request,
        "admin/import.html",
        status=status_of(problem),
        languages=tuple(LANGUAGES.values()),
        language_code=request.app[SETTINGS].language,
        problem=problem,
        bad=problem.field if problem else "",
        cells=cells,
    )


def _preview_page(
    request: web.Request, plan: ImportPlan, language: str, problem: DomainError | None = None
) -> web.Response:
    wrong = [planned for planned in plan.rows if planned.fate is Fate.WRONG]
    return page(
        request,
        "admin/import_preview.html",
        status=status_of(problem),
        plan=plan,
        wrong=wrong[:MOST_CORRECTED],
        more=max(len(wrong) - MOST_CORRECTED, 0),
        counts={fate.value: plan.count(fate) for fate in Fate},
        table=as_text(planned.row for planned in plan.rows),
        language_code=language,
        mail_folder=request.app[SETTINGS].mail_folder,
    )
