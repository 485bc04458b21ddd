"""Addresses in what people wrote become links: http and https alone, and everything else stays text."""

import re
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape

# No space, quote, bracket or control character; nor an invisible one, which could make an address look like another.
ADDRESS = re.compile(
    r"(?<![\w@])https?://[^\s<>\"`{}|\\^\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+", re.I
)
# What ends a sentence does not belong to the address.
TRAILING = ".,;:!?'*_~…“”‘’«»؟،؛"
BRACKETS = {")": "(", "]": "["}
LINK = Markup('<a href="{0}" rel="noopener noreferrer nofollow" dir="ltr">{0}</a>')


def linked(text: str) -> Markup:
    """The text as HTML, escaped, with a link for each web address in it."""
    parts, end = [], 0
    for found in ADDRESS.finditer(text):
        address = _trimmed(found[0])
        if _leads_where_it_says(address):
            parts += [escape(text[end : found.start()]), LINK.format(address)]
            end = found.start() + len(address)
    return Markup("").join([*parts, escape(text[end:])])


def _trimmed(address: str) -> str:
    while address:
        last = address[-1]
        opening = BRACKETS.get(last)
        if last not in TRAILING and (opening is None or address.count(opening) >= address.count(last)):
            break
        address = address[:-1]
    return address


def _leads_where_it_says(address: str) -> bool:
    """Not without a host, and not one that stands behind a name and an @."""
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False


def contact_link(contact: str) -> Markup:
    """A link to where a scheme is reached: a page or an email address."""
    if contact.startswith(("http://", "https://")):
        return linked(contact)
    return Markup('<a href="mailto:{0}" dir="ltr">{1}</a>').format(quote(contact, safe="@"), contact)
