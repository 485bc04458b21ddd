"""A mentor puts a question or a resource of the library on the agenda of a catch-up."""

from aiohttp import web

from server.errors import NotFound
from server.mentorships.posting import path_of
from server.room.actions.editing import edit_by_form
from server.room.pages.content import SEALER
from server.room.pages.files import KEY
from server.room.rules.content import ItemKind
from server.room.rules.edits import Addition
from server.schemes.queries.library import read_cards
from server.schemes.rules.library import Card
from server.web.access import UnreadableRequest, visitor_of
from server.web.forms import id_of, text
from server.web.keys import DATABASE
from server.web.rendering import language_for, see_other


async def show(request: web.Request) -> web.Response:
    """What can be put there, for a page whose script adds it."""
    return web.json_response([{"text": card.text, "url": card.url} for card in await _cards(request)])


async def put(request: web.Request) -> web.Response:
    """`card` is its name, `key` the form's name for what it becomes, so that it is added once."""
    form = await request.post()
    key, name = text(form, "key"), text(form, "card")
    if not KEY.fullmatch(key):
        raise UnreadableRequest
    card = next((each for each in await _cards(request) if each.name == name), None)
    if card is None:
        raise NotFound
    kind = ItemKind.RESOURCE if card.url else ItemKind.TOPIC
    edit = Addition(key, kind, card.text, card.url)
    app = request.app
    mentorship_id = await edit_by_form(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), edit)
    return see_other(path_of(mentorship_id) + ("#resources" if card.url else "#agenda"))


async def _cards(request: web.Request) -> tuple[Card, ...]:
    """None for the mentee. Raises NotFound for anybody else."""
    language = language_for(request)
    return await read_cards(request.app[DATABASE], visitor_of(request), id_of(request), language)
