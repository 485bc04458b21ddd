"""The rows of the session history: found by a filter, page by page, counted, and the people in them.

Each state is a list of its own, which an index holds in the order of time; the history is their union. So a page costs
the same however long the history is. What concerns few people begins with their catch-ups instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Insert,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from server.admin.rules.history import COUNTED, AnswerTime, HistoryCounts, HistoryFilter, HistoryState, RowKey, Sort
from server.catchups.rules.offers import OfferState
from server.db.database import any_row
from server.db.tables import audit_people, bookings, catchups, mentorships, name_keys, offers, sessions
from server.people.rules.names import search_range

# In so few mentorships of a name rows are looked for one by one: that is quicker than to walk along the time until
# enough are found. They are named in the query: a database that knows how many there are finds their rows so.
NAMED = 2_000
# A name has some words, each with a key of its own.
KEYS_EACH = 10
# As literals: only then the index over these offers is used.
UNBOOKED = and_(
    offers.c.state != literal(OfferState.ACCEPTED.value, literal_execute=True),
    offers.c.moves_id.is_(None),
)
HELD_STARTS = (
    select(bookings.c.start, func.count().label("counted"))
    .where(
        bookings.c.state == literal(HistoryState.HELD.value, literal_execute=True),
        bookings.c.start >= bindparam("begins", type_=bookings.c.start.type),
        bookings.c.start < bindparam("ends", type_=bookings.c.start.type),
    )
    .group_by(bookings.c.start)
)
newer = offers.alias("newer")
DECLINED = offers.c.state == literal(OfferState.DECLINED.value, literal_execute=True)
NEWEST_OFFER = ~exists().where(newer.c.catchup_id == offers.c.catchup_id, newer.c.id > offers.c.id)
# Of one row, beside the tables that the rows are sorted by.
its_catchup, its_pair, its_keys = (
    catchups.alias("its_catchup"),
    mentorships.alias("its_pair"),
    name_keys.alias("its_keys"),
)
FIRST_KEY = name_keys.c.place == literal(0, literal_execute=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """A filter, and how to look for its rows: from the catch-ups of its `few` people on, or along the time.

    `named` are the mentorships of a name that is searched for, if they are few enough to be named.
    """

    wanted: HistoryFilter
    few: bool
    named: tuple[int, ...] | None = None

    @property
    def countable(self) -> bool:
        """Whether its rows can be counted without a walk through the whole history: not those of a name of many."""
        return self.few or not search_range(self.wanted.name)


@dataclass(frozen=True, slots=True)
class _List:
    """The rows of one state, or of some: their table, the time that they are sorted by, and which they are."""

    table: Any
    at: ColumnElement[Any]
    states: tuple[ColumnElement[str], ...]
    conditions: tuple[ColumnElement[bool], ...]
    booked: bool


async def scope_of(connection: AsyncConnection, wanted: HistoryFilter) -> Scope:
    if wanted.person_id is not None or wanted.mentorship_id is not None:
        return Scope(wanted, few=True)
    if not (span := search_range(wanted.name)):
        return Scope(wanted, few=False)
    # In order: so the index is walked, whatever the database expects to find elsewhere.
    keys = select(literal(1)).where(_in_range(span)).order_by(name_keys.c.key).limit(NAMED + 1).subquery()
    if (await connection.execute(select(func.count()).select_from(keys))).scalar_one() > NAMED:
        return Scope(wanted, few=False)
    found = (await connection.execute(select(name_keys.c.person_id).where(_in_range(span)))).scalars().all()
    theirs = or_(mentorships.c.mentor_id.in_(found), mentorships.c.mentee_id.in_(found))
    ids = (await connection.execute(select(mentorships.c.id).where(theirs).limit(NAMED + 1))).scalars().all()
    return Scope(wanted, few=True, named=tuple(ids)) if len(ids) <= NAMED else Scope(wanted, few=False)


def along_time(scope: Scope, counts: HistoryCounts) -> Scope:
    """How to find a page of the rows that were counted: of many, the next ones are soon met along the time, while all
    of them would have to be read and sorted otherwise."""
    total = counts.of_states(scope.wanted.wanted_states)
    many = total is None or total > COUNTED
    return replace(scope, few=scope.few and not (many and scope.named is not None))


async def named_people(connection: AsyncConnection, name: str, most: int) -> tuple[int, ...]:
    """The ids of people whom the search for a name finds; at most so many."""
    if not (span := search_range(name)):
        return ()
    found = select(name_keys.c.person_id).where(_in_range(span)).order_by(name_keys.c.key).limit(most * KEYS_EACH)
    return tuple(dict.fromkeys((await connection.execute(found)).scalars()))[:most]


async def count_rows(connection: AsyncConnection, scope: Scope, most: int | None) -> HistoryCounts:
    """Of each state, whatever states the filter has, up to `most`; None counts all. What concerns few people is counted
    in any case."""
    if scope.few:
        most = None
        counted = union_all(*(_counted_at_once(booked, scope) for booked in (True, False)))
    else:
        counted = union_all(
            *(
                select(literal(state.value).label("state"), func.count().label("counted")).select_from(
                    _counted(state, scope, most)
                )
                for state in HistoryState
            )
        )
    found = dict.fromkeys(HistoryState, 0)
    for row in await connection.execute(counted):
        found[HistoryState(row.state)] = row.counted
    return HistoryCounts(found, most)


async def count_weeks(
    connection: AsyncConnection, weeks: Sequence[HistoryFilter], states: Sequence[HistoryState]
) -> tuple[Mapping[HistoryState, int], ...]:
    """How many rows of each of these states each of these filters has; COUNTED + 1 stands for more."""
    counts = [
        select(
            literal(number).label("week"), literal(state.value).label("state"), func.count().label("counted")
        ).select_from(_counted(state, Scope(week, few=False), COUNTED))
        for number, week in enumerate(weeks)
        for state in states
    ]
    found: list[dict[HistoryState, int]] = [{} for _ in weeks]
    for row in await connection.execute(union_all(*counts)):
        found[row.week][HistoryState(row.state)] = row.counted
    return tuple(found)


async def count_answers(
    connection: AsyncConnection, period: HistoryFilter, states: Sequence[HistoryState]
) -> Mapping[AnswerTime, int]:
    """How many rows of these states in the period were answered after each time, in one walk through the period."""
    counts = [_answer_times(state, Scope(period, few=False)) for state in states]
    found = dict.fromkeys(AnswerTime, 0)
    for row in await connection.execute(union_all(*counts)):
        found[AnswerTime(row.after)] += row.counted
    return found


async def held_starts(connection: AsyncConnection, period: HistoryFilter) -> tuple[tuple[datetime, int], ...]:
    """When calls began that took place in the period, with how many began then."""
    rows = await connection.execute(HELD_STARTS, {"begins": period.begins, "ends": period.ends})
    return tuple((row.start, row.counted) for row in rows)


async def find_rows(connection: AsyncConnection, scope: Scope, after: RowKey | None, most: int) -> tuple[RowKey, ...]:
    """So many rows of the filter in its order, from the one after `after` on; all when that does not exist."""
    place = await _place_of(connection, scope.wanted.sort, after)
    rows = await connection.execute(_page(scope, place, most))
    return tuple(RowKey(row.booked, row.id) for row in rows)


def note_people(scope: Scope, entry_id: int) -> Insert:
    """Adds all people of the filter's rows to an entry of the audit log, within the database."""
    found = union_all(*(_rows_of(listed, scope) for listed in _lists(scope))).subquery()
    pairs = (
        select(mentorships.c.mentor_id, mentorships.c.mentee_id)
        .join(catchups, catchups.c.mentorship_id == mentorships.c.id)
        .where(catchups.c.id.in_(select(found.c.catchup_id)))
        .distinct()
        .cte("pairs")
    )
    people = union(select(pairs.c.mentor_id.label("person_id")), select(pairs.c.mentee_id)).subquery()
    rows = select(literal(entry_id), people.c.person_id)
    return insert(audit_people).from_select(["entry_id", "person_id"], rows)


