"""Whether medium, hour, length and needs still fit: each of the two says it alone."""

from aiohttp import web

from server.errors import DomainError
from server.mentorships.actions.reviews import answer_review
from server.mentorships.posting import path_of
from server.mentorships.queries.review import read_review_page
from server.mentorships.rules.reviews import Answer, Answers, Matter, checked_answers
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page, see_other


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def save(request: web.Request) -> web.Response:
    form, app = await request.post(), request.app
    try:
        answers = checked_answers({matter: text(form, matter) for matter in Matter})
        await answer_review(app[DATABASE], visitor_of(request), id_of(request), answers, app[CLOCK]())
    except DomainError as problem:
        return await _page(request, problem, form)
    return see_other(f"{path_of(id_of(request))}/review?done=said")


async def put_off(request: web.Request) -> web.Response:
    """What they said before in this round is forgotten."""
    app, not_now = request.app, Answers(not_now=True)
    try:
        await answer_review(app[DATABASE], visitor_of(request), id_of(request), not_now, app[CLOCK]())
    except DomainError as problem:
        return await _page(request, problem)
    return see_other(f"{path_of(id_of(request))}/review?done=not_now")


async def _page(request: web.Request, problem: DomainError | None = None, form: Form | None = None) -> web.Response:
    """With what was chosen, or what the visitor said before. Raises NotFound."""
    app = request.app
    found = await read_review_page(app[DATABASE], visitor_of(request), id_of(request), app[CLOCK]())
    chosen: dict[Matter, str] = dict(found.review.own.by_matter)
    if form is not None:
        chosen = {matter: text(form, matter) for matter in Matter}
    return page(
        request,
        "mentorships/review.html",
        status=status_of(problem),
        problem=problem,
        chosen=chosen,
        matters=tuple(Matter),
        answers=tuple(Answer),
        done=request.query.get("done", "") if problem is None else "",
        **fields_of(found),
    )
