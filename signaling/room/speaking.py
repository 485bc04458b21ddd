"""How the speaking time of one call was shared, pure: told to the people in it, and to nobody else."""

from collections import defaultdict, deque

from signaling.protocol.messages import Speaking, Spoken

RECENT = 600.0
# Seconds that are added up before they are kept as one entry.
STEP = 10.0
TOLD_EVERY = 5.0


class SpeakingTally:
    """Seconds spoken by each person, all in all and in the last RECENT seconds.

    Anybody in the call can switch it off for all; then it is forgotten and stays off.
    """

    def __init__(self) -> None:
        self.on = True
        self._totals: dict[str, float] = defaultdict(float)
        # By person: when an entry began, and the seconds spoken in it.
        self._steps: dict[str, deque[list[float]]] = defaultdict(deque)
        self._told_at = float("-inf")

    def add(self, person: str, seconds: float, now: float) -> None:
        """This person spoke for so many seconds until `now`."""
        if not self.on or seconds <= 0:
            return
        self._totals[person] += seconds
        steps = self._steps[person]
        if not steps or now - steps[-1][0] >= STEP:
            steps.append([now, 0.0])
        steps[-1][1] += seconds
        self._forget(now)

    def switch_off(self) -> None:
        """Forget everything, and count no more."""
        self.on = False
        self._totals.clear()
        self._steps.clear()

    def due(self, now: float) -> bool:
        """Whether everybody is to be told again; true once in TOLD_EVERY seconds."""
        if not self.on or not self._totals or now - self._told_at < TOLD_EVERY:
            return False
        self._told_at = now
        return True

    def message(self, now: float) -> Speaking:
        """What the people of the call are told."""
        self._forget(now)
        return Speaking(self.on, tuple(self._spoken(person) for person in self._totals))

    def _spoken(self, person: str) -> Spoken:
        recent = sum(seconds for _, seconds in self._steps[person])
        return Spoken(person, round(recent, 1), round(self._totals[person], 1))

    def _forget(self, now: float) -> None:
        for steps in self._steps.values():
            while steps and now - steps[0][0] > RECENT:
                steps.popleft()
