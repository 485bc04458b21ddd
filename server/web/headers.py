"""The headers of every response: a strict Content-Security-Policy with a fresh nonce, and no leaks to other sites."""

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from server.config import Settings
from server.web.keys import NONCE, STATIC_FILE

FIXED = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
}
# A page at a link's own address says why it does not open: what that page loads must not name the link.
LINKS = ("/l/", "/g/")
# What a script, a style or a picture needs of them: a page has some seventy, and headers were a third of what it loads.
# What a worker imports follows the policy of its own script.
OF_STATIC_FILES = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'",
}
ONLY_TLS = {"Strict-Transport-Security": "max-age=31536000"}


@web.middleware
async def nonce_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    request[NONCE] = secrets.token_urlsafe(16)
    return await handler(request)


def headers_signal(settings: Settings) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Adds the headers just before a response is sent, also to one that its handler sends bit by bit."""
    socket = f"{'wss' if settings.secure else 'ws'}://{urlsplit(settings.base_url).netloc}"
    fixed = FIXED | (ONLY_TLS if settings.secure else {})

    async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
        # aiohttp's name and version are nobody's business.
        response.headers.pop(hdrs.SERVER, None)
        if STATIC_FILE in request:
            response.headers.update(OF_STATIC_FILES)
            return
        response.headers.update(fixed)
        if request.path.startswith(LINKS):
            response.headers["Referrer-Policy"] = "strict-origin"
        # aiohttp refuses an unknown Expect by itself, before there is a nonce.
        nonce = request.get(NONCE) or secrets.token_urlsafe(16)
        response.headers.setdefault("Content-Security-Policy", _policy(nonce, socket))
        response.headers.setdefault("Cache-Control", "no-store")

    return add_headers


def _policy(nonce: str, socket: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "worker-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self' {socket}",
            "media-src 'self' blob:",
            "font-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
