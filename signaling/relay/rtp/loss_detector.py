"""Packets of one track that did not come from the sender: it is asked for them at once, and again (RFC 4585).

A receiver would ask too, but a whole path later, over its own leg and the sender's. Where the network shuffles packets,
they are given the time that they were lately late by.
"""

from dataclasses import dataclass

# A longer gap is no loss that repair could mend in time.
MOST = 128
TRIES = 5
LONGEST_PATIENCE = 0.1
# Until the round trip is known, and at least.
ASK_AGAIN, ASK_AGAIN_EARLIEST = 0.1, 0.02


@dataclass(slots=True)
class Missing:
    """`since` is when it was missed, `due` when the sender is to be asked next."""

    since: float
    due: float
    asked: int = 0


class Gaps:
    """`expected` is the number that comes next when all goes well; `due` when `ask` has something to ask for."""

    __slots__ = ("_missing", "_patience", "due", "expected")

    def __init__(self) -> None:
        self.expected: int | None = None
        self.due: float | None = None
        self._missing: dict[int, Missing] = {}
        self._patience = 0.0

    def __contains__(self, number: int) -> bool:
        return number in self._missing

    def note(self, number: int, now: float) -> None:
        """A number came that was not the expected one."""
        expected = number if self.expected is None else self.expected
        ahead = (number - expected) & 0xFFFF
        if ahead >= 0x8000:
            self._come_late(number, now)
            return
        self.expected = (number + 1) & 0xFFFF
        if ahead > MOST:
            self._missing.clear()
            return
        due = now + self._patience
        for each in range(expected, expected + ahead):
            self._missing[each & 0xFFFF] = Missing(now, due)
        while len(self._missing) > MOST:
            del self._missing[next(iter(self._missing))]
        if ahead:
            self.due = due if self.due is None else min(self.due, due)

    def _come_late(self, number: int, now: float) -> None:
        missing = self._missing.pop(number, None)
        if missing is not None:
            self._patience = min(LONGEST_PATIENCE, max(self._patience, 1.25 * (now - missing.since)))

    def repaired(self, number: int) -> bool:
        """The sender sent this one again; whether it was missing."""
        if self._missing.pop(number, None) is None:
            return False
        self._patience *= 0.95
        return True

    def ask(self, now: float, round_trip: float | None) -> list[int]:
        """The numbers to ask the sender for now, oldest first; each up to TRIES times, a round trip apart."""
        if self.due is None or self.due > now:
            return []
        wait = ASK_AGAIN if round_trip is None else max(ASK_AGAIN_EARLIEST, 1.25 * round_trip)
        numbers = [number for number, missing in self._missing.items() if missing.due <= now]
        for number in numbers:
            missing = self._missing[number]
            missing.asked += 1
            missing.due = now + wait
        self._missing = {number: each for number, each in self._missing.items() if each.asked < TRIES}
        self.due = min((missing.due for missing in self._missing.values()), default=None)
        return numbers
