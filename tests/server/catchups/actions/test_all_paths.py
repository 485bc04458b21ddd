"""No sequence of actions, expiries, retries and duplicate posts leaves the diagram, loses an entry or mails twice.

Hypothesis walks through the real actions on a real SQLite database, with a clock of its own. Each step is taken twice,
as a form that is sent twice, and now and then tried by who may not. After each step the whole database is looked at.
"""

import asyncio
import json
import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.calls.actions.entering import enter_call, record_news
from server.calls.actions.reports import report
from server.calls.rules.errors import CallClosed
from server.calls.rules.reports import Outcome
from server.catchups.actions.answers import accept_offer, decline_offer, postpone_offer, suggest_other, undo_answer
from server.catchups.actions.bookings import ask_to_move, close_missed, withdraw
from server.catchups.actions.consents import allow_phone, disallow_phone
from server.catchups.actions.offers import expire_offers, make_offer, offer_new_times, reword_offer, withdraw_offer
from server.catchups.queries.ledger import verify
from server.catchups.rules import bookings as booking_rules
from server.catchups.rules import offers as offer_rules
from server.catchups.rules.bookings import REMINDERS
from server.catchups.rules.drafts import LENGTHS, Draft, Medium
from server.catchups.rules.invitations import invitation_from
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.store.email_context import still_current
from server.db.database import Database
from server.db.schema import migrate
from server.errors import DomainError, NotFound
from server.mail import outbox
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.links import Purpose
from server.people.rules.visitors import Visitor
from signaling.news import Joined, Left
from signaling.quality import Quality
from tests.server.actors import (
    ALLOWED_PHONE,
    DECLINED,
    NOW,
    OFFERED,
    POSTPONED,
    SHOWN,
    SUGGESTED,
    TOOK_BACK,
    UNDID,
    WITHDREW,
    accepting,
    visitor_by,
)

LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
WINDOW = JoinWindow()
LEASE = timedelta(minutes=2)
WITHOUT_PHONE = SHOWN[ChoiceKind.DISALLOWED_PHONE]
OFFER_ARROWS = {(str(state), str(to)) for (state, _), (_, to) in offer_rules.TRANSITIONS.items()}
BOOKING_ARROWS = {(str(state), str(to)) for (state, _), (_, to) in booking_rules.TRANSITIONS.items()}
WATCHED = (
    *("offers", "offer_times", "bookings", "choices", "choice_words", "catchups", "pauses", "outbox"),
    *("sessions", "attendances", "reports"),
)

Verb = Callable[[], Awaitable[Any]]
picks = st.integers(0, 50)
media = st.sampled_from([frozenset({Medium.VIDEO}), frozenset({Medium.PHONE}), frozenset(Medium)])
# Hours ahead, on few points, so that catch-ups often want the same time.
hours = st.lists(st.sampled_from([1, 2, 26, 27]), min_size=1, max_size=3, unique=True)


@dataclass(frozen=True)
class Row:
    """A row of the database, by its columns."""

    values: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self.values[name]

    def time(self, name: str) -> datetime:
        return datetime.fromisoformat(self.values[name]).replace(tzinfo=UTC)


