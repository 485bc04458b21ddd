"""Pages from templates, in the visitor's language and zone."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment

from server.config import Settings
from server.i18n.catalog import Language, best_of, language_of
from server.i18n.templates import TEMPLATE_FOLDER, make_environment
from server.web.assets import asset, version
from server.web.keys import CLOCK, NONCE, SETTINGS, TEMPLATES, VISITOR


def make_templates(settings: Settings, folder: Path = TEMPLATE_FOLDER, **names: object) -> Environment:
    """The templates of the pages. `names` are what the features let their templates use."""
    environment = make_environment(folder)
    environment.globals.update(asset=asset, version=version(), **names)
    environment.globals.update(base_url=settings.base_url, contact=settings.contact)
    return environment


def page(
    request: web.Request, template: str, *, status: int = 200, zone: str | None = None, **context: Any
) -> web.Response:
    """The rendered page. `zone` is the zone of its times: the visitor's unless given.

    A page that was opened with GET gets its own address as `here`.
    """
    visitor = request.get(VISITOR)
    text = (
        request.app[TEMPLATES]
        .get_template(template)
        .render(
            visitor=visitor,
            language=language_for(request),
            zone=zone or (visitor.person.zone if visitor else request.app[SETTINGS].zone),
            now=request.app[CLOCK](),
            nonce=request[NONCE],
            here=request.path if request.method == "GET" else None,
            **context,
        )
    )
    return web.Response(text=text, content_type="text/html", status=status)


def fields_of(row: Any) -> dict[str, Any]:
    """The fields of a row that a query made for the page, by the names that its template uses."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


def see_other(path: str) -> web.Response:
    """Sends the browser on to another page (303)."""
    return web.Response(status=303, headers={"Location": path})


def language_for(request: web.Request) -> Language:
    """The visitor's language; without a visitor, the one that the browser asks for."""
    visitor = request.get(VISITOR)
    if visitor is None:
        return best_of(request.headers.get("Accept-Language", ""))
    return language_of(visitor.person.language)
