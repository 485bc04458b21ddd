"""The session history, by random filters: each page, the counts and the export say what a plain reading of the tables
says, row for row."""

import asyncio
import random
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import create_engine, delete, insert, select, update

from server.admin.queries import history
from server.admin.queries.history import each_row, read_history_page
from server.admin.queries.overview import count_figures
from server.admin.rules.history import AnswerTime, HistoryFilter, HistoryState, RowKey, Sort
from server.admin.store import history as store
from server.catchups.actions.answers import accept_offer, decline_offer, undo_answer
from server.catchups.actions.bookings import ask_to_move
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.join_window import JoinWindow
from server.db.tables import bookings, catchups, mentorships, name_keys, offers, people
from server.errors import NotFound
from server.people.rules.names import name_keys as keys_of
from tests.long_history import write_long_history
from tests.server.actors import DECLINED, DRAFT, NOW, OFFERED, SECOND, UNDID, a_booking, accepting, an_offer

CATCHUPS = 40
# Of few and of many, on either database: 200 in all.
FILTERS = 50
PAGE = 16
KEY = b"k" * 32
ZONES = ("UTC", "Asia/Kolkata", "Pacific/Auckland")
NAMES = ("Ada Lund", "Åsa Lindqvist", "Sam O'Hara", "李明", "Maya Lund", "=Sum Ada")
ALL = HistoryFilter("UTC")


@dataclass(frozen=True)
class Plain:
    """A row as it is read from the tables one by one."""

    key: RowKey
    at: datetime
    state: str
    media: frozenset[str]
    mentorship: int
    mentor: int
    mentee: int


