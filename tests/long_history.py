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
# How many take part in a scheme.
MEMBERS = 20
# How often each scheme was matched.
RUNS = 10


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
                "external_id": f"member-{id}" if id % 2 else None,
            }

    def mentorships(self) -> Iterator[Row]:
        for id in self._mentorships:
            mentor, mentee = self._pair(id)
            external = {"external_id": f"pair-{id}" if id % 2 else None}
            yield {"id": id, "mentor_id": mentor, "mentee_id": mentee, "state": "active"} | external

    def former_external_ids(self) -> Iterator[Row]:
        for id in self._mentorships:
            if id % 10 == 0:
                yield {"external_id": f"former-{id}", "mentorship_id": id}

    def routines(self) -> Iterator[Row]:
        """Every second one has ended."""
        for id in self._mentorships:
            yield {
                "id": id,
                "mentorship_id": id,
                "set_by": self._pair(id)[0],
                "link_id": 2 * id,
                "wording_hash": _hash("wording"),
                "every": "week",
                "first": self._now.date(),
                "zone": "UTC",
                "medium": "video",
                "minutes": 30,
                "due_at": self._now + timedelta(hours=id) if id % 2 else None,
            }

    def courses(self) -> Iterator[Row]:
        """Every second one is planned, and most of these are to be looked at later."""
        for id in self._mentorships:
            planned = id % 2 == 0
            yield {
                "mentorship_id": id,
                "state": "running" if planned else "unplanned",
                "counted_from": self._now,
                "look_at": self._now + timedelta(hours=id) if planned else None,
            }

    def course_parts(self) -> Iterator[Row]:
        for id in self._mentorships:
            for person in self._pair(id):
                yield {"mentorship_id": id, "person_id": person, "catchups": 10, "every": "month"}

    def reviews(self) -> Iterator[Row]:
        """One in ten is open or shown."""
        for id in self._mentorships:
            if id % 10 == 0:
                shared = "medium hour" if id % 20 == 0 else None
                yield {"mentorship_id": id, "until": self._now + timedelta(days=1, hours=id), "shared": shared}

    def review_answers(self) -> Iterator[Row]:
        for id in self._mentorships:
            if id % 20 == 10:
                for person in self._pair(id):
                    yield {"mentorship_id": id, "person_id": person, "medium": "change", "not_now": False}

    def farewells(self) -> Iterator[Row]:
        for id in self._mentorships:
            for person in self._pair(id):
                yield {"mentorship_id": id, "person_id": person, "sealed": b"thank you"}

    def dismissed_guides(self) -> Iterator[Row]:
        for id in self._mentorships:
            for person in self._pair(id):
                yield {"person_id": person, "guide": f"hint {id}"}

    def introductions(self) -> Iterator[Row]:
        """One a mentorship, to the next mentee; every tenth waits, some for their third person to be asked."""
        for id in self._mentorships:
            mentor, mentee = self._pair(id)
            waits = id % 10 == 0
            yield {
                "id": id,
                "mentorship_id": id,
                "mentor_id": mentor,
                "mentee_id": mentee,
                "third_id": None if id % 50 == 0 else self._mentors + id % len(self._mentorships) + 1,
                "key": f"k{id}",
                "state": "asked" if waits else "lapsed",
                "ask_at": self._now if id % 50 == 0 else None,
                "due_at": self._now + timedelta(hours=id) if waits else None,
            }

    def guest_seats(self) -> Iterator[Row]:
        """One in every tenth catch-up; a few guests are awaited, and one is in a call."""
        for id in self._catchups:
            if id % 10 == 0:
                yield {
                    "id": id,
                    "catchup_id": id,
                    "asked_by": self._pair(id)[0],
                    "name": "",
                    "email": "",
                    "language": "en",
                    "role": "guest",
                    "state": "agreed" if id % 500 == 0 else "over",
                    "state_at": self._now - timedelta(days=id),
                    "key": "k" if id % 500 == 0 else None,
                    "attendance": "a" if id == 500 else None,
                }

    def introduction_words(self) -> Iterator[Row]:
        for id in self._mentorships:
            yield {"introduction_id": id, "sealed": b"words"}

    def introduction_answers(self) -> Iterator[Row]:
        for id in self._mentorships:
            yield {"introduction_id": id, "person_id": self._pair(id)[1]}

    def introduction_blocks(self) -> Iterator[Row]:
        for id in self._mentorships:
            yield {"hash": _hash(f"block {id}")}

    def schemes(self) -> Iterator[Row]:
        for id in range(1, len(self._mentorships) // MEMBERS + 2):
            texts = {"name": f"Scheme {id}", "language": "en", "zone": "UTC", "colour": "blue"}
            yield texts | {"id": id, "slug": f"scheme-{id}"}

    def memberships(self) -> Iterator[Row]:
        """Each mentee is in one scheme, with MEMBERS others."""
        states = ("member", "waiting_list", "applied", "left")
        for id in self._mentorships:
            yield {
                "id": id,
                "scheme_id": id // MEMBERS + 1,
                "person_id": self._pair(id)[1],
                "role": "mentee",
                "state": states[id % len(states)],
                "zone": "UTC",
            }

    def membership_hours(self) -> Iterator[Row]:
        for id in self._mentorships:
            yield {"id": id, "membership_id": id, "weekday": 1, "begins": 1080, "ends": 1200}

    def membership_exclusions(self) -> Iterator[Row]:
        for id in self._mentorships:
            yield {"membership_id": id, "who": "somebody@example.org"}

    def match_runs(self) -> Iterator[Row]:
        """Ten of each scheme; in every tenth the newest one waits."""
        for scheme in self.schemes():
            for number in range(RUNS):
                waits = number == RUNS - 1 and scheme["id"] % 10 == 0
                state = {"state": "waiting" if waits else "done", "account_id": 1}
                yield state | {"id": scheme["id"] * RUNS - number, "scheme_id": scheme["id"]}

    def _match(self, membership: int) -> Row:
        """Of this mentee and the member before."""
        return {"mentor_membership_id": membership - 1 or len(self._mentorships), "mentee_membership_id": membership}

    def match_suggestions(self) -> Iterator[Row]:
        for id in self._mentorships:
            yield self._match(id) | {"id": id, "run_id": (id // MEMBERS + 1) * RUNS}

    def match_left_out(self) -> Iterator[Row]:
        for id in self._mentorships:
            run = {"run_id": (id // MEMBERS + 1) * RUNS}
            yield run | {"membership_id": id, "role": "mentee", "reason": "not_this_time"}

    def match_rules(self) -> Iterator[Row]:
        for id in self._mentorships:
            yield self._match(id) | {"id": id, "scheme_id": id // MEMBERS + 1, "kind": "ban", "account_id": 1}

    def match_proposals(self) -> Iterator[Row]:
        """One a mentee; every tenth waits."""
        for id in self._mentorships:
            waits = id % 10 == 0
            yield self._match(id) | {
                "id": id,
                "scheme_id": id // MEMBERS + 1,
                "state": "asks_mentor" if waits else "agreed" if id % 3 else "declined",
                "due_at": self._now + timedelta(hours=id) if waits else None,
                "mentorship_id": id if not waits and id % 3 else None,
            }

    def match_proposal_times(self) -> Iterator[Row]:
        for id in self._mentorships:
            for days in range(2):
                yield {"proposal_id": id, "start": self._now + timedelta(days=days)}

    def match_words(self) -> Iterator[Row]:
        for id in self._mentorships:
            yield {"proposal_id": id, "membership_id": id, "words": "Somebody nearer."}

    def breaks(self) -> Iterator[Row]:
        for person in self.people():
            yield {"id": person["id"], "person_id": person["id"], "first": self._now.date(), "last": self._now.date()}

    def name_keys(self) -> Iterator[Row]:
        for person in self.people():
            for place, key in enumerate(name_keys(person["name"])):
                yield {"person_id": person["id"], "place": place, "key": key}

    def double_keys(self) -> Iterator[Row]:
        for person in self.people():
            for kind, key in (("name", f"prsn {person['id']}"), ("address", person["email_key"])):
                yield {"person_id": person["id"], "kind": kind, "key": key}

    def doubles(self) -> Iterator[Row]:
        """Each mentor and the next; every second was dismissed."""
        for id in range(1, self._mentors):
            dismissed = self._now if id % 2 else None
            yield {"id": id, "first_id": id, "second_id": id + 1, "dismissed_at": dismissed}

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
            yield {
                "id": id,
                "booking_id": id,
                "opened_at": self._start(id),
                "empty_since": self._start(id) + timedelta(minutes=30),
            }

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

    def connection_samples(self) -> Iterator[Row]:
        """The last calls are too new to have lost theirs."""
        for id in self._catchups:
            yield {"attendance_id": 2 * id, "part": 0, "samples": "10,3,45,310,900;"}

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

    def messages(self) -> Iterator[Row]:
        """As many as there are catch-ups, of both in turn."""
        for id in self._catchups:
            author = self._pair(id)[id // len(self._mentorships) % 2]
            number = self._mentorship(id)
            yield {"id": id, "mentorship_id": number, "author_id": author, "key": f"m{id}", "sealed": b"message"}

    def message_files(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {"message_id": id, "mentorship_id": self._mentorship(id), "size": 4, "sealed": b"file"}

    def message_readers(self) -> Iterator[Row]:
        for id in self._mentorships:
            for person in self._pair(id):
                yield {"mentorship_id": id, "person_id": person, "read_id": id, "notice": "at_once"}

    def situations(self) -> Iterator[Row]:
        for id in self._mentorships:
            for person in self._pair(id):
                yield {
                    "mentorship_id": id,
                    "person_id": person,
                    "until": self._now.date() + timedelta(days=7 + id % 30),
                    "sealed": b"line",
                }

    def shared_times(self) -> Iterator[Row]:
        """Every mentor shows a few."""
        for id in self._mentorships:
            yield {"mentorship_id": id, "person_id": self._pair(id)[0], "share": "few"}

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

    def api_tokens(self) -> Iterator[Row]:
        for id in range(1, 4):
            yield {"id": id, "name": f"Token {id}", "secret_hash": _hash(f"token {id}"), "scopes": "counts:read"}

    def webhooks(self) -> Iterator[Row]:
        for id in range(1, 4):
            yield {"id": id, "url": "https://hooks.example", "salt": f"{id}"}

    def webhook_deliveries(self) -> Iterator[Row]:
        """One of each catch-up went to each hook; each was delivered."""
        for id in self._catchups:
            at = self._start(id)
            yield {
                "id": id,
                "webhook_id": id % 3 + 1,
                "event_id": f"booking-{id}-held",
                "event": "session.held",
                "booking_id": id,
                "at": at,
                "called_at": at,
                "delivered_at": at,
            }

    def webhook_calls(self) -> Iterator[Row]:
        for id in self._catchups:
            yield {"id": id, "delivery_id": id, "at": self._start(id), "status": 200}

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
