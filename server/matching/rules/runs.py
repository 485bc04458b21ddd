"""A run of the matching of a scheme, which a process of its own makes.

    waiting -> running -> done
    waiting | running -> cancelled
    running -> failed | lost

The process that looks after a run holds a lease on it and renews it. If that process dies, the run is lost after LEASE,
and another one can be started. At most one run of a scheme waits or runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.errors import DomainError
from server.i18n.texts import N_

LEASE = timedelta(seconds=30)
SEEDS = range(1, 2**31)


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    LOST = "lost"


class RunEvent(StrEnum):
    BEGIN = "begin"
    FINISH = "finish"
    CANCEL = "cancel"
    FAIL = "fail"
    LEASE_OVER = "lease_over"


class RunSide(StrEnum):
    COORDINATOR = "coordinator"
    CLOCK = "clock"
    SYSTEM = "system"


S, E = RunState, RunEvent

TRANSITIONS: Mapping[tuple[RunState, RunEvent], tuple[RunSide, RunState]] = {
    (S.WAITING, E.BEGIN): (RunSide.SYSTEM, S.RUNNING),
    (S.WAITING, E.CANCEL): (RunSide.COORDINATOR, S.CANCELLED),
    (S.RUNNING, E.FINISH): (RunSide.SYSTEM, S.DONE),
    (S.RUNNING, E.CANCEL): (RunSide.COORDINATOR, S.CANCELLED),
    (S.RUNNING, E.FAIL): (RunSide.SYSTEM, S.FAILED),
    (S.RUNNING, E.LEASE_OVER): (RunSide.CLOCK, S.LOST),
}
LIVE = frozenset({S.WAITING, S.RUNNING})


class RunOver(DomainError):
    sentence = N_("This run has ended already. Nothing was changed.")


class RunStands(DomainError):
    sentence = N_("A run of this scheme is under way. Wait until it has ended, or cancel it.")


@dataclass(frozen=True, slots=True)
class MatchRun:
    """`seed` settles ties; `digest` is that of what was read, the same for the same; `progress` is in percent.
    `lease_until` is None unless it runs, `report` the JSON of how it came out, None unless it is done."""

    id: int
    scheme_id: int
    account_id: int
    state: RunState
    seed: int
    digest: str | None
    progress: int
    made_at: datetime
    lease_until: datetime | None
    ended_at: datetime | None
    report: str | None

    def as_of(self, now: datetime) -> RunState:
        """The state as it stands now: its lease may be over before the clock has come to it."""
        lost = self.lease_until is not None and now >= self.lease_until
        return next_state(self.state, E.LEASE_OVER) if self.state is S.RUNNING and lost else self.state


def next_state(state: RunState, event: RunEvent) -> RunState:
    """Raises RunOver where the event changes nothing."""
    if (state, event) not in TRANSITIONS:
        raise RunOver
    return TRANSITIONS[state, event][1]
