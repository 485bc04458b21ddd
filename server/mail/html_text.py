"""The text of an email that came as HTML only: its words and lines, with "> " before what it quotes.

The standard library's parser takes minutes for some texts that are not HTML; this one looks at each letter once.
"""

import re
from collections.abc import Iterator
from html import unescape

MOST_HTML = 300_000
# What they hold is not seen.
HIDDEN = ("head", "script", "style", "title", "template")
BLOCKS = frozenset(
    {"address", "article", "blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li"}
    | {"ol", "p", "pre", "section", "table", "tr", "ul"}
)
TAG_NAME = re.compile(r"/?[a-z][a-z0-9]*", re.IGNORECASE | re.ASCII)


def text_of_html(html: str) -> str:
    """The lines that one sees. Of a longer text than MOST_HTML, the beginning."""
    lines = _Lines()
    for tag, text in _pieces(html[:MOST_HTML]):
        if tag:
            lines.take_tag(tag)
        else:
            lines.take_text(unescape(text))
    return lines.text


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """The names of the tags, in small letters and with a slash where they end; and with an empty name the texts between
    them."""
    small, place, hidden = html.lower(), 0, set(HIDDEN)
    if len(small) != len(html):
        small = html
    while (begin := html.find("<", place)) >= 0:
        yield "", html[place:begin]
        comment = html.startswith("<!--", begin)
        named = TAG_NAME.match(html, begin + 1)
        if not comment and not named and html[begin + 1 : begin + 2] not in ("!", "?", "/"):
            yield "", "<"
            place = begin + 1
            continue
        end = html.find("-->" if comment else ">", begin)
        if end < 0:
            # Whatever this is, it does not end.
            return
        place = end + (3 if comment else 1)
        name = named[0].lower() if named and not comment else ""
        if name in hidden:
            until = small.find(f"</{name}", place)
            if until < 0:
                hidden.remove(name)
            place = max(place, until)
        if name:
            yield name, ""
    yield "", html[place:]


class _Lines:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._as_typed = 0

    @property
    def text(self) -> str:
        self._end_line()
        return "\n".join(self._lines).strip()

    def take_tag(self, tag: str) -> None:
        name = tag.lstrip("/")
        begins = 1 if tag == name else -1
        if name in BLOCKS:
            self._end_line()
        if name == "br" or (name == "p" and begins < 0):
            self._break()
        if tag == "li":
            self._line.append("- ")
        if name == "blockquote":
            self._quotes = max(0, self._quotes + begins)
        if name == "pre":
            self._as_typed = max(0, self._as_typed + begins)

    def take_text(self, text: str) -> None:
        if not self._as_typed:
            self._line.append(re.sub(r"[ \t\r\n\f]+", " ", text))
            return
        first, *others = text.split("\n")
        self._line.append(first)
        for line in others:
            self._break()
            self._line.append(line)

    def _end_line(self) -> None:
        """A line without words is none."""
        if "".join(self._line).strip():
            self._break()
        else:
            self._line.clear()

    def _break(self) -> None:
        line = "".join(self._line)
        # A text of nothing but quotes within quotes would grow without end.
        self._lines.append(
            "> " * min(self._quotes, 5) + (line.rstrip() if self._as_typed else re.sub(" {2,}", " ", line.strip()))
        )
        self._line.clear()