@pytest.fixture
async def plain(database):
    """Some catch-ups in every state, of people whose names are alike, many of them at the same times."""
    chance = random.Random(14)
    async with database.writing() as connection:
        await connection.run_sync(write_long_history, CATCHUPS, NOW)
        for person in (await connection.execute(select(people.c.id))).scalars().all():
            name = chance.choice(NAMES)
            await connection.execute(update(people).where(people.c.id == person).values(name=name))
            await connection.execute(delete(name_keys).where(name_keys.c.person_id == person))
            rows = [{"person_id": person, "place": n, "key": key} for n, key in enumerate(keys_of(name))]
            await connection.execute(insert(name_keys), rows)
        for booking in range(1, CATCHUPS + 1):
            state = chance.choice(["held", "held", "missed", "cancelled", "rescheduled", "confirmed"])
            start = NOW - timedelta(days=chance.randrange(9), hours=chance.randrange(0, 24, 6))
            values = {"state": state, "start": start, "medium": chance.choice([*Medium])}
            await connection.execute(update(bookings).where(bookings.c.id == booking).values(values))
        for offer in range(CATCHUPS + 1, CATCHUPS * 6 // 5 + 1):
            state = chance.choice(["open", "declined", "expired", "withdrawn"])
            values = {"state": state, "by_phone": chance.random() < 0.5, "by_video": chance.random() < 0.5}
            made = NOW - timedelta(days=chance.randrange(9))
            await connection.execute(update(offers).where(offers.c.id == offer).values(made_at=made, **values))
    async with database.reading() as connection:
        pairs = {row.id: row for row in await connection.execute(select(mentorships))}
        of = {row.id: pairs[row.mentorship_id] for row in await connection.execute(select(catchups))}
        keys = {}
        for row in await connection.execute(select(name_keys).order_by(name_keys.c.place)):
            keys.setdefault(row.person_id, []).append(row.key)
        found = []
        for row in await connection.execute(select(bookings)):
            pair = of[row.catchup_id]
            both = pair.id, pair.mentor_id, pair.mentee_id
            found.append(Plain(RowKey(True, row.id), row.start, row.state, frozenset({row.medium}), *both))
        for row in await connection.execute(select(offers).where(offers.c.id > CATCHUPS)):
            pair = of[row.catchup_id]
            media = {"video": row.by_video, "phone": row.by_phone}
            both = pair.id, pair.mentor_id, pair.mentee_id
            offered = frozenset(medium for medium in media if media[medium])
            found.append(Plain(RowKey(False, row.id), row.made_at, row.state, offered, *both))
    return found, keys


def expected(plain, keys, wanted: HistoryFilter) -> list[RowKey]:
    def fits(row: Plain) -> bool:
        day = row.at.astimezone(store_zone(wanted)).date()
        named = [key for who in (row.mentor, row.mentee) for key in keys[who]]
        return (
            (wanted.first is None or day >= wanted.first)
            and (wanted.last is None or day <= wanted.last)
            and (not wanted.states or row.state in wanted.states)
            and (wanted.medium is None or wanted.medium in row.media)
            and (wanted.person_id is None or wanted.person_id in (row.mentor, row.mentee))
            and (wanted.mentorship_id is None or wanted.mentorship_id == row.mentorship)
            and (not wanted.name or any(key.startswith(wanted.name.casefold()) for key in named))
        )

    rows = sorted(filter(fits, plain), key=lambda row: (row.at, row.key.booked, row.key.id))
    if wanted.sort is not Sort.OLDEST:
        rows.reverse()
    if wanted.sort.by_name:
        rows.sort(key=lambda row: keys[row.mentor if wanted.sort is Sort.MENTOR else row.mentee][0].encode())
    return [row.key for row in rows]


def store_zone(wanted):
    return wanted.begins.tzinfo if wanted.begins else wanted.ends.tzinfo if wanted.ends else UTC


def some_filter(chance: random.Random) -> HistoryFilter:
    def maybe(value, odds=0.3):
        return value if chance.random() < odds else None

    states = chance.sample([*HistoryState], chance.randrange(4)) if chance.random() < 0.5 else ()
    return HistoryFilter(
        zone=chance.choice(ZONES),
        first=maybe((NOW - timedelta(days=chance.randrange(10))).date()),
        last=maybe((NOW - timedelta(days=chance.randrange(10))).date()),
        states=frozenset(states),
        medium=maybe(chance.choice([*Medium])),
        person_id=maybe(chance.randrange(1, 15), 0.2),
        mentorship_id=maybe(chance.randrange(1, 11), 0.1),
        name=chance.choice(["", "", "", "", "ada", "lund", "Lu", "nobody", "李", "sum"]),
        sort=chance.choice([*Sort]),
    )


async def all_pages(database, wanted):
    """The rows of each page after the other, and the first page."""
    after, found, first = None, [], None
    while True:
        page = await read_history_page(database, wanted, after, KEY, NOW)
        first = first or page
        found += page.rows
        after = page.next
        if after is None:
            return found, first


async def exported(database, wanted):
    return [row async for rows in each_row(database, wanted) for row in rows]


@pytest.mark.parametrize("few", [store.NAMED, 3], ids=["of few", "of many"])
async def test_by_random_filters_the_view_and_the_export_are_the_same_rows(database, plain, monkeypatch, few):
    """Names that few or many have are looked for in different ways."""
    for module, name, value in ((history, "PAGE_ROWS", PAGE), (history, "EXPORTED_AT_ONCE", 20), (store, "NAMED", few)):
        monkeypatch.setattr(module, name, value)
    chance = random.Random(2026 + few)
    sizes = set()
    for _ in range(FILTERS):
        wanted = some_filter(chance)
        rows, page = await all_pages(database, wanted)
        right = expected(*plain, page.wanted)
        assert [row.key for row in rows] == right, wanted
        assert await exported(database, wanted) == rows, wanted
        if page.counts is None:
            assert (wanted.name != "", few, page.total, page.unsorted) == (True, 3, None, wanted.sort.by_name)
        else:
            assert page.total == len(right)
            for state in HistoryState:
                assert page.counts.of[state] == len(expected(*plain, replace(wanted, states=frozenset({state}))))
        sizes.add(-(-len(right) // PAGE))
    assert {0, 1, 2} <= sizes, "filters with no row, and with several pages"


async def test_others_run_while_all_rows_are_read(database, plain, monkeypatch):
    """Else an export of many sessions would stop every page, and the hub would hear no relay process."""
    monkeypatch.setattr(history, "EXPORTED_AT_ONCE", 5)
    monkeypatch.setattr("server.db.sqlite_reading.LONGEST_TURN_S", 0)
    turns = parts = 0

    async def run():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    running = asyncio.create_task(run())
    async for _ in each_row(database, HistoryFilter(zone="UTC")):
        parts += 1
    running.cancel()
    assert 4 < parts < turns


async def test_more_rows_than_are_counted_are_not_sorted_by_name(database, plain, monkeypatch):
    monkeypatch.setattr(history, "COUNTED", 20)
    page = await read_history_page(database, replace(ALL, sort=Sort.MENTOR), None, KEY, NOW)
    assert (page.unsorted, page.wanted.sort, page.total) == (True, Sort.NEWEST, None)
    assert max(page.counts.of.values()) <= 21
    found = await exported(database, replace(ALL, sort=Sort.MENTOR))
    assert [row.key for row in found] == expected(*plain, ALL)


async def test_of_many_rows_all_are_counted_when_asked_for(database, plain, monkeypatch):
    monkeypatch.setattr(history, "COUNTED_AT_ONCE", 5)
    page = await read_history_page(database, ALL, None, KEY, NOW)
    assert (page.total, page.counts.most, max(page.counts.of.values())) == (None, 5, 6)
    page = await read_history_page(database, ALL, None, KEY, NOW, count_all=True)
    assert page.total == len(expected(*plain, ALL))


async def test_many_rows_of_few_people_are_the_same_rows(database, plain, monkeypatch):
    """They are met along the time instead of looked for one by one."""
    wanted = replace(ALL, name="lund")
    right = expected(*plain, wanted)
    monkeypatch.setattr(store, "COUNTED", 5)
    async with database.reading() as connection:
        scope = await store.scope_of(connection, wanted)
        assert (scope.few, store.along_time(scope, await store.count_rows(connection, scope, 5)).few) == (True, False)
    rows, page = await all_pages(database, wanted)
    assert ([row.key for row in rows], page.total) == (right, len(right))
    assert await exported(database, wanted) == rows


def test_the_rows_of_one_pair_are_found_by_their_catchups(long_history):
    """And not by all that have a state, which would take the longer the more there are."""
    engine = create_engine(f"sqlite:///{long_history}")
    for state in HistoryState:
        scope = store.Scope(replace(ALL, mentorship_id=7), few=True)
        counted = str(
            select(store._counted(state, scope, None)).compile(engine, compile_kwargs={"literal_binds": True})
        )
        with engine.connect() as connection:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {counted}")]
        assert any(re.search(r"SEARCH (offers|bookings) USING INDEX \S*catchup_id", step) for step in plan), plan
    engine.dispose()


async def test_whose_history_it_is(database, plain):
    async def about(**fields):
        return (await read_history_page(database, replace(ALL, **fields), None, KEY, NOW)).about

    pair = await about(mentorship_id=1)
    assert (len(pair.names), pair.people) == (2, (1, 5))
    assert (await about(person_id=6)).people == (6,)
    assert (await about(name="lund")).people == ()
    async with database.writing() as connection:
        await connection.execute(insert(name_keys).values(person_id=4, place=7, key="only one"))
    assert (await about(name="Only One")).people == (4,)
    for nobody in ({"person_id": 99_999}, {"mentorship_id": 99_999}):
        with pytest.raises(NotFound):
            await about(**nobody)


async def test_what_never_became_a_booking_is_listed_by_its_newest_offer(database, pair):
    booking = await a_booking(database, pair)
    declined = await an_offer(database, pair)
    await decline_offer(database, pair.mentee, declined.id, "", DECLINED, NOW)
    waiting = await an_offer(database, pair)
    rows, _ = await all_pages(database, replace(ALL, sort=Sort.OLDEST))
    assert [(row.key, row.state) for row in rows] == [
        (RowKey(False, declined.id), HistoryState.DECLINED),
        (RowKey(False, waiting.id), HistoryState.OPEN),
        (RowKey(True, booking.id), HistoryState.CONFIRMED),
    ]


async def test_a_wish_to_move_is_of_a_booking_and_an_undone_acceptance_is_of_none(database, pair):
    booking = await a_booking(database, pair)
    await ask_to_move(database, pair.mentor, booking.id, Draft("", DRAFT.media, (SECOND,), 30), OFFERED, NOW)
    undone = await an_offer(database, pair)
    await accept_offer(database, pair.mentee, undone.id, accepting(SECOND), NOW)
    await undo_answer(database, pair.mentee, undone.id, UNDID, JoinWindow(), NOW)
    rows, _ = await all_pages(database, replace(ALL, states=frozenset({HistoryState.OPEN})))
    assert [row.key for row in rows] == [RowKey(False, undone.id)]


async def test_a_day_is_that_of_the_zone(database, pair):
    start = datetime.combine((NOW + timedelta(days=2)).date(), time(23, 30), UTC)
    booking = await a_booking(database, pair, start)
    for zone, day in (("UTC", start.date()), ("Asia/Tokyo", start.date() + timedelta(days=1))):
        rows, _ = await all_pages(database, HistoryFilter(zone, first=day, last=day))
        assert [row.key for row in rows] == [RowKey(True, booking.id)]


async def test_the_overview_counts_answers_by_how_long_they_took(database, pair):
    await a_booking(database, pair)
    offer = await an_offer(database, pair, replace(DRAFT, starts=(SECOND + timedelta(hours=3),)))
    await decline_offer(database, pair.mentee, offer.id, "", DECLINED, NOW + timedelta(hours=25))
    found = (await count_figures(database, "UTC", NOW + timedelta(hours=26))).answers
    assert found == dict.fromkeys(AnswerTime, 0) | {AnswerTime.HOUR: 1, AnswerTime.DAYS: 1}