def _page(scope: Scope, place: Mapping[str, Any] | None, most: int) -> Select[Any]:
    sort = scope.wanted.sort
    branches: list[Select[Any] | CompoundSelect[Any]] = []
    for listed in _lists(scope):
        found = select(*_columns(listed, sort)).select_from(_from(listed, sort)).where(*_conditions(listed, scope))
        if place is not None:
            found = found.where(_is_after(listed, sort, place))
        if not scope.few and not sort.by_name:
            down = sort is Sort.NEWEST
            order = (listed.at.desc(), listed.table.c.id.desc()) if down else (listed.at, listed.table.c.id)
            inner = found.order_by(*order).limit(most).subquery()
            found = select(inner)
        branches.append(found)
    every = union_all(*branches).subquery()
    return select(every.c.booked, every.c.id).order_by(*_order(every, sort)).limit(most)


def _rows_of(listed: _List, scope: Scope) -> Select[Any]:
    return select(listed.table.c.catchup_id).where(*_conditions(listed, scope))


def _counted(state: HistoryState, scope: Scope, most: int | None) -> Subquery:
    """As many rows as are counted, and one more. They have no column of the table: so the index alone is read, where it
    has all that the filter asks for, which takes a tenth of the time."""
    listed = _list_of(state)
    rows = select(literal(1, literal_execute=True)).select_from(listed.table).where(*_conditions(listed, scope))
    return rows.limit(None if most is None else most + 1).subquery()


