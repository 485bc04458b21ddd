"""The attendances that go on, in which relay process each is, and how good their connections are. Pure but for those
who watch."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from signaling.news import Joined, Sample

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class LiveAttendance(Generic[R]):
    """Somebody in a call: since when, in which relay process, and how good their connection was last."""

    joined: Joined
    relay: R
    newest: Sample | None


class LiveAttendances(Generic[R]):
    """Iterates over their names, oldest first."""

    def __init__(self) -> None:
        self._attendances: dict[str, tuple[Joined, R]] = {}
        self._newest: dict[str, Sample] = {}
        # Those that were not taken yet.
        self._samples: list[Sample] = []
        self._watching: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return len(self._attendances)

    def __iter__(self) -> Iterator[str]:
        return iter(self._attendances)

    @property
    def live(self) -> tuple[LiveAttendance[R], ...]:
        """All of them, oldest first."""
        found = self._attendances.items()
        return tuple(LiveAttendance(joined, relay, self._newest.get(name)) for name, (joined, relay) in found)

    @property
    def calls(self) -> frozenset[str]:
        """The calls with somebody in them."""
        return frozenset(joined.call for joined, _ in self._attendances.values())

    def names_in(self, relays: Collection[R]) -> tuple[str, ...]:
        """The names of those in these relay processes, oldest first."""
        return tuple(name for name, (_, relay) in self._attendances.items() if relay in relays)

    def calls_in(self, relays: Collection[R]) -> frozenset[str]:
        """The calls with somebody in them in these relay processes."""
        return frozenset(joined.call for joined, relay in self._attendances.values() if relay in relays)

    @property
    def places(self) -> set[tuple[str, R]]:
        """Each call with each relay process in which somebody is in it."""
        return {(joined.call, relay) for joined, relay in self._attendances.values()}

    def add(self, joined: Joined, relay: R) -> None:
        """Somebody joined in this relay process."""
        self._attendances[joined.attendance] = joined, relay
        self._tell()

    def remove(self, attendance: str) -> None:
        """They left. One that is not known is no error."""
        self._attendances.pop(attendance, None)
        self._newest.pop(attendance, None)
        self._tell()

    def remove_all(self, relay: R) -> list[Joined]:
        """Forget those of this relay process; returns them."""
        removed = [joined for joined, of in self._attendances.values() if of is relay]
        for each in removed:
            self.remove(each.attendance)
        self._tell()
        return removed

    def measure(self, samples: Collection[Sample], *, keep: bool = True) -> None:
        """Their connections were measured. To `keep`: `take_samples` hands them out."""
        own = [each for each in samples if each.attendance in self._attendances]
        self._newest.update({each.attendance: each for each in own})
        self._samples += own if keep else []
        self._tell()

    def take_samples(self) -> tuple[Sample, ...]:
        """What was measured since the last time."""
        samples, self._samples = tuple(self._samples), []
        return samples

    @contextmanager
    def watch(self, changed: Callable[[], None]) -> Iterator[None]:
        """Calls `changed` whenever something here has changed, until the block ends."""
        self._watching.append(changed)
        try:
            yield
        finally:
            self._watching.remove(changed)

    def _tell(self) -> None:
        for changed in list(self._watching):
            changed()
