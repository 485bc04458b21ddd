"""Adding a mentor and a mentee who work together."""

from aiohttp import web

from server.admin.actions.pairs import add_pair_with_welcome
from server.errors import DomainError, InvalidInput
from server.people.actions.people import NewPerson
from server.people.rules.people import Person
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import Form, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page

FIELDS = ("mentor_name", "mentor_email", "mentee_name", "mentee_email")


async def show(request: web.Request) -> web.Response:
    return _page(request, dict.fromkeys(FIELDS, ""))


async def add(request: web.Request) -> web.Response:
    app, form = request.app, await request.post()
    try:
        added = await add_pair_with_welcome(
            app[DATABASE],
            visitor_of(request),
            _person(request, form, "mentor"),
            _person(request, form, "mentee"),
            app[CLOCK](),
        )
    except DomainError as problem:
        return _page(request, {name: text(form, name) for name in FIELDS}, problem)
    return _page(request, dict.fromkeys(FIELDS, ""), added=added)


def _person(request: web.Request, form: Form, role: str) -> NewPerson:
    settings = request.app[SETTINGS]
    return NewPerson(text(form, f"{role}_name"), text(form, f"{role}_email"), settings.zone, settings.language)


def _page(
    request: web.Request,
    typed: dict[str, str],
    problem: DomainError | None = None,
    added: tuple[Person, Person] | None = None,
) -> web.Response:
    return page(
        request,
        "admin/new_pair.html",
        status=status_of(problem),
        typed=typed,
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        added=added,
        mail_folder=request.app[SETTINGS].mail_folder,
    )
