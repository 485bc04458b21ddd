"""The answer to whether the visitor wants the language of their browser. They are asked once."""

from aiohttp import web

from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES
from server.people.actions.people import change_language
from server.web.access import visitor_of
from server.web.forms import NOT_LISTED, own_page, text
from server.web.keys import DATABASE
from server.web.rendering import see_other

DEFAULT_BACK = "/me"


async def save(request: web.Request) -> web.Response:
    """Without the field `language` the visitor keeps the one they have."""
    form = await request.post()
    language = text(form, "language") or None
    if language is not None and language not in LANGUAGES:
        raise InvalidInput("language", NOT_LISTED)
    await change_language(request.app[DATABASE], visitor_of(request), language)
    return see_other(own_page(text(form, "back")) or DEFAULT_BACK)
