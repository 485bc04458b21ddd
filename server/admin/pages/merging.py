"""What merging two people into one would do, and doing it. Both see who looked."""

from aiohttp import web

from server.admin.actions.merging import merge_people
from server.admin.pages.person import path_of
from server.admin.queries.doubles import MergePreview, OneOfTwo, read_merge_preview
from server.admin.rules.doubles import AlreadyMerged
from server.calls.pages.ending import start_ending_closed_calls
from server.errors import DomainError, InvalidInput, NotFound
from server.people.actions.audit import note_act
from server.people.rules.audit import Act
from server.room.pages.content import SEALER
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import NOT_LISTED, Form, id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page, see_other


async def ask(request: web.Request) -> web.Response:
    return await _page(request)


async def merge(request: web.Request) -> web.Response:
    app, form = request.app, await request.post()
    found = await read_merge_preview(app[DATABASE], id_of(request))
    try:
        kept, gone = _in_order(found, form)
        await merge_people(
            app[DATABASE],
            visitor_of(request),
            kept.person.id,
            gone.person.id,
            _name(found, form),
            text(form, "reason"),
            app[SEALER],
            app[CLOCK](),
        )
    except (NotFound, AlreadyMerged):
        raise
    except DomainError as problem:
        return await _page(request, form, problem)
    start_ending_closed_calls(app)
    return see_other(f"{path_of(kept.person.id)}?done=merged")


async def _page(request: web.Request, form: Form | None = None, problem: DomainError | None = None) -> web.Response:
    database, now = request.app[DATABASE], request.app[CLOCK]()
    found = await read_merge_preview(database, id_of(request))
    people = tuple(each.person.id for each in found.both)
    await note_act(database, visitor_of(request), Act.LOOKED_AT_PERSON, now, people=people)
    return page(
        request,
        "admin/merging.html",
        status=status_of(problem),
        **fields_of(found),
        chosen_address=text(form, "address") if form else "",
        chosen_name=text(form, "name") if form else "",
        typed_reason=text(form, "reason") if form else "",
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
    )


def _in_order(found: MergePreview, form: Form) -> tuple[OneOfTwo, OneOfTwo]:
    """The one whose address stays comes first. Raises InvalidInput."""
    first, second = found.both
    for one, other in ((first, second), (second, first)):
        if text(form, "address") == str(one.person.id):
            return one, other
    raise InvalidInput("address", NOT_LISTED)


def _name(found: MergePreview, form: Form) -> str:
    """That of the one who was chosen; of two with the same name there is no choice. Raises InvalidInput."""
    names = {str(each.person.id): each.person.name for each in found.both}
    if len(set(names.values())) == 1:
        return found.both[0].person.name
    if text(form, "name") not in names:
        raise InvalidInput("name", NOT_LISTED)
    return names[text(form, "name")]
