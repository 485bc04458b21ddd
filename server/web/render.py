"""Pages from templates: what every template can say, in the reader's language and zone."""

from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from server.config import Settings
from server.domain.consents import ChoiceKind, Shown
from server.domain.errors import DomainError
from server.domain.texts import Said
from server.keys import CLOCK, NONCE, SETTINGS, TEMPLATES, VISITOR
from server.languages import dates
from server.languages.catalog import Language, best_of, language_of
from server.languages.wordings import wording
from server.web.static import STATIC, asset, version

TEMPLATE_FOLDER = STATIC.parent / "templates"


def make_templates(settings: Settings, folder: Path = TEMPLATE_FOLDER) -> Environment:
    """The template environment. A name that a template uses and nobody gives is an error, not an empty place."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    # Given by the extension, which no type stub knows.
    install = environment.install_gettext_callables  # type: ignore[attr-defined] # see above
    install(_gettext, _ngettext, newstyle=True)
    environment.filters.update(
        say=say, day=day, clock=clock, moment=moment, stamp=stamp, zone_name=zone_name, first_name=first_name
    )
    environment.globals.update(asset=asset, version=version(), base_url=settings.base_url, wording=_wording)
    return environment


def page(
    request: web.Request, template: str, *, status: int = 200, zone: str | None = None, **context: Any
) -> web.Response:
    """The rendered page. `zone` is the zone that its times are told in: the visitor's unless given."""
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
            **context,
        )
    )
    return web.Response(text=text, content_type="text/html", status=status)


def see_other(path: str) -> web.Response:
    """Sends the browser on to another page (303)."""
    return web.Response(status=303, headers={"Location": path})


def language_for(request: web.Request) -> Language:
    """The visitor's; a stranger's is what their browser asks for."""
    visitor = request.get(VISITOR)
    if visitor is None:
        return best_of(request.headers.get("Accept-Language", ""))
    return language_of(visitor.person.language)


@pass_context
def say(context: Context, said: Said | DomainError) -> str:
    """What a rule says, in the page's language."""
    return _language(context).say(said.sentence, **said.values)


@pass_context
def day(context: Context, time: datetime, zone: str) -> str:
    return dates.day(time, zone, _language(context), context["now"])


@pass_context
def clock(context: Context, time: datetime, zone: str) -> str:
    return dates.clock(time, zone, _language(context))


@pass_context
def moment(context: Context, time: datetime, zone: str) -> str:
    return dates.moment(time, zone, _language(context), context["now"])


@pass_context
def zone_name(context: Context, zone: str) -> str:
    return dates.zone_name(zone, _language(context))


def stamp(time: datetime) -> str:
    """The machine's form: 2026-11-24T15:00:00+00:00"""
    return time.isoformat()


def first_name(name: str) -> str:
    """How friends say it: Sam, for Sam Okafor."""
    return name.split(" ")[0]


@pass_context
def _wording(context: Context, kind: str) -> Shown:
    return wording(ChoiceKind(kind), _language(context))


@pass_context
def _gettext(context: Context, text: str) -> str:
    return _language(context).gettext(text)


@pass_context
def _ngettext(context: Context, one: str, many: str, n: int) -> str:
    return _language(context).ngettext(one, many, n)


def _language(context: Context) -> Language:
    language: Language = context["language"]
    return language
