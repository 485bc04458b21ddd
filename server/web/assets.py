"""Static files under a version: /static/<version>/css/… is never asked for twice, and never stale."""

import hashlib
from functools import cache
from pathlib import Path

from aiohttp import web

from server.errors import NotFound

STATIC = Path(__file__).parents[2] / "static"
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def version() -> str:
    """A hash over every static file: it changes exactly when one of them does."""
    digest = hashlib.sha256()
    for file in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(file.relative_to(STATIC).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def asset(path: str) -> str:
    """The address of a static file, such as css/fireside.css."""
    return f"/static/{version()}/{path}"


async def serve(request: web.Request) -> web.StreamResponse:
    """A static file. Raises NotFound for another version, for what is not there and for what is not below it."""
    asked = request.match_info["path"]
    if request.match_info["version"] != version() or "\0" in asked:
        raise NotFound
    path = (STATIC / asked).resolve()
    if not path.is_relative_to(STATIC) or not path.is_file():
        raise NotFound
    return web.FileResponse(path, headers={"Cache-Control": FOR_EVER})
