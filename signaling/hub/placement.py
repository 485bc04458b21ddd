"""Which relay process a call lives in. Pure."""

from collections import Counter
from typing import Generic, Protocol, TypeVar


class Home(Protocol):
    """A relay process as far as placing goes."""

    @property
    def up(self) -> bool:
        """Whether calls can be served there now."""

    @property
    def draining(self) -> bool:
        """Whether it takes new calls only when no other can."""


H = TypeVar("H", bound=Home)


class Placement(Generic[H]):
    """Calls stay where they are as long as anybody is in them, and are new wherever the fewest calls are."""

    def __init__(self, homes: list[H]) -> None:
        self._homes = homes
        self._of: dict[str, H] = {}

    def home_of(self, call: str) -> H | None:
        """Where the call lives, if it does."""
        return self._of.get(call)

    def settle(self, call: str, home: H) -> None:
        """The call lives here."""
        self._of[call] = home

    def place(self, call: str) -> H | None:
        """Where to serve the call now; None while its home, or every home for a new call, is down."""
        home = self._of.get(call) or self._choose()
        if home is None or not home.up:
            return None
        self._of[call] = home
        return home

    def forget(self, call: str) -> None:
        """Nobody is in the call any more."""
        self._of.pop(call, None)

    def evict(self, home: H) -> None:
        """This relay process is lost: its calls are new."""
        self._of = {call: each for call, each in self._of.items() if each is not home}

    def _choose(self) -> H | None:
        calls = Counter(map(id, self._of.values()))
        up = [home for home in self._homes if home.up]
        return min(up, key=lambda home: (home.draining, calls[id(home)]), default=None)
