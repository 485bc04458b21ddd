"""Lines of the log as JSON."""

import json
import logging
import sys

from signaling.log_lines import JsonLines


def test_a_line_is_one_object_also_with_a_traceback() -> None:
    try:
        raise ValueError('an "odd"\nvalue')
    except ValueError:
        record = logging.LogRecord("signaling.worker", logging.ERROR, "", 0, "relay %s ends", ("a9cf",), sys.exc_info())
    record.created = 1_795_000_000.25
    line = JsonLines().format(record)
    assert "\n" not in line
    found = json.loads(line)
    assert found.pop("message").splitlines()[0] == "relay a9cf ends"
    assert found == {"time": "2026-11-18T11:06:40.250+00:00", "level": "error", "logger": "signaling.worker"}
