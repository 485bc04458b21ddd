"""Adding a topic to a catch-up's agenda and ticking an action from other pages than its own, by plain forms."""

from aiohttp import web

from server.errors import DomainError
from server.mentorships.pages.home import mentorship_page
from server.mentorships.posting import path_of
from server.room.actions.editing import edit_by_form
from server.room.pages.content import SEALER
from server.room.pages.files import KEY
from server.room.rules.content import ItemKind
from server.room.rules.edits import Addition, Edit, ItemChange
from server.web.access import UnreadableRequest, visitor_of
from server.web.forms import Form, entry_number, id_of, text
from server.web.keys import DATABASE
from server.web.rendering import see_other


async def add_topic(request: web.Request) -> web.Response:
    """`key` is the form's name for it, so that it is added once."""
    form = await request.post()
    return await _edit(request, form, Addition(_key(form), ItemKind.TOPIC, text(form, "text")), "#agenda")


async def tick(request: web.Request) -> web.Response:
    """`done` is yes or nothing."""
    form = await request.post()
    return await _edit(request, form, ItemChange(_key(form), done=text(form, "done") == "yes"), "#actions")


async def _edit(request: web.Request, form: Form, edit: Edit, back: str) -> web.Response:
    app = request.app
    try:
        mentorship_id = await edit_by_form(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), edit)
    except DomainError as problem:
        mentorship = entry_number({"id": text(form, "mentorship")}, "id")
        if mentorship is None:
            raise
        return await mentorship_page(request, mentorship, problem)
    return see_other(path_of(mentorship_id) + back)


def _key(form: Form) -> str:
    """Raises UnreadableRequest."""
    key = text(form, "key")
    if not KEY.fullmatch(key):
        raise UnreadableRequest
    return key
