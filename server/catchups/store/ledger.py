"""The consent ledger: one chain over all choices, whose newest hash is kept in `ledger_head`."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.drafts import Medium
from server.catchups.rules.ledger import (
    GENESIS,
    Channel,
    Choice,
    ChoiceKind,
    ShownWording,
    Subject,
    SubjectKind,
    holds,
    offer_subject,
    wording_hash,
)
from server.db.tables import bookings, choice_words, choices, ledger_head, offers, people, wordings
from server.people.store.merged import who_is_now

ENTRIES = select(choices).where(choices.c.id >= bindparam("since")).order_by(choices.c.id).limit(bindparam("most"))
ENDINGS = (ChoiceKind.WITHDREW.value, ChoiceKind.UNDID.value)


def about_offer(offer_id: ColumnElement[int] | int) -> ColumnElement[bool]:
    """The condition that an entry is about this offer."""
    return and_(choices.c.subject_kind == SubjectKind.OFFER.value, choices.c.subject_id == offer_id)


CHOSEN_BY = who_is_now(choices.c.person_id)
ABOUT = (
    select(choices, CHOSEN_BY.label("chosen_by"))
    .where(choices.c.subject_kind == bindparam("kind"), choices.c.subject_id == bindparam("id"))
    .order_by(choices.c.id)
)


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A ledger entry as the history shows it: with the person's name and the wording, without what they wrote.

    `holds`: it is as it was added, so is its wording, and the entry before it is there.
    """

    id: int
    person_name: str
    kind: ChoiceKind
    start: datetime | None
    medium: Medium | None
    at: datetime
    wording: str
    language: str
    channel: Channel | None
    hash: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """Who called a booking off and how: they withdrew, or undid the acceptance that made it."""

    person_id: int
    kind: ChoiceKind
    words: str


@dataclass(frozen=True, slots=True)
class Head:
    entries: int
    hash: str


async def lock_head(connection: AsyncConnection) -> Head:
    """The chain's newest hash; locked until the transaction ends, so that the chain cannot fork."""
    row = (await connection.execute(select(ledger_head).with_for_update())).one()
    return Head(row.entries, row.hash)


async def add_choice(
    connection: AsyncConnection, choice: Choice, shown: ShownWording, head: Head, words: str = ""
) -> int:
    """Adds the entry after `head`, which must be locked. `words` are stored beside the ledger."""
    await keep_wording(connection, shown)
    values = {name: getattr(choice, name) for name in Choice.__dataclass_fields__ if name != "subject"}
    values |= {"subject_kind": choice.subject.kind, "subject_id": choice.subject.id}
    choice_id = int((await connection.execute(insert(choices).values(values).returning(choices.c.id))).scalar_one())
    await connection.execute(update(ledger_head).values(entries=head.entries + 1, hash=choice.hash))
    if words:
        await connection.execute(insert(choice_words).values(choice_id=choice_id, words=words))
    return choice_id


async def keep_wording(connection: AsyncConnection, shown: ShownWording) -> None:
    known = await connection.execute(select(wordings.c.hash).where(wordings.c.hash == shown.hash))
    if known.one_or_none() is None:
        await connection.execute(insert(wordings).values(hash=shown.hash, language=shown.language, text=shown.text))


async def choices_about(connection: AsyncConnection, offer_id: int) -> tuple[Choice, ...]:
    """The entries about one offer, oldest first, each with the id of whom its person was merged into, if so."""
    return await entries_about(connection, offer_subject(offer_id))


async def entries_about(connection: AsyncConnection, subject: Subject) -> tuple[Choice, ...]:
    """The entries about one subject, oldest first, each with the id of whom its person was merged into, if so.

    The hash is over the id from before.
    """
    rows = await connection.execute(ABOUT, {"kind": subject.kind.value, "id": subject.id})
    return tuple(replace(choice_of(row), person_id=row.chosen_by) for row in rows)


async def ending_of(connection: AsyncConnection, booking_id: int) -> Ending | None:
    """The choice that called the booking off. One offer may have become several bookings, each undone but the last."""
    accepted = (
        select(func.max(choices.c.id))
        .join(bookings, and_(about_offer(bookings.c.offer_id), bookings.c.made_at == choices.c.at))
        .where(bookings.c.id == booking_id, choices.c.kind == ChoiceKind.ACCEPTED.value)
        .scalar_subquery()
    )
    offer_id = select(bookings.c.offer_id).where(bookings.c.id == booking_id).scalar_subquery()
    row = (
        await connection.execute(
            select(CHOSEN_BY.label("person_id"), choices.c.kind, choice_words.c.words)
            .outerjoin(choice_words, choice_words.c.choice_id == choices.c.id)
            .where(about_offer(offer_id), choices.c.kind.in_(ENDINGS), choices.c.id > accepted)
            .order_by(choices.c.id)
            .limit(1)
        )
    ).one_or_none()
    return Ending(row.person_id, ChoiceKind(row.kind), row.words or "") if row else None


async def read_entries(connection: AsyncConnection, since: int, most: int) -> tuple[tuple[int, Choice], ...]:
    """The entries from the one with the id `since` on, each with its id, oldest first; at most so many."""
    rows = await connection.execute(ENTRIES, {"since": since, "most": most})
    return tuple((row.id, choice_of(row)) for row in rows)


async def read_head(connection: AsyncConnection) -> Head:
    row = (await connection.execute(select(ledger_head))).one()
    return Head(row.entries, row.hash)


async def wordings_kept(connection: AsyncConnection) -> dict[str, str]:
    """Every wording's text by its hash."""
    return {row.hash: row.text for row in await connection.execute(select(wordings))}


async def ledger_of(connection: AsyncConnection, catchup_id: int) -> tuple[ChoiceRow, ...]:
    """A catch-up's entries, oldest first."""
    earlier = choices.alias("earlier")
    rows = await connection.execute(
        select(choices, people.c.name, wordings.c.text, earlier.c.id.label("earlier_id"))
        .outerjoin(earlier, earlier.c.hash == choices.c.previous_hash)
        .join(offers, about_offer(offers.c.id))
        .join(people, people.c.id == CHOSEN_BY)
        .join(wordings, wordings.c.hash == choices.c.wording_hash)
        .where(offers.c.catchup_id == catchup_id)
        .order_by(choices.c.id)
    )
    return tuple(_row_of(row) for row in rows)


def _row_of(row: Row[Any]) -> ChoiceRow:
    choice = choice_of(row)
    return ChoiceRow(
        id=row.id,
        person_name=row.name,
        kind=choice.kind,
        start=choice.start,
        medium=choice.medium,
        at=choice.at,
        wording=row.text,
        language=choice.language,
        channel=choice.channel,
        hash=choice.hash,
        holds=_holds(row, choice),
    )


def _holds(row: Row[Any], choice: Choice) -> bool:
    follows = row.earlier_id is not None or choice.previous_hash == GENESIS
    return follows and holds(choice) and wording_hash(row.text) == choice.wording_hash


def choice_of(row: Row[Any]) -> Choice:
    return Choice(
        format=row.format,
        subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
        person_id=row.person_id,
        kind=ChoiceKind(row.kind),
        start=row.start,
        medium=Medium(row.medium) if row.medium else None,
        wording_hash=row.wording_hash,
        language=row.language,
        channel=Channel(row.channel) if row.channel else None,
        link_id=row.link_id,
        at=row.at,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
