"""Whether pages, database and relay are up, and whether all files of the installation are there."""

import asyncio
from glob import iglob

from aiohttp import web
from sqlalchemy import text

from server.db.database import Unavailable
from server.i18n.catalog import ENGLISH, LANGUAGES, catalog_file
from server.resources import resource_folder
from server.web.keys import DATABASE, HUB

WITHIN_S = 3
# Of each kind there is at least one file, unless its folder or the whole kind was left out.
NEEDED = (
    ("templates", "**/*.html"),
    ("templates", "**/*.email"),
    ("static", "**/*.css"),
    ("static", "**/*.js"),
    ("migrations", "env.py"),
    ("migrations", "versions/*.py"),
)


async def show(request: web.Request) -> web.Response:
    """200 when all are up, else 503; the JSON says which are up and which files are missing."""
    missing = missing_files()
    up = {
        "pages": not missing,
        "database": await _database_answers(request),
        "relay": bool(request.app[HUB].health()["ready"]),
    }
    body = up | {"missing": missing} if missing else up
    return web.json_response(body, status=200 if all(up.values()) else 503)


def missing_files() -> list[str]:
    """The templates, static files, migrations and catalogs that are not there, by kind."""
    kinds = [
        f"{folder}/{kind}"
        for folder, kind in NEEDED
        if next(iglob(kind, root_dir=resource_folder(folder), recursive=True), None) is None
    ]
    translated = (code for code in LANGUAGES if code != ENGLISH.code)
    return kinds + [f"{code}.po" for code in translated if not catalog_file(code).is_file()]


async def _database_answers(request: web.Request) -> bool:
    try:
        async with asyncio.timeout(WITHIN_S), request.app[DATABASE].reading() as connection:
            await connection.execute(text("SELECT 1"))
    except (Unavailable, TimeoutError):
        return False
    return True
