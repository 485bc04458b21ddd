"""Packets of one track that did not arrive from the sender, who is asked for them at once, and again (RFC 4585).

A receiver would ask too, but later: after the whole path from sender to receiver and back. Where the network reorders
packets, the relay first waits as long as late packets lately needed.
"""

from dataclasses import dataclass

# A longer gap is more than retransmissions could repair in time.
MAX_MISSING = 128
MAX_REQUESTS = 5
MAX_REORDER_SECONDS = 0.1
# Until the round trip is known, and at least.
RETRY_SECONDS, MIN_RETRY_SECONDS = 0.1, 0.02


@dataclass(slots=True)
class MissingPacket:
    """`since` is when it was missed first, `due` when the sender must be asked next."""

    since: float
    due: float
    requests: int = 0


class LossDetector:
    """`expected` is the sequence number that comes next if nothing is lost; `due` is when to call `take_due`."""

    __slots__ = ("_missing", "_reorder_seconds", "due", "expected")

    def __init__(self) -> None:
        self.expected: int | None = None
        self.due: float | None = None
        self._missing: dict[int, MissingPacket] = {}
        self._reorder_seconds = 0.0

    def __contains__(self, number: int) -> bool:
        return number in self._missing

    def add(self, number: int, now: float) -> None:
        """A number arrived that was not the expected one."""
        expected = number if self.expected is None else self.expected
        ahead = (number - expected) & 0xFFFF
        if ahead >= 0x8000:
            self._add_late(number, now)
            return
        self.expected = (number + 1) & 0xFFFF
        if ahead > MAX_MISSING:
            self._missing.clear()
            return
        due = now + self._reorder_seconds
        for each in range(expected, expected + ahead):
            self._missing[each & 0xFFFF] = MissingPacket(now, due)
        while len(self._missing) > MAX_MISSING:
            del self._missing[next(iter(self._missing))]
        if ahead:
            self.due = due if self.due is None else min(self.due, due)

    def _add_late(self, number: int, now: float) -> None:
        missing = self._missing.pop(number, None)
        if missing is not None:
            late = 1.25 * (now - missing.since)
            self._reorder_seconds = min(MAX_REORDER_SECONDS, max(self._reorder_seconds, late))

    def recover(self, number: int) -> bool:
        """The sender retransmitted this number; returns whether it was missing."""
        if self._missing.pop(number, None) is None:
            return False
        self._reorder_seconds *= 0.95
        return True

    def take_due(self, now: float, round_trip: float | None) -> list[int]:
        """The numbers to request from the sender now, oldest first; each up to MAX_REQUESTS times, a round trip
        apart."""
        if self.due is None or self.due > now:
            return []
        wait = RETRY_SECONDS if round_trip is None else max(MIN_RETRY_SECONDS, 1.25 * round_trip)
        numbers = [number for number, missing in self._missing.items() if missing.due <= now]
        for number in numbers:
            missing = self._missing[number]
            missing.requests += 1
            missing.due = now + wait
        self._missing = {number: each for number, each in self._missing.items() if each.requests < MAX_REQUESTS}
        self.due = min((missing.due for missing in self._missing.values()), default=None)
        return numbers
