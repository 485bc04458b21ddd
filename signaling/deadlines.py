"""When something is due for each of many: the earliest is found without looking at the others. Pure."""

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
# So many entries that are out of date are kept before they are removed, whatever the number of keys.
SPARE = 64


class Deadlines(Generic[K]):
    """One time for each key, in seconds of any clock."""

    def __init__(self) -> None:
        self._when: dict[K, float] = {}
        # An entry counts only while `_when` says the same. The number keeps keys from being compared.
        self._heap: list[tuple[float, int, K]] = []
        self._number = 0

    @property
    def due(self) -> float | None:
        """The earliest time, or None when there is none."""
        while self._heap and self._when.get(self._heap[0][2]) != self._heap[0][0]:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def set(self, key: K, when: float | None) -> None:
        """Something is due for this key at this time, and not when it was said before; None: nothing is."""
        if when is None:
            self._when.pop(key, None)
        elif self._when.get(key) != when:
            self._when[key] = when
            self._number += 1
            heappush(self._heap, (when, self._number, key))
        if len(self._heap) > 2 * len(self._when) + SPARE:
            self._heap = [entry for entry in self._heap if self._when.get(entry[2]) == entry[0]]
            heapify(self._heap)

    def bring_forward(self, key: K, when: float) -> None:
        """Something is due for this key at this time, if not earlier."""
        if when < self._when.get(key, float("inf")):
            self.set(key, when)

    def take_due(self, now: float) -> list[K]:
        """The keys whose time has come, earliest first; each has none any more."""
        taken = []
        while (due := self.due) is not None and due <= now:
            key = heappop(self._heap)[2]
            del self._when[key]
            taken.append(key)
        return taken
