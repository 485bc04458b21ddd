"""A person's own entries of the ledger."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, Table, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from server.catchups.rules.consents import OwnChoice
from server.catchups.rules.ledger import ChoiceKind, SubjectKind
from server.catchups.rules.offers import OfferState
from server.catchups.store.bookings import IS_LIVE
from server.catchups.store.catchups import OPEN_TO_VISITOR, as_visitor, mentees, mentors, of_both
from server.catchups.store.ledger import about_offer, choice_of
from server.db.tables import (
    bookings,
    catchups,
    choice_words,
    choices,
    guest_seats,
    introductions,
    match_proposals,
    memberships,
    mentorships,
    offers,
    routines,
    schemes,
    wordings,
)
from server.people.rules.visitors import Visitor
from server.people.store.merged import is_of

PEOPLE = tuple(
    alias.c[name].label(f"{prefix}_{name}")
    for prefix, alias in (("mentor", mentors), ("mentee", mentees))
    for name in ("id", "name")
)


def _entries_about(subject: SubjectKind, table: Table, *columns: Any) -> Select[Any]:
    """One's own entries about rows of this table."""
    return (
        select(choices, wordings.c.text.label("wording"), *columns)
        .select_from(choices)
        .join(table, and_(choices.c.subject_kind == subject.value, choices.c.subject_id == table.c.id))
        .join(wordings, wordings.c.hash == choices.c.wording_hash)
        .where(is_of(choices.c.person_id, bindparam("me")))
    )


def _with_both(entries: Select[Any]) -> Select[Any]:
    """With both names of the mentorship that they are of."""
    return entries.join(mentors, mentors.c.id == mentorships.c.mentor_id).join(
        mentees, mentees.c.id == mentorships.c.mentee_id
    )


ABOUT_ROUTINES = _with_both(
    _entries_about(SubjectKind.ROUTINE, routines, routines.c.mentorship_id, *PEOPLE).join(
        mentorships, mentorships.c.id == routines.c.mentorship_id
    )
)
# With the mentor's name: the other of the two stays unnamed.
MENTOR = (introductions.c.mentor_id, mentors.c.name.label("mentor_name"))
ABOUT_INTRODUCTIONS = _entries_about(SubjectKind.INTRODUCTION, introductions, *MENTOR).join(
    mentors, mentors.c.id == introductions.c.mentor_id
)
# With both names, as about routines: it is of the two.
ABOUT_GUESTS = _with_both(
    _entries_about(SubjectKind.GUEST, guest_seats, catchups.c.mentorship_id, guest_seats.c.catchup_id, *PEOPLE)
    .join(catchups, catchups.c.id == guest_seats.c.catchup_id)
    .join(mentorships, mentorships.c.id == catchups.c.mentorship_id)
    .where(OPEN_TO_VISITOR)
)
# Of somebody who was introduced, about their own seat in a call of three: with the mentor's name.
ABOUT_OWN_SEATS = (
    _entries_about(SubjectKind.GUEST, guest_seats, guest_seats.c.introduction_id, *MENTOR)
    .join(introductions, introductions.c.id == guest_seats.c.introduction_id)
    .join(mentors, mentors.c.id == introductions.c.mentor_id)
    .where(choices.c.kind.in_((ChoiceKind.TOOK_SEAT.value, ChoiceKind.LEFT_SEAT.value)))
)
SCHEME = schemes.c.name.label("scheme_name")
ABOUT_MEMBERSHIPS = _entries_about(SubjectKind.MEMBERSHIP, memberships, SCHEME).join(
    schemes, schemes.c.id == memberships.c.scheme_id
)
ABOUT_MATCHES = _entries_about(SubjectKind.MATCH, match_proposals, SCHEME).join(
    schemes, schemes.c.id == match_proposals.c.scheme_id
)


