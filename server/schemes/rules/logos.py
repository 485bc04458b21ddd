"""The picture of a scheme: which kinds of files are taken, found by their first bytes and not by what they are called.

SVG is not among them: it can carry scripts.
"""

from server.errors import InvalidInput
from server.i18n.texts import N_

LOGO_LIMIT = 200 * 1024
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def logo_type(content: bytes) -> str:
    """Its media type. Raises InvalidInput about the logo."""
    if len(content) > LOGO_LIMIT:
        raise InvalidInput(
            "logo", N_("Please choose a smaller picture, of at most %(most)s kB."), most=LOGO_LIMIT // 1024
        )
    if content.startswith(PNG):
        return "image/png"
    if content.startswith(JPEG):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    raise InvalidInput("logo", N_("Please choose a picture of the kind PNG, JPEG or WebP."))
