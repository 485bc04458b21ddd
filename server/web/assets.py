"""Static files under a version: browsers fetch /static/<version>/css/… once, and never have an old one."""

import hashlib
from collections.abc import Mapping
from functools import cache
from glob import glob
from pathlib import Path

from aiohttp import web

from server.errors import NotFound
from server.resources import resource_folder

STATIC = resource_folder("static")
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def static_files() -> Mapping[str, Path]:
    """Every static file by its path below the folder. Folders and files may be symbolic links."""
    found = {name: STATIC / name for name in glob("**", root_dir=STATIC, recursive=True)}
    return {name: file for name, file in found.items() if file.is_file()}


@cache
def version() -> str:
    """A hash over every static file: it changes exactly when one of them does."""
    digest = hashlib.sha256()
    for name, file in sorted(static_files().items()):
        digest.update(name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def asset(path: str) -> str:
    """The address of a static file, such as css/fireside.css."""
    return f"/static/{version()}/{path}"


async def serve(request: web.Request) -> web.StreamResponse:
    """A static file. Raises NotFound for another version and for what is not one of the files."""
    file = static_files().get(request.match_info["path"])
    if file is None or request.match_info["version"] != version():
        raise NotFound
    return web.FileResponse(file, headers={"Cache-Control": FOR_EVER})