def _counted_at_once(booked: bool, scope: Scope) -> Select[Any]:
    """All states of bookings or of offers: what concerns few people is read once, and not for each state."""
    listed = _list_of(*(state for state in HistoryState if state.booked is booked))
    each = select(listed.table.c.state).select_from(listed.table).where(*_conditions(listed, scope)).subquery()
    return select(each.c.state, func.count().label("counted")).group_by(each.c.state)


def _lists(scope: Scope) -> list[_List]:
    """One for each state, which an index holds in order; what concerns few people is read once for each table."""
    states = scope.wanted.wanted_states
    if not scope.few:
        return [_list_of(state) for state in states]
    of_tables = ([state for state in states if state.booked is booked] for booked in (True, False))
    return [_list_of(*of_table) for of_table in of_tables if of_table]


def _list_of(*states: HistoryState) -> _List:
    """Of states that are all of bookings, or none."""
    # As literals, as the medium is: of a bound value the database does not know how many rows have it.
    values = tuple(literal(state.value, literal_execute=True) for state in states)
    table = bookings if states[0].booked else offers
    wanted = table.c.state == values[0] if len(values) == 1 else table.c.state.in_(values)
    if states[0].booked:
        return _List(bookings, bookings.c.start, values, (wanted,), booked=True)
    return _List(offers, offers.c.made_at, values, (wanted, UNBOOKED, NEWEST_OFFER), booked=False)


