"""Other addresses under which people have opened the pages. There no form and no call works."""

import logging
from collections.abc import Callable

from server.origin import origin_of

MOST = 5
FOREIGN = "pages were opened at %s, but FIRESIDE_BASE_URL is %s: no form works there. If it is the right one, set it."

log = logging.getLogger(__name__)


class ForeignOrigins:
    """The first few, since the start; for the log and for `fireside doctor`. `add` is called with each."""

    def __init__(self, add: Callable[[str], None] | None = None) -> None:
        self.add = add or self._add
        self.seen: list[str] = []

    def note(self, origin: str, own: str) -> None:
        """`origin` is what a browser has sent; it may be anything."""
        try:
            origin = origin_of(origin)
        except ValueError:
            return
        log.warning(FOREIGN, origin, own)
        self.add(origin)

    def _add(self, origin: str) -> None:
        if origin not in self.seen and len(self.seen) < MOST:
            self.seen.append(origin)
