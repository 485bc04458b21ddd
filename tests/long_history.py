"""Years of catch-ups of many people, written without the rules: for what must not cost more with a long history."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Connection, Float, Integer, Table, insert

from server.db import tables
from server.db.tables import UtcTime
from server.people.rules.names import name_keys

Row = dict[str, Any]

BATCH = 5_000
# How many catch-ups a mentorship has had, and how many mentorships a mentor.
CATCHUPS = 4
MENTEES = 3


def write_long_history(connection: Connection, catchups: int, now: datetime) -> None:
    """This number of catch-ups that were held, with all that is kept of each; the newest was two hours before `now`.

    Ids begin at 1 in each table; the catch-up, offer, booking and session of one meeting have the same id.
    """
    history = _History(catchups, now)
    wording = {"hash": _hash("wording"), "language": "en", "text": "You accept this time."}
    _write(connection, tables.wordings, [wording], now)
    for table in tables.metadata.sorted_tables:
        rows = getattr(history, table.name, None)
        if rows is not None:
            _write(connection, table, rows(), now)


class _History:
    """The rows of each table, by the table's name."""

    def __init__(self, catchups: int, now: datetime) -> None:
        self._now = now
        self._catchups = range(1, catchups + 1)
        self._offers = range(1, catchups * 6 // 5 + 1)
        self._mentorships = range(1, -(-catchups // CATCHUPS) + 1)
        self._mentors = -(-len(self._mentorships) // MENTEES)

    def _pair(self, catchup: int) -> tuple[int, int]:
        """The ids of the mentor and the mentee."""
        mentorship = self._mentorship(catchup)
        return (mentorship - 1) // MENTEES + 1, self._mentors + mentorship

    def _mentorship(self, catchup: int) -> int:
        return (catchup - 1) % len(self._mentorships) + 1

    def _is_declined(self, offer: int) -> bool:
        return offer > len(self._catchups)

    def _catchup_of(self, offer: int) -> int:
        return 5 * (offer - len(self._catchups)) if self._is_declined(offer) else offer

    def _start(self, catchup: int) -> datetime:
        return self._now - timedelta(hours=2) - (len(self._catchups) - catchup) * timedelta(minutes=30)

    def people(self) -> Iterator[Row]:
        for id in range(1, self._mentors + len(self._mentorships) + 1):
            yield {
                "id": id,
                "name": f"Person {id}",
                "email": f"person{id}@example.org",
                "email_key": f"person{id}@example.org",
                "zone": "UTC",
                "language": "en",
            }

    def mentorships(self) -> Iterator[Row]:
        for id in self._mentorships:
            mentor, mentee = self._pair(id)
            yield {"id": id, "mentor_id": mentor, "mentee_id": mentee, "state": "active"}

    def name_keys(self) -> Iterator[Row]:
        for person in self.people():
            for place, key in enumerate(name_keys(person["name"])):
                yield {"person_id": person["id"], "place": place, "key": key}

    def links(self) -> Iterator[Row]:
        for id in self._catchups:
            for number, person in enumerate(self._pair(id)):
                yield {
                    "id": 2 * id - number,
                    "person_id": person,
                    "purpose": "catchup",
                    "catchup_id": id,
                    "path": f"/bookings/{id}",
                    "secret_hash": _hash(f"link {id} {number}"),
                    "expires_at": self._start(id) + timedelta(days=400),
                }

    def visits(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {
                "id": id,
                "person_id": self._pair(id)[1],
                "token_hash": _hash(f"visit {id}"),
                "expires_at": self._start(id) + timedelta(days=30),
            }

    def visit_links(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {"visit_id": id, "link_id": 2 * id}

    def catchups(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {"id": id, "mentorship_id": self._mentorship(id), "uid": f"catchup-{id}", "sequence": 1}

    def offers(self) -> Iterator[Row]:
        """Before every fifth one that was accepted, another was declined; their ids follow."""
        for id in self._offers:
            yield self._offer(id)

    def _offer(self, id: int) -> Row:
        declined, catchup = self._is_declined(id), self._catchup_of(id)
        mentor, mentee = self._pair(catchup)
        decided = self._start(catchup) - timedelta(days=6)
        return {
            "id": id,
            "catchup_id": catchup,
            "author_id": mentor,
            "recipient_id": mentee,
            "by_video": True,
            "caller": "mentor",
            "minutes": 30,
            "state": "declined" if declined else "accepted",
            "made_at": decided - timedelta(days=1),
            "expires_at": self._start(catchup),
            "decided_at": decided,
        }

    def offer_times(self) -> Iterator[Row]:
        for id in self._catchups:
            for days in range(2):
                yield {"offer_id": id, "start": self._start(id) + timedelta(days=days)}

    def bookings(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {
                "id": id,
                "catchup_id": id,
                "offer_id": id,
                "start": self._start(id),
                "minutes": 30,
                "medium": "video",
                "state": "missed" if id % 50 == 0 else "cancelled" if id % 10 == 0 else "held",
                "made_at": self._start(id) - timedelta(days=6),
            }

    def choices(self) -> Iterator[Row]:
        previous = "0" * 64
        for id in self._offers:
            catchup = self._catchup_of(id)
            for number, person in enumerate(self._pair(catchup)):
                entry = _hash(f"choice {id} {number}")
                answer = "declined" if self._is_declined(id) else "accepted"
                yield {
                    "id": 2 * id - 1 + number,
                    "format": 2,
                    "subject_kind": "offer",
                    "subject_id": id,
                    "person_id": person,
                    "kind": ("offered", answer)[number],
                    "wording_hash": _hash("wording"),
                    "language": "en",
                    "channel": "page",
                    "link_id": 2 * catchup - number,
                    "at": self._start(catchup) - timedelta(days=7 - number),
                    "previous_hash": previous,
                    "hash": entry,
                }
                previous = entry

    def sessions(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {"id": id, "booking_id": id, "opened_at": self._start(id)}

    def attendances(self) -> Iterator[Row]:
        for id in self._catchups:
            for number, person in enumerate(self._pair(id)):
                left = self._start(id) + timedelta(minutes=30)
                yield {
                    "id": 2 * id - number,
                    "session_id": id,
                    "person_id": person,
                    "uid": f"{id}-{number}",
                    "joined_at": self._start(id),
                    "seen_at": left,
                    "left_at": left,
                    "why": "left",
                }

    def contents(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {"catchup_id": id, "version": 4, "notes": b"notes", "notes_version": 4}

    def content_items(self) -> Iterator[Row]:
        """The mentee's topic, and a file of the mentor's."""
        for id in self._catchups:
            mentor, mentee = self._pair(id)
            sealed = {"catchup_id": id, "sealed": b"item", "version": 1}
            yield sealed | {"id": 2 * id - 1, "key": f"t{id}", "kind": "topic", "number": 1, "author_id": mentee}
            yield sealed | {"id": 2 * id, "key": f"r{id}", "kind": "resource", "number": 2, "author_id": mentor}

    def content_writers(self) -> Iterator[Row]:
        for id in self._catchups:
            for number in range(2):
                yield {"catchup_id": id, "writer": f"{id}-{number}", "sequence": 2}

    def content_files(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {"id": id, "catchup_id": id, "key": f"r{id}", "size": 4, "sealed": b"file"}

    def reflections(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {"catchup_id": id, "person_id": self._pair(id)[0], "sealed": b"heard", "at": self._start(id)}

    def agreed_records(self) -> Iterator[Row]:
        for id in self._catchups:
            for person in self._pair(id):
                yield {"booking_id": id, "person_id": person, "made_at": self._start(id), "sealed": b"record"}

    def accounts(self) -> Iterator[Row]:
        yield {"id": 1, "person_id": 1, "role": "admin"}

    def audit_entries(self) -> Iterator[Row]:
        """The admin looked at each session."""
        for id in self._catchups:
            act = {"act": "looked_at_session", "subject_kind": "booking", "subject_id": id}
            yield act | {"id": id, "account_id": 1, "at": self._start(id)}

    def audit_people(self) -> Iterator[Row]:
        for id in self._catchups:
            for person in self._pair(id):
                yield {"entry_id": id, "person_id": person}

    def outbox(self) -> Iterator[Row]:
        """Four emails a catch-up; every tenth of them was dropped and one in a hundred failed."""
        for id in self._catchups:
            for number in range(4):
                sent = self._start(id) - timedelta(days=4 - number)
                dropped, failed = (4 * id + number) % 10 == 0, (4 * id + number) % 100 == 1
                yield {
                    "id": 4 * id - number,
                    "recipient_id": self._pair(id)[number % 2],
                    "event": f"catchup {id} {number}",
                    "kind": "reminder",
                    "catchup_id": id,
                    "booking_id": id,
                    "path": f"/bookings/{id}",
                    "due_at": sent,
                    "sent_at": None if dropped or failed else sent,
                    "failed_at": sent if failed else None,
                    "dropped_at": sent if dropped else None,
                    "last_error": "550 no such mailbox" if failed else None,
                }


def _write(connection: Connection, table: Table, rows: Iterable[Row], now: datetime) -> None:
    """Columns that are not given have their type's empty value, or none where they may."""
    empty = {column.name: _empty(column.type, now) for column in table.c if not column.nullable}
    remaining = iter(rows)
    while batch := [empty | row for row in islice(remaining, BATCH)]:
        connection.execute(insert(table), batch)


def _empty(kind: object, now: datetime) -> Any:
    if isinstance(kind, UtcTime):
        return now
    if isinstance(kind, Boolean):
        return False
    return 0 if isinstance(kind, (Integer, Float)) else ""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
