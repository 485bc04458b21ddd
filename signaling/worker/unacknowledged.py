"""News of a relay process, numbered, and kept until a hub acknowledges it. Pure."""

from collections.abc import Iterator

from signaling.news import Joined, Left
from signaling.protocol.control import NumberedNews


class Unacknowledged:
    """Iterates over what was not acknowledged yet, oldest first."""

    def __init__(self) -> None:
        self._number = 0
        self._kept: dict[int, NumberedNews] = {}

    def __iter__(self) -> Iterator[NumberedNews]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, news: Joined | Left) -> NumberedNews:
        """Keep it under the next number; returns the message that carries it."""
        self._number += 1
        message = self._kept[self._number] = NumberedNews(self._number, news)
        return message

    def ack(self, number: int) -> None:
        """Forget everything up to and with this number."""
        for each in [each for each in self._kept if each <= number]:
            del self._kept[each]
