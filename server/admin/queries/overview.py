"""The overview: the calls of the last weeks, and what became of what was offered for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.admin.rules.history import OVER, HistoryCounts, HistoryFilter, HistoryState
from server.admin.rules.overview import Week, last_weeks
from server.admin.store.history import count_rows, count_weeks, scope_of
from server.catchups.rules.drafts import Medium
from server.db.database import Database


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
class OverviewPage:
    """`period` is the filter of all weeks together; `counts` are what became of its rows, `media` the same by each
    medium."""

    period: HistoryFilter
    weeks: tuple[WeekCounts, ...]
    counts: HistoryCounts
    media: Mapping[Medium, HistoryCounts]


async def read_overview_page(db: Database, zone: str, now: datetime) -> OverviewPage:
    weeks = last_weeks(now, zone)
    period = HistoryFilter(zone, first=weeks[0].first, last=weeks[-1].last)
    each = [HistoryFilter(zone, first=week.first, last=week.last) for week in weeks]
    async with db.reading() as connection:
        counted = await count_weeks(connection, each, OVER)
        return OverviewPage(
            period=period,
            weeks=tuple(WeekCounts(week, counts) for week, counts in zip(weeks, counted, strict=True)),
            counts=await count_rows(connection, await scope_of(connection, period)),
            media={
                medium: await count_rows(
                    connection,
                    await scope_of(connection, HistoryFilter(zone, period.first, period.last, medium=medium)),
                )
                for medium in Medium
            },
        )
