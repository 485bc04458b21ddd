"""The public page of a scheme, and its picture."""

from aiohttp import hdrs, web

from server.schemes.queries.public import read_public_scheme, read_scheme_logo
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page

# The address carries the hash of the picture.
FOREVER = "public, max-age=31536000, immutable"


async def show(request: web.Request) -> web.Response:
    found = await read_public_scheme(request.app[DATABASE], request.match_info["slug"], request.app[CLOCK]())
    return page(request, "schemes/public.html", **fields_of(found))


async def logo(request: web.Request) -> web.Response:
    media_type, content = await read_scheme_logo(
        request.app[DATABASE], request.match_info["slug"], request.match_info["hash"]
    )
    return web.Response(body=content, content_type=media_type, headers={hdrs.CACHE_CONTROL: FOREVER})
