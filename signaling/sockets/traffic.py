"""What passes through a port: how many datagrams, and how long the relay keeps them."""

from dataclasses import dataclass


@dataclass(slots=True)
class Traffic:
    """`received` and `sent` count datagrams since the start, on TCP frames."""

    received: int = 0
    sent: int = 0
    _kept: float = 0.0
    _counted: int = 0
    _longest: float = 0.0

    def note(self, count: int, seconds: float) -> None:
        """So many datagrams were read together; what follows from them was handed to the system so much later."""
        self.received += count
        self._counted += count
        self._kept += count * seconds
        self._longest = max(self._longest, seconds)

    def take_delays(self) -> tuple[float, float]:
        """The mean and the longest delay since the last call, in seconds; 0 when nothing came."""
        mean, longest = self._kept / self._counted if self._counted else 0.0, self._longest
        self._kept, self._counted, self._longest = 0.0, 0, 0.0
        return mean, longest
