"""How good somebody's connection was over a call, as lines of a small picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.calls.rules.connection_samples import ConnectionSample, MinuteOfCall, by_minute
from signaling.quality import Grade

# The picture's own measures; the page stretches it.
WIDTH, HEIGHT = 1000, 40
# Samples further apart are not joined: nobody was there in between.
GAP = timedelta(seconds=25)
# Lines of good connections do not fill the picture.
LEAST_LOSS, LEAST_TRIP, LEAST_RATE = 0.1, 0.3, 500.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the call with one grade: where it begins, and how wide it is, in the picture's measures."""

    x: float
    width: float
    grade: Grade


@dataclass(frozen=True, slots=True)
class ConnectionChart:
    """`loss`, `round_trip`, `rate_in` and `rate_out` are paths; `most_loss` (a share), `most_trip` (seconds) and
    `most_rate` (kbit/s) are what the height stands for. `counts` are how many minutes had each grade."""

    stretches: tuple[Stretch, ...]
    loss: str
    round_trip: str
    rate_in: str
    rate_out: str
    most_loss: float
    most_trip: float
    most_rate: float
    begins: datetime
    ends: datetime
    minutes: tuple[MinuteOfCall, ...]

    @property
    def counts(self) -> dict[Grade, int]:
        grades = [minute.grade for minute in self.minutes]
        return {grade: grades.count(grade) for grade in ("good", "weak", "poor")}


def draw_connection(samples: Sequence[ConnectionSample], begins: datetime, ends: datetime) -> ConnectionChart:
    """The picture from `begins` to `ends`, which all pictures of the call share. There must be a sample."""
    most_loss = max([LEAST_LOSS, *(sample.loss for sample in samples if sample.loss is not None)])
    most_trip = max([LEAST_TRIP, *(sample.round_trip for sample in samples if sample.round_trip is not None)])
    most_rate = max([LEAST_RATE, *(float(max(sample.rate_in, sample.rate_out)) for sample in samples)])

    def line(value: Callable[[ConnectionSample], float | None], most: float) -> str:
        return _path(samples, value, most, begins, ends)

    return ConnectionChart(
        stretches=_stretches(samples, begins, ends),
        loss=line(lambda sample: sample.loss, most_loss),
        round_trip=line(lambda sample: sample.round_trip, most_trip),
        rate_in=line(lambda sample: sample.rate_in, most_rate),
        rate_out=line(lambda sample: sample.rate_out, most_rate),
        most_loss=most_loss,
        most_trip=most_trip,
        most_rate=most_rate,
        begins=begins,
        ends=ends,
        minutes=by_minute(samples),
    )


def _path(
    samples: Sequence[ConnectionSample],
    value: Callable[[ConnectionSample], float | None],
    most: float,
    begins: datetime,
    ends: datetime,
) -> str:
    """The commands of an SVG path (SVG 2 section 9.3); a line begins again after a gap."""
    parts, before = [], None
    for sample in samples:
        found = value(sample)
        if found is None:
            before = None
            continue
        joined = before is not None and sample.at - before <= GAP
        x, y = _x(sample.at, begins, ends), round(HEIGHT - HEIGHT * found / most, 1)
        # A lone sample is a dot: a line of no length with round ends.
        parts.append(f"L{x} {y}" if joined else f"M{x} {y}h0")
        before = sample.at
    return "".join(parts)


def _stretches(samples: Sequence[ConnectionSample], begins: datetime, ends: datetime) -> tuple[Stretch, ...]:
    found: list[tuple[datetime, datetime, Grade]] = []
    for sample in samples:
        start = sample.at - timedelta(seconds=10)
        if found and found[-1][2] == sample.grade and sample.at - found[-1][1] <= GAP:
            found[-1] = found[-1][0], sample.at, sample.grade
        else:
            found.append((max(start, found[-1][1]) if found else start, sample.at, sample.grade))
    return tuple(
        Stretch(_x(first, begins, ends), round(_x(last, begins, ends) - _x(first, begins, ends), 1), grade)
        for first, last, grade in found
    )


def _x(at: datetime, begins: datetime, ends: datetime) -> float:
    whole = max((ends - begins).total_seconds(), 1.0)
    return round(WIDTH * min(max((at - begins).total_seconds() / whole, 0.0), 1.0), 1)
