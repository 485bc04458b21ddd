"""How good the connection of a peer was in the last seconds, from what is seen of it every second or so. Pure."""

from signaling.news import Sample
from signaling.relay.events import Figures


class Meter:
    """Of one peer: adds up its figures until they are read. `spoke`: whether its person spoke between the last two
    looks."""

    def __init__(self, figures: Figures, now: float) -> None:
        self.spoke = False
        self._speaking = figures.speaking_seconds
        self._begin(figures, now)

    def look(self, figures: Figures) -> None:
        """These are the peer's figures now."""
        self.spoke, self._speaking = figures.speaking_seconds > self._speaking, figures.speaking_seconds
        if figures.loss is not None:
            self._losses.append(figures.loss)
        if figures.round_trip is not None:
            self._trips.append(figures.round_trip)

    def read(self, attendance: str, figures: Figures, now: float, at: float) -> Sample | None:
        """The means since the last reading, taken at `at` (unix time); None when no time has passed.

        Figures of a peer that sent nothing are old ones: nothing was measured.
        """
        seconds = now - self._since
        if seconds <= 0:
            return None
        came, went = figures.bytes_in - self._bytes_in, figures.bytes_out - self._bytes_out
        losses, trips = (self._losses, self._trips) if came else ([], [])
        self._begin(figures, now)
        return Sample(attendance, round(at, 3), _mean(losses), _mean(trips), came / seconds, went / seconds)

    def _begin(self, figures: Figures, now: float) -> None:
        self._since = now
        self._bytes_in, self._bytes_out = figures.bytes_in, figures.bytes_out
        self._losses: list[float] = []
        self._trips: list[float] = []


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
