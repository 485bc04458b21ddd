"""One's own choices to download: as a table, and for programs."""

import json
from collections.abc import Callable, Mapping

from aiohttp import web

from server.catchups.queries.choices import read_own_choices
from server.catchups.rules.consents import OwnChoice
from server.web.access import visitor_of
from server.web.csv_file import SEPARATORS, sheet
from server.web.keys import DATABASE
from server.web.rendering import language_for

# Times in UTC.
COLUMNS: Mapping[str, Callable[[OwnChoice], object]] = {
    "entry": lambda choice: choice.id,
    "at": lambda choice: choice.at.isoformat(),
    "choice": lambda choice: choice.kind.value,
    "with": lambda choice: choice.other_name,
    "catch_up": lambda choice: choice.catchup_id,
    "offer": lambda choice: choice.offer_id,
    "time": lambda choice: choice.start.isoformat() if choice.start else None,
    "medium": lambda choice: choice.medium.value if choice.medium else None,
    "words": lambda choice: choice.words,
    "wording": lambda choice: choice.wording,
    "language": lambda choice: choice.language,
    "channel": lambda choice: choice.channel.value if choice.channel else None,
    "previous_hash": lambda choice: choice.previous_hash,
    "hash": lambda choice: choice.hash,
}


async def as_csv(request: web.Request) -> web.Response:
    """The separator is that of the reader's language, unless `?separator=` names one."""
    own = await read_own_choices(request.app[DATABASE], visitor_of(request))
    default = SEPARATORS[language_for(request).list_separator]
    separator = SEPARATORS.get(request.query.get("separator", ""), default)
    table = sheet(tuple(COLUMNS), ([read(choice) for read in COLUMNS.values()] for choice in own), separator)
    return _download(table, "text/csv", "choices.csv")


async def as_json(request: web.Request) -> web.Response:
    own = await read_own_choices(request.app[DATABASE], visitor_of(request))
    records = [{name: read(choice) for name, read in COLUMNS.items()} for choice in own]
    text = json.dumps(records, ensure_ascii=False, indent=2)
    return _download(text.encode(errors="replace"), "application/json", "choices.json")


def _download(body: bytes, content_type: str, name: str) -> web.Response:
    return web.Response(
        body=body,
        content_type=content_type,
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