class Paths(RuleBasedStateMachine):
    """Maya with two mentees, and Eve, who has nothing to do with them."""

    template: ClassVar[Path]
    cast: ClassVar[tuple[Visitor, ...]]
    mentorships: ClassVar[tuple[int, ...]]
    # How often each arrow was gone along, by every walk.
    gone: ClassVar[Counter[tuple[str, str]]] = Counter()
    # How often which refusal was given.
    refusals: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "fireside.sqlite3"
        shutil.copy(self.template, self.file)
        self.database = Database(f"sqlite+aiosqlite:///{self.file}")
        self.looking = sqlite3.connect(self.file)
        self.people = {visitor.person.id: visitor for visitor in self.cast}
        self.stranger = self.cast[-1]
        self.now = NOW
        self.entries = 0
        self.forms = 0
        self.chain: list[str] = []
        self.sent: Counter[tuple[int, str]] = Counter()

    @initialize(hour=st.sampled_from([1, 26]))
    def meet(self, hour: int) -> None:
        """One of the two mentees has agreed with Maya already, the other is asked."""
        self.agree(0, hour, Medium.VIDEO)
        self.make(1, [hour, 50], frozenset(Medium), 1, True, True)

    def teardown(self) -> None:
        self.looking.close()
        self.runner.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()

    # What is looked at

    def run(self, verb: Awaitable[Any]) -> Any:
        return self.runner.run(verb)  # type: ignore[arg-type] # each is a coroutine

    def rows(self, query: str) -> list[Row]:
        found = self.looking.execute(query)
        names = [column[0] for column in found.description]
        return [Row(dict(zip(names, values, strict=True))) for values in found.fetchall()]

    def look(self) -> dict[str, list[tuple[Any, ...]]]:
        return {table: self.looking.execute(f"SELECT * FROM {table}").fetchall() for table in WATCHED}  # noqa: S608 names of our own

    def states(self, table: str) -> dict[int, str]:
        return dict(self.looking.execute(f"SELECT id, state FROM {table}").fetchall())  # noqa: S608 names of our own

    def sequences(self) -> dict[int, int]:
        return dict(self.looking.execute("SELECT id, sequence FROM catchups").fetchall())

    def offer(self, pick: int, state: str = "open") -> Row:
        """One of the offers: mostly one in this state, where there is one."""
        return _one_of(self.rows("SELECT * FROM offers ORDER BY id DESC"), pick, state)

    def booking(self, pick: int) -> Row:
        """One of the bookings: mostly a confirmed one, where there is one."""
        found = self.rows(
            "SELECT bookings.*, mentor_id, mentee_id FROM bookings JOIN catchups ON catchups.id = catchup_id "
            "JOIN mentorships ON mentorships.id = mentorship_id ORDER BY bookings.id DESC"
        )
        return _one_of(found, pick, "confirmed")

    def starts(self, offer: Row) -> list[datetime]:
        found = self.rows(f"SELECT start FROM offer_times WHERE offer_id = {offer.id} ORDER BY start")  # noqa: S608
        return [row.time("start") for row in found]

    def draft(self, ahead: list[int], by: frozenset[Medium], length: int, note: str = "") -> Draft:
        whole = self.now.replace(minute=0, second=0)
        return Draft(note, by, tuple(sorted(whole + timedelta(hours=hour) for hour in ahead)), LENGTHS[length % 5])

    # How a step is taken

    def step(self, verb: Verb, entries: int | Callable[[Any], int] = 0, *, changes: bool = True) -> Any:
        """Takes it twice. It is carried out once, or refused and has changed nothing."""
        before, sequences = self.look(), self.sequences()
        offers, bookings = self.states("offers"), self.states("bookings")
        try:
            outcome = self.run(verb())
        except DomainError as refusal:
            self.refusals[type(refusal).__name__] += 1
            assert self.look() == before
            return None
        self.entries += entries(outcome) if callable(entries) else entries
        self.gone.update(_followed(offers, self.states("offers"), "open", OFFER_ARROWS))
        self.gone.update(_followed(bookings, self.states("bookings"), "confirmed", BOOKING_ARROWS))
        rises = [number - sequences.get(catchup, 0) for catchup, number in self.sequences().items()]
        assert all(rise in (0, 1) for rise in rises)
        assert not changes or self.look() == before or sum(rises) >= 1
        after = self.look()
        with suppress(DomainError):
            self.run(verb())
        assert self.look() == after, "the second time changed something"
        return outcome

    def refused(self, verb: Awaitable[Any], *kinds: type[DomainError]) -> None:
        before = self.look()
        with pytest.raises(kinds):
            self.run(verb)
        assert self.look() == before

    def has_offer(self) -> bool:
        return bool(self.states("offers"))

    def has_booking(self) -> bool:
        return bool(self.states("bookings"))

    # What people do

    @rule(which=st.integers(0, 1), ahead=hours, by=media, length=picks, mine=st.booleans(), phone=st.booleans())
    def make(self, which: int, ahead: list[int], by: frozenset[Medium], length: int, mine: bool, phone: bool) -> None:
        self.forms += 1
        form, mentee = str(self.forms), self.cast[1 + which]
        visitor = self.cast[0] if mine else mentee
        draft, allows = replace(self.draft(ahead, by, length), phone_fallback=phone), ALLOWED_PHONE if phone else None
        self.step(
            lambda: make_offer(self.database, visitor, self.mentorships[which], draft, OFFERED, self.now, form, allows),
            2 if phone and Medium.VIDEO in by else 1,
        )

    @rule(which=st.integers(0, 1), hour=st.sampled_from([1, 26]), by=st.sampled_from(Medium))
    def agree(self, which: int, hour: int, by: Medium) -> None:
        """Maya offers one time, and it is accepted, unless either is refused, such as a time that is taken."""
        maya, mentee = self.cast[0], self.cast[1 + which]
        draft = self.draft([hour, hour + 24], frozenset({by}), 1)
        self.forms += 1
        form = str(self.forms)
        offer = self.step(
            lambda: make_offer(self.database, maya, self.mentorships[which], draft, OFFERED, self.now, form), 1
        )
        if offer is None:
            return
        choice = accepting(offer.starts[0], by)
        self.step(lambda: accept_offer(self.database, mentee, offer.id, choice, self.now), 1)

    @precondition(has_offer)
    @rule(pick=picks, ahead=hours, by=media, length=picks)
    def reword(self, pick: int, ahead: list[int], by: frozenset[Medium], length: int) -> None:
        offer = self.offer(pick)
        draft = self.draft(ahead, by, length, "So.")
        self.step(
            lambda: reword_offer(self.database, self.people[offer.author_id], offer.id, draft, OFFERED, self.now),
            lambda reworded: reworded.revision - offer.revision,
        )

    @precondition(has_offer)
    @rule(pick=picks, which=picks, by=st.sampled_from(Medium), phone=st.booleans(), stale=st.booleans())
    def accept(self, pick: int, which: int, by: Medium, phone: bool, stale: bool) -> None:
        """Mostly a time that is still to come, by a medium that is offered, of the offer as it reads."""
        offer = self.offer(pick)
        starts = self.starts(offer)
        starts = [start for start in starts if start > self.now] or starts
        if which % 4:
            by, stale = Medium.VIDEO if offer.by_video else Medium.PHONE, False
        shown = ALLOWED_PHONE if phone else None
        choice = accepting(starts[which % len(starts)], by, revision=offer.revision - stale, phone=shown)
        self.step(
            lambda: accept_offer(self.database, self.people[offer.recipient_id], offer.id, choice, self.now),
            2 if phone and by is Medium.VIDEO else 1,
        )

    @precondition(has_offer)
    @rule(pick=picks, words=st.sampled_from(["", "A full week."]))
    def decline(self, pick: int, words: str) -> None:
        offer = self.offer(pick)
        visitor = self.people[offer.recipient_id]
        self.step(lambda: decline_offer(self.database, visitor, offer.id, words, DECLINED, self.now), 1)

    @precondition(has_offer)
    @rule(pick=picks, weeks=st.sampled_from([2, 3, 8]))
    def postpone(self, pick: int, weeks: int) -> None:
        offer = self.offer(pick)
        visitor = self.people[offer.recipient_id]
        self.step(lambda: postpone_offer(self.database, visitor, offer.id, weeks, "", POSTPONED, self.now), 1)

    @precondition(has_offer)
    @rule(pick=picks, ahead=st.one_of(st.just([]), hours), by=media, length=picks)
    def suggest(self, pick: int, ahead: list[int], by: frozenset[Medium], length: int) -> None:
        offer = self.offer(pick)
        draft, visitor = self.draft(ahead, by, length), self.people[offer.recipient_id]
        self.step(lambda: suggest_other(self.database, visitor, offer.id, draft, SUGGESTED, OFFERED, self.now), 2)

    @precondition(has_offer)
    @rule(pick=picks)
    def undo(self, pick: int) -> None:
        offer = self.offer(pick, ("declined", "superseded", "accepted")[pick % 3])
        visitor = self.people[offer.recipient_id]
        self.step(lambda: undo_answer(self.database, visitor, offer.id, UNDID, WINDOW, self.now), 1)

    @precondition(has_offer)
    @rule(pick=picks)
    def take_back(self, pick: int) -> None:
        offer = self.offer(pick)
        visitor = self.people[offer.author_id]
        self.step(lambda: withdraw_offer(self.database, visitor, offer.id, TOOK_BACK, self.now), 1)

    @precondition(has_offer)
    @rule(pick=picks, ahead=hours, by=media, length=picks, mine=st.booleans())
    def offer_new_times_after(
        self, pick: int, ahead: list[int], by: frozenset[Medium], length: int, mine: bool
    ) -> None:
        offer = self.offer(pick, ("declined", "withdrawn", "expired")[pick % 3])
        draft, visitor = self.draft(ahead, by, length), self.people[offer.author_id if mine else offer.recipient_id]
        self.step(lambda: offer_new_times(self.database, visitor, offer.id, draft, OFFERED, self.now), 1)

    @precondition(has_booking)
    @rule(pick=picks, side=st.sampled_from(["mentor_id", "mentee_id"]), ahead=hours, by=media, length=picks)
    def wish_to_move(self, pick: int, side: str, ahead: list[int], by: frozenset[Medium], length: int) -> None:
        booking = self.booking(pick)
        draft, visitor = self.draft(ahead, by, length), self.people[booking.values[side]]
        self.step(lambda: ask_to_move(self.database, visitor, booking.id, draft, OFFERED, self.now), 1)

    @precondition(has_booking)
    @rule(pick=picks, side=st.sampled_from(["mentor_id", "mentee_id"]), words=st.sampled_from(["", "A cold."]))
    def withdraw_from(self, pick: int, side: str, words: str) -> None:
        booking = self.booking(pick)
        visitor = self.people[booking.values[side]]
        self.step(lambda: withdraw(self.database, visitor, booking.id, words, WITHDREW, self.now), 1)

    @precondition(has_booking)
    @rule(pick=picks, side=st.sampled_from(["mentor_id", "mentee_id"]), allowed=st.booleans())
    def choose_the_phone(self, pick: int, side: str, allowed: bool) -> None:
        booking, db = self.booking(pick), self.database
        visitor = self.people[booking.values[side]]
        if allowed:
            self.step(lambda: allow_phone(db, visitor, booking.id, ALLOWED_PHONE, self.now), int, changes=False)
        else:
            self.step(lambda: disallow_phone(db, visitor, booking.id, WITHOUT_PHONE, self.now), 1, changes=False)

    @precondition(has_booking)
    @rule(
        pick=picks, sides=st.sampled_from([("mentor_id",), ("mentor_id", "mentee_id")]), said=st.sampled_from(Outcome)
    )
    def say_how_it_was(self, pick: int, sides: tuple[str, ...], said: Outcome) -> None:
        """Now and then when it is over."""
        booking, db = self.booking(pick), self.database
        if pick % 3 == 0:
            self.now = max(self.now, booking.time("start") + timedelta(minutes=booking.minutes))
        for side in sides:
            visitor = self.people[booking.values[side]]
            self.step(lambda: report(db, visitor, booking.id, said, WINDOW, self.now), changes=False)  # noqa: B023 called at once

    # What the call tells

    @precondition(has_booking)
    @rule(pick=picks, side=st.sampled_from(["mentor_id", "mentee_id"]), number=st.integers(0, 1))
    def come(self, pick: int, side: str, number: int) -> None:
        booking = self.booking(pick)
        self._come(booking, booking.values[side], number)

    @precondition(has_booking)
    @rule(pick=picks)
    def meet_in_the_call(self, pick: int) -> None:
        booking = self.booking(pick)
        self.now = max(self.now, booking.time("start"))
        for person in (booking.mentor_id, booking.mentee_id):
            self._come(booking, person, 0)

    def _come(self, booking: Row, person: int, number: int) -> None:
        """Comes in, if they may: both consents then stand in the ledger."""
        try:
            self.run(enter_call(self.database, self.people[person], booking.id, self.now, WINDOW))
        except CallClosed:
            return
        kinds = {
            (row.person_id, row.kind)
            for row in self.rows(f"SELECT person_id, kind FROM choices WHERE subject_id = {booking.offer_id}")  # noqa: S608
        }
        assert {person for person, kind in kinds if kind in ("offered", "accepted")} >= {
            booking.mentor_id,
            booking.mentee_id,
        }
        assert not {person for person, kind in kinds if kind == "withdrew"}
        news = Joined(f"{booking.id}-{person}-{number}", str(booking.id), str(person), self.now.timestamp())
        self.step(lambda: record_news(self.database, news), changes=False)

    @precondition(has_booking)
    @rule(pick=picks, side=st.sampled_from(["mentor_id", "mentee_id"]), number=st.integers(0, 1))
    def go(self, pick: int, side: str, number: int) -> None:
        booking = self.booking(pick)
        person = booking.values[side]
        uid = f"{booking.id}-{person}-{number}"
        news = Left(uid, str(booking.id), str(person), self.now.timestamp(), "left", 0.0, Quality())
        self.step(lambda: record_news(self.database, news), changes=False)

    # What time does

    @rule(later=st.sampled_from([timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=9)]))
    def wait(self, later: timedelta) -> None:
        self.now += later

    @precondition(has_booking)
    @rule(pick=picks, where=st.sampled_from(["opens", "start", "end", "closes"]), early=st.booleans())
    def wait_for_a_booking(self, pick: int, where: str, early: bool) -> None:
        booking = self.booking(pick)
        start = booking.time("start")
        end = start + timedelta(minutes=booking.minutes)
        moments = {"opens": start - WINDOW.early, "start": start, "end": end, "closes": end + WINDOW.late}
        self.now = max(self.now, moments[where] - timedelta(seconds=early))

    @rule()
    def expire(self) -> None:
        self.step(lambda: expire_offers(self.database, self.now))
        waiting = self.rows("SELECT expires_at FROM offers WHERE state = 'open'")
        assert all(row.time("expires_at") > self.now for row in waiting)

    @rule()
    def close(self) -> None:
        self.step(lambda: close_missed(self.database, WINDOW, self.now), changes=False)

    @rule(failing=st.booleans(), most=st.integers(1, 12))
    def send(self, failing: bool, most: int) -> None:
        """Sends what is due, one email after the other, to a mail server that accepts or refuses them."""
        for _ in range(most):
            entry = self.run(self._take())
            if entry is None:
                return
            if entry.kind.startswith("reminder"):
                [booking] = self.rows(f"SELECT * FROM bookings WHERE id = {entry.booking_id}")  # noqa: S608
                assert booking.state == "confirmed"
                assert booking.time("start") > self.now
            if failing:
                self.run(self._refuse(entry))
            else:
                self.sent[entry.recipient_id, entry.event] += 1
                self.run(self._note_sent(entry))

    @rule()
    def send_when_the_next_reminder_is_due(self) -> None:
        """Of whatever was booked, and whatever became of it."""
        starts = [row.time("start") for row in self.rows("SELECT start FROM bookings")]
        due = [start - before for start in starts for before in REMINDERS.values()]
        self.now = min((time for time in due if time >= self.now), default=self.now)
        self.send(failing=False, most=50)

    async def _take(self) -> outbox.OutboxEntry | None:
        async with self.database.writing() as connection:
            return await outbox.claim_due(connection, self.now, self.now + LEASE, still_current(self.now))

    async def _note_sent(self, entry: outbox.OutboxEntry) -> None:
        async with self.database.writing() as connection:
            await outbox.note_sent(connection, entry, self.now)

    async def _refuse(self, entry: outbox.OutboxEntry) -> None:
        async with self.database.writing() as connection:
            await outbox.note_failure(connection, entry, "refused", self.now + LEASE, None)

    # Who may not

    @precondition(has_offer)
    @rule(pick=picks)
    def meddle_with_an_offer(self, pick: int) -> None:
        """The stranger finds nothing; who asked does not answer, and who was asked does not reword or take back."""
        offer, db, now = self.offer(pick), self.database, self.now
        draft, choice = self.draft([5], frozenset(Medium), 0), accepting(self.starts(offer)[0])
        of_the_other = {self.people[offer.author_id]: True, self.people[offer.recipient_id]: False}
        for visitor, asked in [*of_the_other.items(), (self.stranger, True), (self.stranger, False)]:
            verbs = (
                [
                    accept_offer(db, visitor, offer.id, choice, now),
                    decline_offer(db, visitor, offer.id, "", DECLINED, now),
                    postpone_offer(db, visitor, offer.id, 2, "", POSTPONED, now),
                    suggest_other(db, visitor, offer.id, draft, SUGGESTED, OFFERED, now),
                    undo_answer(db, visitor, offer.id, UNDID, WINDOW, now),
                ]
                if asked
                else [
                    reword_offer(db, visitor, offer.id, draft, OFFERED, now),
                    withdraw_offer(db, visitor, offer.id, TOOK_BACK, now),
                ]
            )
            for verb in verbs:
                self.refused(verb, NotFound if visitor is self.stranger else DomainError)

    @precondition(has_booking)
    @rule(pick=picks)
    def meddle_with_a_booking(self, pick: int) -> None:
        booking, db = self.booking(pick), self.database
        draft = self.draft([5], frozenset(Medium), 0)
        for verb in (
            withdraw(db, self.stranger, booking.id, "", WITHDREW, self.now),
            ask_to_move(db, self.stranger, booking.id, draft, OFFERED, self.now),
            enter_call(db, self.stranger, booking.id, self.now, WINDOW),
            allow_phone(db, self.stranger, booking.id, ALLOWED_PHONE, self.now),
            disallow_phone(db, self.stranger, booking.id, WITHOUT_PHONE, self.now),
            report(db, self.stranger, booking.id, Outcome.SPOKE, WINDOW, self.now),
        ):
            self.refused(verb, NotFound)

    # What always holds

    @invariant()
    def each_catch_up_has_one_open_offer_and_one_live_booking_at_most(self) -> None:
        for query in (
            "SELECT catchup_id FROM offers WHERE state = 'open'",
            "SELECT catchup_id FROM bookings WHERE state IN ('confirmed', 'held')",
        ):
            found = [row.catchup_id for row in self.rows(query)]
            assert len(found) == len(set(found))

    @invariant()
    def nobody_is_booked_twice_at_a_time(self) -> None:
        live = self.rows(
            "SELECT bookings.*, mentor_id, mentee_id FROM bookings JOIN catchups ON catchups.id = catchup_id "
            "JOIN mentorships ON mentorships.id = mentorship_id WHERE state IN ('confirmed', 'held')"
        )
        for one, other in combinations(live, 2):
            if {one.mentor_id, one.mentee_id} & {other.mentor_id, other.mentee_id}:
                first, second = sorted((one, other), key=lambda row: row.time("start"))
                assert first.time("start") + timedelta(minutes=first.minutes) <= second.time("start")

    @invariant()
    def an_accepted_offer_has_its_booking_and_an_open_one_none(self) -> None:
        """Of those that the offer became, the ones that were undone are cancelled."""
        for offer in self.rows("SELECT * FROM offers"):
            states = [
                row.state
                for row in self.rows(f"SELECT state FROM bookings WHERE offer_id = {offer.id} ORDER BY id")  # noqa: S608
            ]
            assert states[:-1] == ["cancelled"] * len(states[:-1])
            assert offer.state != "accepted" or states
            assert offer.state == "accepted" or set(states) <= {"cancelled"}

    @invariant()
    def the_ledger_holds_and_has_an_entry_for_each_choice(self) -> None:
        verdict = self.run(verify(self.database))
        assert (verdict.holds, verdict.entries) == (True, self.entries), str(verdict.said)
        chain = [row.hash for row in self.rows("SELECT hash FROM choices ORDER BY id")]
        assert chain[: len(self.chain)] == self.chain
        self.chain = chain

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        assert not self.sent or max(self.sent.values()) == 1

    @invariant()
    def calendars_never_go_back(self) -> None:
        """The emails about a catch-up to one person carry newer and newer states of its event, the newest last."""
        seen: dict[tuple[int, int], int] = {}
        sequences = self.sequences()
        for row in self.rows("SELECT * FROM outbox WHERE invitation IS NOT NULL ORDER BY id"):
            invitation = invitation_from(json.loads(row.invitation))
            assert seen.get((row.catchup_id, row.recipient_id), 0) < invitation.sequence <= sequences[row.catchup_id]
            seen[row.catchup_id, row.recipient_id] = invitation.sequence