def _conditions(listed: _List, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    wanted, found = scope.wanted, [*listed.conditions]
    if scope.few:
        # Its state is looked at only once a row is found: the index of all that have it would be walked instead.
        found[0] = func.coalesce(listed.table.c.state, "").in_(listed.states)
    if wanted.begins:
        found.append(listed.at >= wanted.begins)
    if wanted.ends:
        found.append(listed.at < wanted.ends)
    if wanted.medium:
        medium = wanted.medium.value
        agreed = bookings.c.medium == literal(medium, literal_execute=True)
        found.append(agreed if listed.booked else offers.c[f"by_{medium}"].is_(true()))
    if wanted.poor:
        poor = select(sessions.c.booking_id).where(text("poor"))
        found.append(bookings.c.id.in_(poor) if listed.booked else false())
    if (times := wanted.slot_times) is not None:
        found.append(or_(false(), *(and_(listed.at >= begins, listed.at < ends) for begins, ends in times)))
    if wanted.answered:
        found.append(_answered(listed, wanted.answered))
    if scope.few:
        found.append(listed.table.c.catchup_id.in_(_catchups(scope)))
    if (span := search_range(wanted.name)) and not (scope.few and scope.named is not None):
        found.append(
            any_row(
                listed.table,
                its_catchup.c.id == listed.table.c.catchup_id,
                its_pair.c.id == its_catchup.c.mentorship_id,
                its_keys.c.person_id.in_([its_pair.c.mentor_id, its_pair.c.mentee_id]),
                _in_range(span, its_keys),
            )
        )
    return tuple(found)


def _answered(listed: _List, within: AnswerTime) -> ColumnElement[bool]:
    """Whether the offer was answered after such a time. One that ended by itself, or was taken back, was not."""
    least, most = within.seconds
    passed = _until_answer(listed)
    lasts = and_(passed >= least, passed < most) if most is not None else passed >= least
    return lasts if listed.booked else and_(DECLINED, lasts)


def _until_answer(listed: _List) -> ColumnElement[int]:
    """The seconds until the offer was answered."""
    if listed.booked:
        offered = select(offers.c.made_at).where(offers.c.id == bookings.c.offer_id).scalar_subquery()
        return SecondsBetween(offered, bookings.c.made_at)
    return SecondsBetween(offers.c.made_at, offers.c.decided_at)


def _answer_times(state: HistoryState, scope: Scope) -> Select[Any]:
    listed = _list_of(state)
    answered = select(_until_answer(listed).label("seconds")).where(*_conditions(listed, scope))
    if not listed.booked:
        answered = answered.where(DECLINED)
    # Each is shown up to COUNTED.
    each = answered.limit(len(AnswerTime) * (COUNTED + 1)).subquery()
    limits = [(time.value, time.seconds[1]) for time in AnswerTime if time.seconds[1] is not None]
    after = case(*((each.c.seconds < most, name) for name, most in limits), else_=AnswerTime.LONGER.value)
    return select(after.label("after"), func.count().label("counted")).where(each.c.seconds >= 0).group_by("after")


class SecondsBetween(FunctionElement[int]):
    """Whole seconds from the first time to the second one."""

    type = Integer()
    inherit_cache = True


@compiles(SecondsBetween, "sqlite")
def _on_sqlite(element: SecondsBetween, compiler: Any, **kw: Any) -> str:
    begins, ends = (compiler.process(each, **kw) for each in element.clauses)
    return f"CAST(strftime('%s', {ends}) - strftime('%s', {begins}) AS INTEGER)"


@compiles(SecondsBetween, "postgresql")
def _on_postgresql(element: SecondsBetween, compiler: Any, **kw: Any) -> str:
    begins, ends = (compiler.process(each, **kw) for each in element.clauses)
    return f"CAST(floor(extract(epoch FROM {ends}) - extract(epoch FROM {begins})) AS BIGINT)"


def _catchups(scope: Scope) -> Select[Any]:
    """The catch-ups of the few people that the filter is about."""
    wanted, found = scope.wanted, select(catchups.c.id)
    if wanted.mentorship_id is not None:
        found = found.where(catchups.c.mentorship_id == wanted.mentorship_id)
    if wanted.person_id is not None:
        theirs = union_all(
            select(mentorships.c.id).where(mentorships.c.mentor_id == wanted.person_id),
            select(mentorships.c.id).where(mentorships.c.mentee_id == wanted.person_id),
        )
        found = found.where(catchups.c.mentorship_id.in_(theirs))
    if scope.named is not None:
        found = found.where(catchups.c.mentorship_id.in_(scope.named))
    return found


def _in_range(span: tuple[str, str], keys: FromClause = name_keys) -> ColumnElement[bool]:
    return and_(keys.c.key >= span[0], keys.c.key < span[1])


def _columns(listed: _List, sort: Sort) -> tuple[ColumnElement[Any], ...]:
    columns = (literal(listed.booked, Boolean).label("booked"), listed.table.c.id, listed.at.label("at"))
    return (*columns, name_keys.c.key) if sort.by_name else columns


def _from(listed: _List, sort: Sort) -> FromClause:
    if not sort.by_name:
        return listed.table  # type: ignore[no-any-return] # a table
    who = mentorships.c.mentor_id if sort is Sort.MENTOR else mentorships.c.mentee_id
    return (  # type: ignore[no-any-return] # a join of tables
        listed.table.join(catchups, catchups.c.id == listed.table.c.catchup_id)
        .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
        .join(name_keys, and_(name_keys.c.person_id == who, FIRST_KEY))
    )


def _order(rows: FromClause, sort: Sort) -> tuple[ColumnElement[Any], ...]:
    if sort is Sort.OLDEST:
        return rows.c["at"], rows.c.booked, rows.c.id
    newest_first = rows.c["at"].desc(), rows.c.booked.desc(), rows.c.id.desc()
    return (rows.c.key, *newest_first) if sort.by_name else newest_first


def _is_after(listed: _List, sort: Sort, place: Mapping[str, Any]) -> ColumnElement[bool]:
    """Whether a row comes after the place in the order of `_order`."""
    at, number, booked = listed.at, listed.table.c.id, place["booked"]
    if sort is Sort.OLDEST:
        tie = number > place["id"] if listed.booked == booked else literal(listed.booked > booked)
        return and_(at >= place["at"], or_(at > place["at"], tie))
    tie = number < place["id"] if listed.booked == booked else literal(listed.booked < booked)
    later = and_(at <= place["at"], or_(at < place["at"], tie))
    if not sort.by_name:
        return later
    key = name_keys.c.key
    return and_(key >= place["key"], or_(key > place["key"], later))


async def _place_of(connection: AsyncConnection, sort: Sort, key: RowKey | None) -> Mapping[str, Any] | None:
    if key is None:
        return None
    state = HistoryState.HELD if key.booked else HistoryState.OPEN
    listed = _list_of(state)
    found = select(*_columns(listed, sort)).select_from(_from(listed, sort)).where(listed.table.c.id == key.id)
    row = (await connection.execute(found)).one_or_none()
    return None if row is None else dict(row._mapping)
