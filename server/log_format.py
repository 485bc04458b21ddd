"""How the log is written, and what of a request stands in it."""

from contextvars import ContextVar
from enum import StrEnum


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


# A random name of the request that runs, empty outside of one: its lines in the log belong together.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