async def choices_of(connection: AsyncConnection, visitor: Visitor) -> tuple[OwnChoice, ...]:
    """The visitor's own entries in all that this visit opens, oldest first."""
    booked = and_(bookings.c.offer_id == offers.c.id, IS_LIVE)
    entries = (
        select(
            choices,
            catchups.c.mentorship_id,
            offers.c.catchup_id,
            offers.c.author_id,
            offers.c.state.label("offer_state"),
            wordings.c.text.label("wording"),
            choice_words.c.words,
            bookings.c.id.label("booking_id"),
            bookings.c.start.label("booked_from"),
            (bookings.c.minutes + bookings.c.extra_minutes).label("booked_minutes"),
            *PEOPLE,
        )
        .select_from(choices)
        .join(offers, about_offer(offers.c.id))
    )
    query = (
        of_both(entries, offers)
        .join(wordings, wordings.c.hash == choices.c.wording_hash)
        .outerjoin(choice_words, choice_words.c.choice_id == choices.c.id)
        .outerjoin(bookings, booked)
        .where(is_of(choices.c.person_id, visitor.person.id), OPEN_TO_VISITOR)
        .order_by(choices.c.id)
    )
    me = visitor.person.id
    found = [_own(row, me) for row in await connection.execute(query, as_visitor(visitor))]
    seats = await connection.execute(ABOUT_GUESTS, as_visitor(visitor))
    found += [replace(_about_routine(row, me), catchup_id=row.catchup_id) for row in seats]
    if visitor.home:
        found += [_about_routine(row, me) for row in await connection.execute(ABOUT_ROUTINES, {"me": me})]
        found += [_about_introduction(row) for row in await connection.execute(ABOUT_INTRODUCTIONS, {"me": me})]
        found += [_about_own_seat(row) for row in await connection.execute(ABOUT_OWN_SEATS, {"me": me})]
        found += [_about_membership(row) for row in await connection.execute(ABOUT_MEMBERSHIPS, {"me": me})]
        found += [_about_match(row) for row in await connection.execute(ABOUT_MATCHES, {"me": me})]
    return tuple(sorted(found, key=lambda choice: choice.id))


def _own(row: Row[Any], me: int) -> OwnChoice:
    entry = choice_of(row)
    ends = row.booked_from + timedelta(minutes=row.booked_minutes) if row.booking_id else None
    return replace(
        _about_routine(row, me),
        catchup_id=row.catchup_id,
        offer_id=entry.subject.id,
        words=row.words or "",
        waits=row.offer_state == OfferState.OPEN and row.author_id == me,
        booking_id=row.booking_id,
        booked_until=ends,
    )


def _about_routine(row: Row[Any], me: int) -> OwnChoice:
    mine = row.mentor_id == me
    other = (row.mentee_id, row.mentee_name) if mine else (row.mentor_id, row.mentor_name)
    return _by_itself(row, row.mentorship_id, *other)


def _about_introduction(row: Row[Any]) -> OwnChoice:
    return replace(_by_itself(row, None, row.mentor_id, row.mentor_name), introduction_id=row.subject_id)


def _about_own_seat(row: Row[Any]) -> OwnChoice:
    return replace(_about_introduction(row), introduction_id=row.introduction_id)


def _about_membership(row: Row[Any]) -> OwnChoice:
    return replace(_by_itself(row, None, None, row.scheme_name), membership_id=row.subject_id)


def _about_match(row: Row[Any]) -> OwnChoice:
    return replace(_by_itself(row, None, None, row.scheme_name), match_id=row.subject_id)


def _by_itself(row: Row[Any], mentorship_id: int | None, other_id: int | None, other_name: str) -> OwnChoice:
    """The entry without an offer."""
    entry = choice_of(row)
    return OwnChoice(
        id=row.id,
        mentorship_id=mentorship_id,
        catchup_id=None,
        offer_id=None,
        other_id=other_id,
        other_name=other_name,
        kind=entry.kind,
        start=entry.start,
        medium=entry.medium,
        words="",
        at=entry.at,
        wording=row.wording,
        language=entry.language,
        channel=entry.channel,
        previous_hash=entry.previous_hash,
        hash=entry.hash,
        waits=False,
        booking_id=None,
        booked_until=None,
    )
