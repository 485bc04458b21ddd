"""How good somebody's connection was over a call: a sample every ten seconds, kept in parts of a quarter of an hour.

A part is a text, for it to stand in exports as it is: of each sample its second in the part, loss in thousandths, round
trip in milliseconds, and rates from and to the browser in kbit/s; what was not measured is empty. "20,3,45,310,900;"
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from signaling.quality import Grade, grade

PART = timedelta(minutes=15)
# So many poor samples within a part make a poor call: a minute.
POOR_SAMPLES = 6
WORST_FIRST: tuple[Grade, ...] = ("poor", "weak", "good", "")


@dataclass(frozen=True, slots=True)
class ConnectionSample:
    """The ten seconds before `at`: share of packets lost (0 to 1) and round trip in seconds, None when not measured;
    rates from (in) and to (out) the browser in kbit/s."""

    at: datetime
    loss: float | None
    round_trip: float | None
    rate_in: int
    rate_out: int

    @property
    def silent(self) -> bool:
        """Whether nothing came from the browser, not even that it was there."""
        return not self.rate_in and self.loss is None and self.round_trip is None

    @property
    def grade(self) -> Grade:
        return "poor" if self.silent else grade(self.loss, self.round_trip)


def part_of(joined_at: datetime, at: datetime) -> int:
    """The number of the part that this time of an attendance is in, from 0."""
    return max(0, (at - joined_at) // PART)


def write_sample(sample: ConnectionSample, joined_at: datetime) -> str:
    """The text of a sample in its part."""
    second = round((sample.at - joined_at - part_of(joined_at, sample.at) * PART).total_seconds())
    loss, trip = ("" if value is None else str(round(value * 1000)) for value in (sample.loss, sample.round_trip))
    return f"{max(0, second)},{loss},{trip},{sample.rate_in},{sample.rate_out};"


def read_part(text: str, part: int, joined_at: datetime) -> tuple[ConnectionSample, ...]:
    """The samples of a part."""
    begins = joined_at + part * PART
    return tuple(_read(each.split(","), begins) for each in text.split(";") if each)


def was_poor(samples: Iterable[ConnectionSample]) -> bool:
    """Whether a part with these samples makes the call a poor one."""
    return sum(sample.grade == "poor" for sample in samples) >= POOR_SAMPLES


@dataclass(frozen=True, slots=True)
class MinuteOfCall:
    """The samples of one minute as one: the means, and the worst grade."""

    at: datetime
    loss: float | None
    round_trip: float | None
    rate_in: int
    rate_out: int
    grade: Grade


def by_minute(samples: Sequence[ConnectionSample]) -> tuple[MinuteOfCall, ...]:
    """Each minute that has samples; `at` is when it begins."""
    minutes: dict[datetime, list[ConnectionSample]] = {}
    for sample in samples:
        minutes.setdefault(sample.at.replace(second=0, microsecond=0), []).append(sample)
    return tuple(_minute(at, each) for at, each in sorted(minutes.items()))


def _minute(at: datetime, samples: Sequence[ConnectionSample]) -> MinuteOfCall:
    grades: set[Grade] = {sample.grade for sample in samples}
    worst: Grade = next((each for each in WORST_FIRST if each in grades), "")
    return MinuteOfCall(
        at=at,
        loss=_mean([sample.loss for sample in samples]),
        round_trip=_mean([sample.round_trip for sample in samples]),
        rate_in=round(sum(sample.rate_in for sample in samples) / len(samples)),
        rate_out=round(sum(sample.rate_out for sample in samples) / len(samples)),
        grade=worst,
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _read(fields: Sequence[str], begins: datetime) -> ConnectionSample:
    second, loss, trip, rate_in, rate_out = fields
    return ConnectionSample(
        at=begins + timedelta(seconds=int(second)),
        loss=int(loss) / 1000 if loss else None,
        round_trip=int(trip) / 1000 if trip else None,
        rate_in=int(rate_in),
        rate_out=int(rate_out),
    )