def _one_of(rows: list[Row], pick: int, state: str) -> Row:
    wanted = [row for row in rows if row.state == state] if pick % 4 else []
    among = wanted or rows
    return among[pick % len(among)]


def _followed(
    before: dict[int, str], after: dict[int, str], first: str, arrows: set[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The arrows gone along: each that is new begins where all do, each other has stayed or gone along one."""
    assert set(before) <= set(after)
    assert {after[number] for number in set(after) - set(before)} <= {first}
    gone = [(state, after[number]) for number, state in before.items() if after[number] != state]
    assert set(gone) <= arrows
    return gone


async def _meet(file: Path) -> tuple[tuple[Visitor, ...], tuple[int, ...]]:
    """A database in which Maya, two mentees and Eve are; as visitors, and Maya's mentorships."""
    database = Database(f"sqlite+aiosqlite:///{file}")
    await migrate(database)
    async with database.writing() as connection:
        maya, sam, ines, eve = [
            await find_or_add_person(connection, NewPerson(name, f"{name}@example.org", "UTC"), NOW)
            for name in ("maya", "sam", "ines", "eve")
        ]
        mentorships = [await find_or_add_mentorship(connection, maya, mentee, NOW) for mentee in (sam, ines)]
        secrets = [
            await make_link(connection, NOW, person_id=person.id, purpose=Purpose.HOME, path="/home")
            for person in (maya, sam, ines, eve)
        ]
    visitors = [await visitor_by(database, secret) for secret in secrets]
    await database.close()
    return tuple(visitors), tuple(mentorships)


@pytest.mark.timeout(3600 if LONG else 300)
def test_no_path_leaves_the_diagram(tmp_path: Path) -> None:
    Paths.template = tmp_path / "template.sqlite3"
    Paths.cast, Paths.mentorships = asyncio.run(_meet(Paths.template))
    case = Paths.TestCase
    case.settings = settings(
        max_examples=300 if LONG else 15,
        stateful_step_count=60 if LONG else 40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        # A shorter failure takes minutes to find: the long form looks for it.
        phases=[phase for phase in Phase if LONG or phase is not Phase.shrink],
        print_blob=True,
    )
    case("runTest").runTest()
    print("gone along, how often:", dict(Paths.gone))
    print("refused, how often:", dict(Paths.refusals))
    if not LONG:
        return
    assert set(Paths.gone) == {(one, to) for one, to in OFFER_ARROWS | BOOKING_ARROWS if one != to}
