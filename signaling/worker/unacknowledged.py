"""News of a relay process, numbered, and kept until a hub acknowledges it. Pure."""

from collections.abc import Iterator

from msgspec import structs

from signaling.news import Joined, Left
from signaling.protocol import control


class Unacknowledged:
    """Iterates over what was not acknowledged yet, oldest first."""

    def __init__(self) -> None:
        self._number = 0
        self._kept: dict[int, control.StayCame | control.StayWent] = {}

    def __iter__(self) -> Iterator[control.StayCame | control.StayWent]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, news: Joined | Left) -> control.StayCame | control.StayWent:
        """Keep it under the next number; returns the message that carries it."""
        self._number += 1
        kind = control.StayCame if isinstance(news, Joined) else control.StayWent
        message = self._kept[self._number] = kind(number=self._number, **structs.asdict(news))
        return message

    def ack(self, number: int) -> None:
        """Forget everything up to and with this number."""
        for each in [each for each in self._kept if each <= number]:
            del self._kept[each]
