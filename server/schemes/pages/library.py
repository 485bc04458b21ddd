"""For coordinators: the library of their scheme; for admins: that of the whole server."""

from aiohttp import web

from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES
from server.room.rules.edits import TEXT_LIMIT, URL_LIMIT
from server.schemes.actions.library import EntryChange, change_library
from server.schemes.queries.library import read_library
from server.schemes.rules.library import QUESTIONS
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import page, see_other

NEW_ENTRIES = 2
FIELDS = (*LANGUAGES, "url")


async def show(request: web.Request) -> web.Response:
    return await _page(request, None)


async def save(request: web.Request) -> web.Response:
    return await _save(request, None)


async def show_of_scheme(request: web.Request) -> web.Response:
    return await _page(request, id_of(request))


async def save_of_scheme(request: web.Request) -> web.Response:
    return await _save(request, id_of(request))


async def _save(request: web.Request, scheme_id: int | None) -> web.Response:
    form, app = await request.post(), request.app
    found = await read_library(app[DATABASE], visitor_of(request), scheme_id)
    changes = [
        _change(_typed(form, str(entry.id)), entry.id, f"remove-{entry.id}" in form)
        for entry in found.entries
        if any(f"{field}-{entry.id}" in form for field in FIELDS)
    ]
    added = [_typed(form, "new", place) for place in range(NEW_ENTRIES)]
    changes += [_change(typed, None) for typed in added if any(value.strip() for value in typed.values())]
    # A form that says nothing of them leaves them as they are.
    hidden = QUESTIONS.keys() - set(form.getall("shown", [])) if "cards" in form else None
    try:
        await change_library(app[DATABASE], visitor_of(request), scheme_id, changes, app[CLOCK](), hidden)
    except InvalidInput as problem:
        return await _page(request, scheme_id, form, problem)
    return see_other(f"{_path(scheme_id)}?done=saved")


def _typed(form: Form, place: str, number: int = 0) -> dict[str, str]:
    """What was typed of one entry, by its fields; the `number`-th of those with the same names."""
    found = {field: form.getall(f"{field}-{place}", []) for field in FIELDS}
    return {field: str(typed[number]) if number < len(typed) else "" for field, typed in found.items()}


def _change(typed: dict[str, str], entry_id: int | None, remove: bool = False) -> EntryChange:
    return EntryChange(entry_id, {code: typed[code] for code in LANGUAGES}, typed["url"], remove)


def _path(scheme_id: int | None) -> str:
    return "/admin/library" if scheme_id is None else f"/admin/schemes/{scheme_id}/library"


async def _page(
    request: web.Request, scheme_id: int | None, form: Form | None = None, problem: InvalidInput | None = None
) -> web.Response:
    found = await read_library(request.app[DATABASE], visitor_of(request), scheme_id)
    typed: dict[str, str] = {f"url-{entry.id}": entry.url for entry in found.entries}
    typed |= {f"{code}-{entry.id}": said for entry in found.entries for code, said in entry.texts.items()}
    new = [dict.fromkeys(FIELDS, "") for _ in range(NEW_ENTRIES)]
    shown = frozenset(QUESTIONS.keys() - found.hidden)
    if form is not None:
        typed |= {name: text(form, name) for name in form}
        new = [_typed(form, "new", place) for place in range(NEW_ENTRIES)]
        shown = frozenset(str(each) for each in form.getall("shown", []))
    return page(
        request,
        "schemes/library.html",
        status=status_of(problem),
        scheme=found.scheme,
        entries=found.entries,
        path=_path(scheme_id),
        typed=typed,
        new=new,
        removed=frozenset(name for name in form or () if name.startswith("remove-")),
        problem=problem,
        bad=problem.field if problem else "",
        languages=tuple(LANGUAGES.values()),
        questions=QUESTIONS,
        shown=shown,
        text_limit=TEXT_LIMIT,
        url_limit=URL_LIMIT,
        done=request.query.get("done", "") if problem is None else "",
    )
