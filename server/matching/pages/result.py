"""For coordinators: what a run suggests, whom it leaves out, how fair it is; and proposing its pairs."""

from aiohttp import web

from server.errors import InvalidInput
from server.i18n.texts import N_
from server.matching.actions.proposing import propose_pairs
from server.matching.queries.result import read_result
from server.people.actions.audit import note_act
from server.people.rules.audit import Act, AuditSubject
from server.schemes.pages.sign_up_form import language_names
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    return await _result_page(request)


async def show_report(request: web.Request) -> web.Response:
    return await _result_page(request, report=True)


async def propose(request: web.Request) -> web.Response:
    """`pair` are the ids of suggestions."""
    form, app = await request.post(), request.app
    chosen = frozenset(int(str(each)) for each in form.getall("pair", []) if str(each).isdecimal())
    if not chosen:
        problem = InvalidInput("pair", N_("Please tick at least one pair."))
        return await _result_page(request, problem)
    done = await propose_pairs(app[DATABASE], visitor_of(request), id_of(request), chosen, app[CLOCK]())
    told = f"asked={done.asked}&not_asked={done.not_asked}"
    return see_other(f"/admin/matching-runs/{id_of(request)}?page={_page_number(request)}&{told}")


async def _result_page(
    request: web.Request, problem: InvalidInput | None = None, *, report: bool = False
) -> web.Response:
    """Each look is kept in the audit log, before anything is shown."""
    app, visitor = request.app, visitor_of(request)
    found = await read_result(app[DATABASE], visitor, id_of(request), _page_number(request))
    subject = AuditSubject("match_run", found.run.id)
    await note_act(app[DATABASE], visitor, Act.LOOKED_AT_MATCHES, app[CLOCK](), subject=subject)
    return page(
        request,
        "matching/report.html" if report else "matching/result.html",
        status=status_of(problem),
        problem=problem,
        asked=_count(request.query.get("asked", "")),
        not_asked=_count(request.query.get("not_asked", "")),
        languages=language_names(language_for(request)),
        **fields_of(found),
    )


def _page_number(request: web.Request) -> int:
    """Of the suggestions."""
    return _count(request.query.get("page", "")) or 1


def _count(typed: str) -> int | None:
    """None where the address has none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else None
