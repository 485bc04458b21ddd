"""Which relay process a call lives in. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar


class RelayState(Protocol):
    """What placing needs to know of a relay process."""

    @property
    def up(self) -> bool:
        """Whether calls can be served there now."""

    @property
    def draining(self) -> bool:
        """Whether it takes new calls only when no other can."""


R = TypeVar("R", bound=RelayState)


class Placement(Generic[R]):
    """A call stays in its relay process as long as somebody is in it; a new one goes where the fewest calls are."""

    def __init__(self, relays: Sequence[R]) -> None:
        self._relays = relays
        self._relay_of: dict[str, R] = {}

    def relay_of(self, call: str) -> R | None:
        """Where the call lives, if it does."""
        return self._relay_of.get(call)

    def assign(self, call: str, relay: R) -> None:
        """The call lives here."""
        self._relay_of[call] = relay

    def place(self, call: str) -> R | None:
        """Where to serve the call now; None while its relay process, or each of them for a new call, is down."""
        relay = self._relay_of.get(call) or self._choose()
        if relay is None or not relay.up:
            return None
        self._relay_of[call] = relay
        return relay

    def forget(self, call: str) -> None:
        """Nobody is in the call any more."""
        self._relay_of.pop(call, None)

    def evict(self, relay: R) -> None:
        """This relay process is lost: its calls are new."""
        self._relay_of = {call: each for call, each in self._relay_of.items() if each is not relay}

    def _choose(self) -> R | None:
        calls = Counter(map(id, self._relay_of.values()))
        up = [relay for relay in self._relays if relay.up]
        return min(up, key=lambda relay: (relay.draining, calls[id(relay)]), default=None)
