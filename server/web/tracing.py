"""Traces of requests: which route, how long, and the transactions within, as OpenTelemetry spans.

Each request is a trace of its own: strangers choose no ids here. No span holds an address, a link or a person.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from server.log_format import REQUEST_ID

# What is not sent in time is forgotten: traces must not fill the memory.
MOST_SPANS = 4096
INTERNAL, SERVER = 1, 2
FAILED = 2
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """`kind` is INTERNAL or SERVER; `start` and `end` are unix times in nanoseconds; a request has no `parent`."""

    trace: str
    name: str
    kind: int
    start: int
    end: int
    parent: str = ""
    failed: bool = False
    attributes: Mapping[str, str | int] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(8))

    def as_json(self) -> dict[str, Any]:
        """As OTLP has it in JSON: numbers of 64 bits are strings, and ids are hexadecimal."""
        return {
            "traceId": self.trace,
            "spanId": self.id,
            "parentSpanId": self.parent,
            "name": self.name,
            "kind": self.kind,
            "startTimeUnixNano": str(self.start),
            "endTimeUnixNano": str(self.end),
            "attributes": attributes_as_json(self.attributes),
            "status": {"code": FAILED} if self.failed else {},
        }


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """The request that runs now."""

    trace: str
    id: str
    start: int


OPEN: ContextVar[OpenRequest | None] = ContextVar("open_request", default=None)


class Tracer:
    """Collects spans until they are taken. `clock` gives unix time in nanoseconds."""

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._spans: list[Span] = []

    def begin_request(self) -> None:
        """The current task serves a request."""
        OPEN.set(OpenRequest(secrets.token_hex(16), secrets.token_hex(8), self._clock()))

    def end_request(self, method: str, route: str, status: int) -> None:
        """It is answered. Nothing is kept of open streams and sockets, of files, and of whether all is well."""
        request = OPEN.get()
        OPEN.set(None)
        if request is None or route.endswith(("/socket", "/events")) or route.startswith(("/static/", "/healthz")):
            return
        attributes: dict[str, str | int] = {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
            "fireside.request": REQUEST_ID.get(),
        }
        name, failed = f"{method} {route}", status >= 500
        self._add(Span(request.trace, name, SERVER, request.start, self._clock(), "", failed, attributes, request.id))

    def note_transaction(self, work: str, seconds: float) -> None:
        """A transaction has ended that was open for so long; `work` is read or write. Jobs have no trace."""
        request = OPEN.get()
        if request is not None:
            end = self._clock()
            start = max(request.start, end - int(seconds * NANOSECONDS))
            self._add(Span(request.trace, f"database {work}", INTERNAL, start, end, request.id))

    def _add(self, span: Span) -> None:
        if len(self._spans) < MOST_SPANS:
            self._spans.append(span)

    def take(self) -> list[Span]:
        """What has ended since the last time."""
        spans, self._spans = self._spans, []
        return spans


def attributes_as_json(attributes: Mapping[str, str | int]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": {"stringValue": value} if isinstance(value, str) else {"intValue": str(value)}}
        for key, value in attributes.items()
    ]


def spans_as_json(spans: Sequence[Span], version: str) -> dict[str, Any]:
    """The request of OTLP (ExportTraceServiceRequest)."""
    resource = {"service.name": "fireside", "service.version": version}
    scope = {"scope": {"name": "fireside"}, "spans": [span.as_json() for span in spans]}
    return {"resourceSpans": [{"resource": {"attributes": attributes_as_json(resource)}, "scopeSpans": [scope]}]}
