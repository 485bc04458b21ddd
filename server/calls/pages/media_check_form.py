"""What the media check's page measured, as it sends it: JSON in a field of its form."""

import json
from ipaddress import ip_address
from typing import Any

from server.calls.rules.media_check import MOST_PATHS, MediaPath, MediaProtocol
from server.web.access import UnreadableRequest

FIELDS = {"transport", "ip", "port", "sent", "received", "milliseconds"}


def read_paths(typed: str) -> tuple[MediaPath, ...]:
    """Raises UnreadableRequest."""
    try:
        listed = json.loads(typed)
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_PATHS:
            raise ValueError(typed)
        return tuple(_path(each) for each in listed)
    except (ValueError, RecursionError) as error:
        raise UnreadableRequest from error


def _path(value: Any) -> MediaPath:
    if not isinstance(value, dict) or set(value) != FIELDS:
        raise ValueError(value)
    port, sent, received, took = (value[name] for name in ("port", "sent", "received", "milliseconds"))
    if any(type(each) is not int for each in (port, sent, received)) or type(took) not in (int, float, type(None)):
        raise ValueError(value)
    protocol, ip = MediaProtocol(value["transport"]), str(ip_address(str(value["ip"])))
    return MediaPath(protocol, ip, port, sent, received, None if took is None else float(took))
