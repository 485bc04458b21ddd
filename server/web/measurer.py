"""Who takes what a process measures: the metrics themselves in the main process, a buffer in a process for pages."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from signaling.quality import Quality

# Sent together to the main process.
FLUSH_AFTER_S, MOST_TOGETHER = 1.0, 100


class Measurer(Protocol):
    """Takes what a process measures. `route` is the path of a route, as server/routes.py has it, never an address."""

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None: ...

    def note_transaction(self, work: str, seconds: float) -> None: ...


class MainMeasurer(Measurer, Protocol):
    """In the main process."""

    def note_all(self, measurements: list[Any]) -> None: ...

    def note_page_process_lost(self) -> None: ...

    def note_round(self, job: str, outcome: str, now: datetime) -> None: ...

    def note_reply(self, outcome: str) -> None: ...

    def note_left(self, why: str, quality: Quality) -> None: ...


class MeasurementBuffer:
    """In a process for pages: passes measurements on, some at a time."""

    def __init__(self, pass_on: Callable[[list[Any]], None]) -> None:
        self._pass_on = pass_on
        self._waiting: list[Any] = []

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        self._add("note_request", method, route, status, seconds)

    def note_transaction(self, work: str, seconds: float) -> None:
        self._add("note_transaction", work, seconds)

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._pass_on(waiting)

    def _add(self, *measurement: Any) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_AFTER_S, self.flush)
        self._waiting.append(measurement)
        if len(self._waiting) >= MOST_TOGETHER:
            self.flush()
