"""The overview: the calls of the last weeks, and what became of what was offered for them."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.admin.queries.needs_hand import NeedsHand, read_needs_hand
from server.admin.rules.history import (
    ANSWERED,
    COUNTED,
    OVER,
    AnswerTime,
    HistoryCounts,
    HistoryFilter,
    HistoryState,
    WeekSlot,
)
from server.admin.rules.overview import Week, by_week_slot, last_weeks
from server.admin.store.history import count_answers, count_rows, count_weeks, held_starts, scope_of
from server.catchups.rules.drafts import Medium
from server.db.database import Database

# To count many calls takes a second.
KEPT_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """How many calls were to take place in a week, by what became of them."""

    week: Week
    of: Mapping[HistoryState, int]

    @property
    def held(self) -> int:
        return self.of[HistoryState.HELD]

    @property
    def over(self) -> int:
        return sum(self.of.values())


@dataclass(frozen=True, slots=True)
class OverviewFigures:
    """`period` is the filter of all weeks together; `counts` are what became of its rows, `media` the same by each
    medium.

    `answers` are how many offers were answered after which time; `slots` how many calls took place at which hours of
    the week; `poor` how many of each week's calls had a poor connection.
    """

    counted_at: datetime
    period: HistoryFilter
    weeks: tuple[WeekCounts, ...]
    counts: HistoryCounts
    media: Mapping[Medium, HistoryCounts]
    answers: Mapping[AnswerTime, int]
    slots: Mapping[WeekSlot, int]
    poor: tuple[int, ...]

    @property
    def of_many(self) -> bool:
        return self.counts.of_states(tuple(HistoryState)) is None


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """`hands` is who needs a hand."""

    figures: OverviewFigures
    hands: NeedsHand


class Overview:
    """Reads the overview, and keeps its figures of many calls for KEPT_FOR."""

    def __init__(self) -> None:
        self._kept: dict[str, OverviewFigures] = {}
        # Who asks while they are counted waits, rather than count them, too.
        self._counting: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, db: Database, zone: str, now: datetime) -> OverviewPage:
        """In the weeks of this zone."""
        async with self._counting[zone]:
            figures = self._kept.get(zone)
            if figures is None or not figures.counted_at <= now < figures.counted_at + KEPT_FOR:
                figures = await count_figures(db, zone, now)
                if figures.of_many:
                    self._kept[zone] = figures
        async with db.reading() as connection:
            return OverviewPage(figures, await read_needs_hand(connection, now))


async def count_figures(db: Database, zone: str, now: datetime) -> OverviewFigures:
    weeks = last_weeks(now, zone)
    period = HistoryFilter(zone, first=weeks[0].first, last=weeks[-1].last)
    each = [HistoryFilter(zone, first=week.first, last=week.last) for week in weeks]
    async with db.reading() as connection:
        counted = await count_weeks(connection, each, OVER)
        poor = await count_weeks(connection, [replace(week, poor=True) for week in each], (HistoryState.HELD,))
        return OverviewFigures(
            counted_at=now,
            period=period,
            weeks=tuple(WeekCounts(week, counts) for week, counts in zip(weeks, counted, strict=True)),
            counts=await count_rows(connection, await scope_of(connection, period), COUNTED),
            media={
                medium: await count_rows(
                    connection,
                    await scope_of(connection, HistoryFilter(zone, period.first, period.last, medium=medium)),
                    COUNTED,
                )
                for medium in Medium
            },
            answers=await count_answers(connection, period, tuple(ANSWERED)),
            slots=by_week_slot(await held_starts(connection, period), zone),
            poor=tuple(found[HistoryState.HELD] for found in poor),
        )
