"""Pages from templates, in the visitor's language and zone."""

import gzip
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment

from server.config import Settings
from server.i18n.catalog import Language, best_of, language_of
from server.i18n.templates import TEMPLATE_FOLDER, make_environment
from server.i18n.texts import N_
from server.web.assets import asset, imports_of, takes_gzip, version
from server.web.keys import CLOCK, NONCE, SETTINGS, TEMPLATES, VISITOR

LANGUAGE_QUESTION = N_("Would you like these pages and our emails in %(language)s?")
YES = N_("Yes")


@dataclass(frozen=True, slots=True)
class LanguageQuestion:
    """Whether the visitor wants the language `offered`: asked, and answered with `yes`, in that language."""

    offered: Language
    sentence: str
    yes: str


def make_templates(settings: Settings, folder: Path = TEMPLATE_FOLDER, **names: object) -> Environment:
    """The templates of the pages. `names` are what the features let their templates use."""
    environment = make_environment(folder)
    environment.globals.update(asset=asset, imports_of=imports_of, version=version(), **names)
    environment.globals.update(base_url=settings.base_url, contact=settings.contact)
    return environment


def page(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    zone: str | None = None,
    compressed: bool = False,
    **context: Any,
) -> web.Response:
    """The rendered page. `zone` is the zone of its times: the visitor's unless given.

    A page that was opened with GET gets its own address as `here`. `language_question` is
    what to ask the visitor about their language, if anything. Only a page that repeats nothing
    of its request may be `compressed`: else its length would tell what it holds (BREACH).
    """
    text = render(request, template, zone=zone, **context)
    response = web.Response(text=text, content_type="text/html", status=status)
    if compressed and takes_gzip(request):
        response.body = gzip.compress(text.encode(), compresslevel=3, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    return response


def render(request: web.Request, template: str, *, zone: str | None = None, **context: Any) -> str:
    """The text of a page, or of a part of one."""
    visitor = request.get(VISITOR)
    return (
        request.app[TEMPLATES]
        .get_template(template)
        .render(
            visitor=visitor,
            language=language_for(request),
            zone=zone or (visitor.person.zone if visitor else request.app[SETTINGS].zone),
            now=request.app[CLOCK](),
            nonce=request[NONCE],
            here=request.path if request.method == "GET" else None,
            language_question=_language_question(request),
            **context,
        )
    )


def fields_of(row: Any) -> dict[str, Any]:
    """The fields of a row that a query made for the page, by the names that its template uses."""
    return {field.name: getattr(row, field.name) for field in fields(row)}


def see_other(path: str) -> web.Response:
    """Sends the browser on to another page (303)."""
    return web.Response(status=303, headers={"Location": path})


def language_for(request: web.Request) -> Language:
    """The visitor's language; without a visitor, the one that the browser asks for, else the scheme's."""
    visitor = request.get(VISITOR)
    if visitor is None:
        return _browser_language(request) or language_of(request.app[SETTINGS].language)
    return language_of(visitor.person.language)


def _language_question(request: web.Request) -> LanguageQuestion | None:
    """Asked once, where the visitor's record has another language than their browser."""
    visitor = request.get(VISITOR)
    offered = _browser_language(request)
    if visitor is None or visitor.person.language_known or offered in (None, language_of(visitor.person.language)):
        return None
    return LanguageQuestion(offered, offered.say(LANGUAGE_QUESTION, language=offered.name), offered.gettext(YES))


def _browser_language(request: web.Request) -> Language | None:
    return best_of(request.headers.get("Accept-Language", ""))
