"""How far a matching is, and whether it is to go on."""

from collections.abc import Callable

from server.matching.rules.model import MatchingCancelled


class Progress:
    """Says each percent once, and never a lower one."""

    def __init__(self, tell: Callable[[int], None], cancelled: Callable[[], bool]) -> None:
        self._tell = tell
        self._cancelled = cancelled
        self._reached = 0

    def reach(self, percent: int) -> None:
        """Raises MatchingCancelled."""
        if self._cancelled():
            raise MatchingCancelled
        if percent > self._reached:
            self._reached = percent
            self._tell(percent)

    def within(self, first: int, last: int, done: int, of: int) -> None:
        """`done` of a number of steps that lead from one percent to another. Raises MatchingCancelled."""
        self.reach(first + (last - first) * done // max(1, of))
