"""Pages from templates: what every template can say, and how times read in a person's own zone."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from server.config import Settings
from server.domain.consents import WORDINGS
from server.keys import CLOCK, NONCE, SETTINGS, TEMPLATES, VISITOR
from server.web.static import STATIC, asset, version

HALF_A_YEAR = timedelta(days=182)
TEMPLATE_FOLDER = STATIC.parent / "templates"


def make_templates(settings: Settings, folder: Path = TEMPLATE_FOLDER) -> Environment:
    """The template environment. A name that a template uses and nobody gives is an error, not an empty place."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=day, clock=clock, moment=moment, stamp=stamp, zone_name=zone_name)
    environment.globals.update(asset=asset, version=version(), wordings=WORDINGS, base_url=settings.base_url)
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


@pass_context
def day(context: Context, time: datetime, zone: str) -> str:
    """Tuesday 24 November; with the year when the page is read more than half a year before or after."""
    local = time.astimezone(ZoneInfo(zone))
    far = abs(time - context["now"]) > HALF_A_YEAR
    return f"{local:%A} {local.day} {local:%B}{f' {local.year}' if far else ''}"


def clock(time: datetime, zone: str) -> str:
    """15:00"""
    return f"{time.astimezone(ZoneInfo(zone)):%H:%M}"


@pass_context
def moment(context: Context, time: datetime, zone: str) -> str:
    """Tuesday 24 November, 15:00"""
    return f"{day(context, time, zone)}, {clock(time, zone)}"


def stamp(time: datetime) -> str:
    """The machine's form: 2026-11-24T15:00:00+00:00"""
    return time.isoformat()


def zone_name(zone: str) -> str:
    """Stockholm time, for Europe/Stockholm."""
    return "UTC" if zone == "UTC" else f"{zone.rsplit('/', 1)[-1].replace('_', ' ')} time"
