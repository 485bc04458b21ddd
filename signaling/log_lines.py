"""Lines of the log as JSON: one object each, with the same names in every process."""

import json
import logging
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """When (UTC), how bad, by which module, and what; with a traceback, that is part of what."""

    def format(self, record: logging.LogRecord) -> str:
        return json_line(record, super().format(record))


def json_line(record: logging.LogRecord, message: str, **more: str) -> str:
    """The record as one line, with this message, and more by name."""
    line = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": message,
    }
    return json.dumps(line | more, ensure_ascii=False)
