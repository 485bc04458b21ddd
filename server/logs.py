"""What the log says: nothing private, whatever an error or a library puts into a line."""

import logging
import re
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "…"

# An email address; a phone number with its country code; the address of a personal link or a calendar feed; a secret of
# 256 bits by itself; what PostgreSQL tells about the row that a statement failed on; and bytes: what others sent,
# as in what aiohttp says of a request that it could not read.
PRIVATE = re.compile(
    r"""[^\s<>"'(),;:=\[\]{}/]+@[^\s<>"'(),;:=\[\]{}/]+"""
    r"|\+\d[\d ()./-]{6,}\d"
    r"|(?<=/l/)(?!\{)[^\s\"']+|(?<=/feed/)[^\s\"']+"
    r"|(?<![\w-])(?=[\w-]*[A-Z])[\w-]{43}(?![\w-])"
    r"|(?<=DETAIL: ).*"
    r"|(?<!\w)b'.*'|(?<!\w)b\".*\""
)


class PrivateFormatter(logging.Formatter):
    """Formats a record, with its traceback, and hides what is private in it."""

    def format(self, record: logging.LogRecord) -> str:
        return PRIVATE.sub(HIDDEN, super().format(record))


def log_to_stderr() -> None:
    """Sends all that is logged in this process to stderr, from INFO on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PrivateFormatter(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
