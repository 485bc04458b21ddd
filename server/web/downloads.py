"""Files of people, handed out as downloads only."""

from urllib.parse import quote

from aiohttp import hdrs, web

# Were a browser to open it in spite of the download: nothing in it runs or loads.
POLICY = "sandbox; default-src 'none'"


def download(name: str, content: bytes) -> web.Response:
    """Its name is written as RFC 8187 says."""
    headers = {
        hdrs.CONTENT_DISPOSITION: f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": POLICY,
    }
    return web.Response(body=content, content_type="application/octet-stream", headers=headers)
