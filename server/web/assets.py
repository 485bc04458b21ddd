"""Static files under a version: browsers fetch /static/<version>/css/… once, and never have an old one.

They are read once and served from memory, so that a page with its many scripts costs little.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from glob import glob
from posixpath import dirname, join, normpath

from aiohttp import web
from aiohttp.hdrs import ACCEPT_ENCODING

from server.errors import NotFound
from server.resources import resource_folder
from server.web.keys import STATIC_FILE

STATIC = resource_folder("static")
FOR_EVER = "public, max-age=31536000, immutable"
# Compressed, a file must be smaller by this factor to be worth decompressing.
WORTHWHILE = 0.9
IMPORTED = re.compile(r'^(?:import|export)\b[^"]* from "(\.[^"]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """`gzipped` is None where it would be hardly smaller than the body."""

    body: bytes
    gzipped: bytes | None
    content_type: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Every static file by its path below the folder. Folders and files may be symbolic links."""
    names = sorted(glob("**", root_dir=STATIC, recursive=True))
    return {name: _read(name) for name in names if (STATIC / name).is_file()}


@cache
def version() -> str:
    """A hash over every static file: it changes exactly when one of them does."""
    digest = hashlib.sha256()
    for name, file in static_files().items():
        digest.update(name.encode() + b"\0" + file.body)
    return digest.hexdigest()[:12]


def asset(path: str) -> str:
    """The address of a static file, such as css/fireside.css."""
    return f"/static/{version()}/{path}"


@cache
def imports_of(*scripts: str) -> tuple[str, ...]:
    """The modules that these import, and what those import in turn, by their paths; for links that load all at once."""
    found: dict[str, None] = {}
    left = list(scripts)
    while left:
        script = left.pop()
        for name in IMPORTED.findall(static_files()[script].body.decode()):
            path = normpath(join(dirname(script), name))
            if path not in found:
                found[path] = None
                left.append(path)
    return tuple(found)


async def serve(request: web.Request) -> web.Response:
    """A static file. Raises NotFound for another version and for what is not one of the files."""
    file = static_files().get(request.match_info["path"])
    if file is None or request.match_info["version"] != version():
        raise NotFound
    request[STATIC_FILE] = True
    headers = {"Cache-Control": FOR_EVER, "Content-Type": file.content_type}
    if file.gzipped is None:
        return web.Response(body=file.body, headers=headers)
    headers["Vary"] = ACCEPT_ENCODING
    if not takes_gzip(request):
        return web.Response(body=file.body, headers=headers)
    return web.Response(body=file.gzipped, headers=headers | {"Content-Encoding": "gzip"})


def _read(name: str) -> StaticFile:
    body = (STATIC / name).read_bytes()
    # Without a time stamp, so that all processes make the same bytes.
    gzipped = gzip.compress(body, compresslevel=9, mtime=0)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return StaticFile(body, gzipped if len(gzipped) < WORTHWHILE * len(body) else None, kind + charset)


def takes_gzip(request: web.Request) -> bool:
    """Whether the Accept-Encoding header allows gzip by its name (RFC 9110 section 12.5.3)."""
    for part in request.headers.get(ACCEPT_ENCODING, "").lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
