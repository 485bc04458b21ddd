"""What took place: attendances, and when a session was held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attendance:
    """One person's stay in a session. `left_at` is None while they are there."""

    stay: str
    person_id: int
    joined_at: datetime
    left_at: datetime | None


def was_held(attendances: Sequence[Attendance]) -> bool:
    """Whether two different people were there at the same time."""
    return any(
        one.person_id != other.person_id and _met(one, other)
        for index, one in enumerate(attendances)
        for other in attendances[index + 1 :]
    )


def _met(one: Attendance, other: Attendance) -> bool:
    return (one.left_at is None or other.joined_at < one.left_at) and (
        other.left_at is None or one.joined_at < other.left_at
    )
