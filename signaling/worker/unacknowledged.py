"""News of a relay process, numbered, and kept until a hub has heard it. Pure."""

from collections.abc import Iterator
from dataclasses import fields

from signaling.news import Came, Went
from signaling.protocol import control


class Unheard:
    """Iterates over what was not heard yet, oldest first."""

    def __init__(self) -> None:
        self._number = 0
        self._kept: dict[int, control.StayCame | control.StayWent] = {}

    def __iter__(self) -> Iterator[control.StayCame | control.StayWent]:
        return iter(self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, news: Came | Went) -> control.StayCame | control.StayWent:
        """Keep it under the next number; the message that tells it."""
        self._number += 1
        kind = control.StayCame if isinstance(news, Came) else control.StayWent
        said = {each.name: getattr(news, each.name) for each in fields(news)}
        message = self._kept[self._number] = kind(number=self._number, **said)
        return message

    def heard(self, number: int) -> None:
        """Forget everything up to and with this number."""
        for each in [each for each in self._kept if each <= number]:
            del self._kept[each]
