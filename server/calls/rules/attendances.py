"""What took place: attendances, and when a session was held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.i18n.texts import N_, Text

# How long somebody whose connection was lost has to come back to a call whose time is over.
COMING_BACK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Attendance:
    """One person was in a session. `left_at` is None while they are there."""

    uid: str
    person_id: int
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConnectionQuality:
    """How good an attendance's connection was: seconds connected, bytes from (in) and to (out) the browser, means of
    round trip and jitter in seconds and of the share of packets lost on the way to it. None: not measured."""

    connected_seconds: float | None
    bytes_in: int | None
    bytes_out: int | None
    round_trip: float | None
    jitter: float | None
    loss: float | None

    def describe(self) -> tuple[Text, ...]:
        """In a few words: 45 ms; 0.2% lost; 1.2 Mbit/s from and 0.8 to them. Empty when nothing was measured."""
        words = []
        if self.round_trip is not None:
            words.append(Text(N_("%(milliseconds)s ms"), {"milliseconds": round(self.round_trip * 1000)}))
        if self.loss is not None:
            words.append(Text(N_("%(share)s%% lost"), {"share": round(self.loss * 100, 1)}))
        if self.connected_seconds and self.bytes_in is not None and self.bytes_out is not None:
            sent, received = (
                round(each * 8e-6 / self.connected_seconds, 1) for each in (self.bytes_in, self.bytes_out)
            )
            rates = {"sent": sent, "received": received}
            words.append(Text(N_("%(sent)s Mbit/s sent, %(received)s received"), rates))
        return tuple(words)


def was_held(attendances: Sequence[Attendance]) -> bool:
    """Whether two different people were there at the same time."""
    return any(
        one.person_id != other.person_id and _met(one, other)
        for index, one in enumerate(attendances)
        for other in attendances[index + 1 :]
    )


def still_talking(attendances: Sequence[Attendance], now: datetime) -> bool:
    """Whether two different people are there, or were until a moment ago."""
    return len(people_here(attendances, now)) > 1


def people_here(attendances: Sequence[Attendance], now: datetime) -> frozenset[int]:
    """The ids of those who are there, or were until a moment ago."""
    return frozenset(each.person_id for each in attendances if each.left_at is None or now - each.left_at < COMING_BACK)


def _met(one: Attendance, other: Attendance) -> bool:
    return (one.left_at is None or other.joined_at < one.left_at) and (
        other.left_at is None or one.joined_at < other.left_at
    )
