"""What holds for the machines that serve one database together. Leases are judged by the database's clock only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

RENEW_EVERY = timedelta(seconds=0.5)
# Of a relay process since its latest heartbeat, which comes every second, and of a machine since it renewed.
LEASE = timedelta(seconds=3.5)
# Who renewed later than this after the last time did not see the database all the time.
LONGEST_GAP = timedelta(seconds=1.5)
# How long others have to renew once the database can be reached again, before their leases are judged.
GRACE = timedelta(seconds=3)
# The lease of one whose process is ending and leaves its calls to the next one.
RESTARTS_WITHIN = timedelta(seconds=15)
# After the end of its lease a machine is gone for good: others end the attendances that were its own.
GONE_AFTER = timedelta(seconds=60)
# Browsers of a call that was moved get to its new place in this time; until then the old one serves who is still there.
MOVED_WITHIN = timedelta(seconds=3)
# A call that is to be moved waits so long for a moment at which nobody speaks.
QUIET_WITHIN = timedelta(seconds=60)
# A call that is in use says so this often, and is forgotten when it has not for so long.
USE_EVERY = timedelta(seconds=30)
UNUSED_FOR = timedelta(minutes=2)
EVENTS_KEPT = timedelta(minutes=5)


class QuietMoments:
    """Which calls of relay processes that drain are not moved yet, as somebody is speaking: each process's calls wait
    QUIET_WITHIN for a quiet moment, and not longer."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def staying(self, talking: Mapping[str, Collection[str]], now: float) -> frozenset[str]:
        """The calls that wait. `talking` has those in which somebody speaks, by the relay process, for each that
        drains; `now` is in seconds, by a clock that only rises."""
        self._since = {relay: self._since.get(relay, now) for relay in talking}
        patience = QUIET_WITHIN.total_seconds()
        waiting = [calls for relay, calls in talking.items() if now - self._since[relay] < patience]
        return frozenset().union(*waiting)


class CannotTakePart(Exception):
    """This machine cannot serve together with the others; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One that serves the database. `address` (HOST:PORT) is where others reach its relay processes, empty where it has
    none; `certificate` (PEM) is what it shows them, and `secret_hash` is the same where the secret is."""

    name: str
    address: str
    region: str
    certificate: str
    secret_hash: str


@dataclass(frozen=True, slots=True)
class RelayReport:
    """What a machine says of one of its relay processes, `age` seconds after its latest heartbeat.

    `name` is of its life, `protocol` the version of the control protocol that it speaks, `people` their connections.
    """

    name: str
    number: int
    protocol: int
    draining: bool
    people: int
    age: float


@dataclass(frozen=True, slots=True)
class SeenMachine:
    """A machine as the database has it, with its relay processes that serve now. Its lease has been over for `late`
    seconds: 0 while it serves."""

    name: str
    address: str
    certificate: str
    secret_hash: str
    late: float
    relays: tuple[RelayReport, ...]


@dataclass(frozen=True, slots=True)
class OtherMachine:
    """What was found of a machine that may not fit to this one."""

    name: str
    address: str
    secret_hash: str


def refuse_misfits(own: Machine, others: tuple[OtherMachine, ...]) -> None:
    """Raises CannotTakePart when one of these machines, which serve now, has another secret or the same name."""
    for other in others:
        if other.name == own.name and other.address != own.address:
            raise CannotTakePart(
                f"The machine at {other.address or 'another address'} serves with the same file machine.pem. If it is "
                "not this one, delete that file in the data folder here; a new one is made."
            )
        if other.secret_hash != own.secret_hash:
            raise CannotTakePart(
                f"The machine at {other.address or other.name} serves this database with another secret. Set "
                "FIRESIDE_SECRET to the same text on each machine."
            )
