"""What the log says: nothing private and no secret, whatever a line is about, and no line too often."""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from server.db.database import Unavailable
from server.log_format import REQUEST_ID, LogFormat
from signaling.log_lines import json_line

PERIOD_S = 60.0
AT_FIRST = 3
MOST_KINDS = 1000
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "…"
# A shorter text is part of too many words.
SHORTEST_SECRET = 4

LineKind = tuple[str, int, str]

# An email address; a phone number with its country code; the address of a personal link, a guest's too, or a calendar
# feed; a secret of 256 bits by itself; what PostgreSQL tells about the row that a statement failed on; and bytes: what
# others sent, as in what aiohttp says of a request that it could not read.
PRIVATE = re.compile(
    r"""[^\s<>"'(),;:=\[\]{}/]+@[^\s<>"'(),;:=\[\]{}/]+"""
    r"|\+\d[\d ()./-]{6,}\d"
    r"|(?<=/[lg]/)(?!\{)[^\s\"']+|(?<=/feed/)[^\s\"']+"
    r"|(?<![\w-])(?=[\w-]*[A-Z])[\w-]{43}(?![\w-])"
    r"|(?<=DETAIL: ).*"
    r"|(?<!\w)b'.*'|(?<!\w)b\".*\""
)


@dataclass(slots=True)
class RepeatCount:
    """Of one kind of line, within a period that ends at `until` (monotonic seconds)."""

    until: float
    left: int
    left_out: int = 0


class RepeatedLines(logging.Filter):
    """Lets three warnings of a kind through, then one each minute, which says how many were left out.

    A kind is what one statement of the code logs. `say` takes the record that says how many were left out when no
    further line of the kind came.
    """

    def __init__(self, say: Callable[[logging.LogRecord], None], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._say = say
        self._clock = clock
        self._kinds: dict[LineKind, RepeatCount] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        _drop_traceback(record)
        now, kind = self._clock(), _kind_of(record)
        count = self._kinds.pop(kind, None)
        self._end_periods(now)
        left_out = 0
        if count is None or now >= count.until:
            left_out = count.left_out if count else 0
            # While the storm goes on, one line a period is enough.
            count = RepeatCount(now + PERIOD_S, 1 if left_out else AT_FIRST)
        self._kinds[kind] = count
        if not count.left:
            count.left_out += 1
            return False
        count.left -= 1
        if left_out:
            record.msg, record.args = f"{record.getMessage()} ({_said(left_out)})", ()
        return True

    def _end_periods(self, now: float) -> None:
        """Forgets what is over, and says what was left out of it."""
        for kind in [kind for kind, count in self._kinds.items() if now >= count.until]:
            count = self._kinds.pop(kind)
            if count.left_out:
                name, level, text = kind
                self._say(logging.LogRecord(name, level, "", 0, f"{_said(count.left_out)}: {text}", (), None))
        if len(self._kinds) > MOST_KINDS:
            self._kinds.clear()


class PrivateFormatter(logging.Formatter):
    """Formats a record, with its traceback, and hides in it what is private, and each of the secrets."""

    def __init__(self, template: str, secrets: Iterable[str] = ()) -> None:
        super().__init__(template)
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return PRIVATE.sub(HIDDEN, hide(super().format(record), self._secrets))


class JsonFormatter(PrivateFormatter):
    """Formats a record as one line of JSON: when, how bad, by which module, what, and within which request."""

    def format(self, record: logging.LogRecord) -> str:
        request = REQUEST_ID.get()
        return json_line(record, super().format(record), **{"request": request} if request else {})


def hide(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets. The longest is hidden first: a shorter one may be part of it."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    return text


def log_to_stderr(secrets: Iterable[str] = (), form: LogFormat = LogFormat.TEXT) -> None:
    """Sends all that is logged in this process to stderr, from INFO on, in place of what was set up before."""
    handler = logging.StreamHandler(sys.stderr)
    json_lines = form is LogFormat.JSON
    handler.setFormatter(JsonFormatter("%(message)s", secrets) if json_lines else PrivateFormatter(FORMAT, secrets))

    def say(record: logging.LogRecord) -> None:
        handler.acquire()
        try:
            handler.emit(record)
        finally:
            handler.release()

    handler.addFilter(RepeatedLines(say))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


def _kind_of(record: logging.LogRecord) -> LineKind:
    """By the text before its values are put in; asyncio puts them in itself, after the first line."""
    return record.name, record.levelno, str(record.msg).partition("\n")[0]


def _said(left_out: int) -> str:
    return f"{left_out} more like this {'was' if left_out == 1 else 'were'} left out"


def _drop_traceback(record: logging.LogRecord) -> None:
    """That the database is away is no fault of the code that asked it."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, Unavailable):
        # The template stays as it is: it names the kind of line.
        record.exc_info, record.args = None, (*_arguments(record), error)
        record.msg = f"{record.msg}: %s"


def _arguments(record: logging.LogRecord) -> tuple[object, ...]:
    return record.args if isinstance(record.args, tuple) else (record.args,)
