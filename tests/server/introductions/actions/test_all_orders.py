"""No order of proposals, answers, changes of mind, erasures and jobs, at any times, lets contact data flow before
both consents stand, or after one of them was taken back.

Hypothesis walks through the real actions on a real SQLite database with a clock of its own. What the consents are is
counted here by what the two have pressed, not read from the database.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.offers import make_offer
from server.catchups.queries.ledger import verify
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import ChoiceKind
from server.db.database import Database
from server.db.schema import migrate
from server.errors import DomainError
from server.guests.actions.following import follow_catchups
from server.guests.actions.seats import agree_to_seat
from server.introductions.actions.answering import agree, choose_block, refuse, thank
from server.introductions.actions.ending import end_introductions
from server.introductions.actions.proposing import ask_third_people, propose, take_back
from server.introductions.actions.three import join_three, leave_three, plan_three
from server.introductions.rules.introductions import Part
from server.introductions.rules.proposals import Proposal
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.links import Purpose
from server.people.rules.visitors import Visitor
from server.people.store.contacts import any_contact
from server.privacy.actions.erasing import erase_person
from server.privacy.actions.strangers import erase_strangers
from server.privacy.rules.erasure import ErasureReason
from tests.server.actors import NOW, OFFERED, SHOWN, accepting, visitor_by
from tests.server.guests.seating import newest
from tests.server.introductions.people import KEY, NO, YES, page_for, visitor_named
from tests.server.sending import SEALER

LONG = os.environ.get("FIRESIDE_FAULTS") == "long"
THIRDS = ("ana@example.org", "lena@example.org", "bo@example.org")
picks = st.integers(0, 7)


@dataclass
class Told:
    """An introduction as its people know it: who has pressed yes and not taken it back."""

    id: int
    mentor: Visitor
    mentee: Visitor
    third: Visitor | None = None
    yes: set[int] = field(default_factory=set)
    over: bool = False

    @property
    def two(self) -> list[Visitor]:
        return [self.mentee, *([self.third] if self.third else [])]


class Orders(RuleBasedStateMachine):
    """Maya with two mentees, Lena a mentor of her own with one; and whom they introduce by email."""

    template: ClassVar[Path]
    pairs: ClassVar[list[tuple[Visitor, Visitor, int]]]
    # How often contact data was shown, and how often it was gone after it had been.
    shown: ClassVar[int] = 0
    gone: ClassVar[int] = 0
    # How often a third person said yes to a call of three.
    met: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "fireside.sqlite3"
        shutil.copy(self.template, file)
        self.database = Database(f"sqlite+aiosqlite:///{file}")
        self.now = NOW
        self.made: list[Told] = []
        self.erased: set[int] = set()
        self.flowed: set[int] = set()

    def teardown(self) -> None:
        assert self.run(verify(self.database)).holds
        self.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()

    def run(self, verb: Awaitable[Any]) -> Any:
        return self.runner.run(verb)  # type: ignore[arg-type] # each is a coroutine

    @rule(pair=st.integers(0, 2), third=st.sampled_from([*THIRDS, "sam@example.org"]))
    def propose(self, pair: int, third: str) -> None:
        mentor, mentee, mentorship_id = self.pairs[pair]
        proposal, form = Proposal("a", "b", "Third", third), f"form {len(self.made)} {self.now}"
        with suppress(DomainError):
            made = self.run(propose(self.database, SEALER, mentor, mentorship_id, form, proposal, self.now))
            if made not in {each.id for each in self.made}:
                self.made.append(Told(made, mentor, mentee))
                self.ask(third)

    def ask(self, third: str) -> None:
        if self.run(ask_third_people(self.database, SEALER, KEY, self.now)):
            self.made[-1].third = self.run(visitor_named(self.database, third, self.now))

    @initialize(yes=st.booleans(), both=st.booleans())
    def begin(self, yes: bool, both: bool) -> None:
        """Sam and Ana are asked, and one of them says yes; or both do, and are offered a call of three."""
        self.propose(0, THIRDS[0])
        self.answer(0, who=yes, yes=True)
        if both:
            self.answer(0, who=not yes, yes=True)
            self.meet_in_three(0, 4, yes)

    @rule(which=picks, who=st.booleans(), yes=st.booleans())
    def answer(self, which: int, who: bool, yes: bool) -> None:
        if not self.made:
            return
        told = self.made[which % len(self.made)]
        visitor = told.two[-1] if who else told.mentee
        if visitor.person.id in self.erased:
            return
        verb, shown = (agree, YES) if yes else (refuse, NO)
        with suppress(DomainError):
            self.run(verb(self.database, visitor, told.id, shown, self.now))
            if yes:
                told.yes.add(visitor.person.id)
                return
            told.over = told.over or len(told.yes) == 2
            told.yes.discard(visitor.person.id)

    @rule(which=picks, who=st.booleans())
    def thank(self, which: int, who: bool) -> None:
        if self.made:
            told = self.made[which % len(self.made)]
            with suppress(DomainError):
                self.run(thank(self.database, told.two[-1] if who else told.mentee, told.id, self.now))

    @rule(which=picks)
    def take_back(self, which: int) -> None:
        if self.made:
            told = self.made[which % len(self.made)]
            with suppress(DomainError):
                self.run(take_back(self.database, told.mentor, told.id, self.now))
                assert len(told.yes) < 2
                told.over = True

    @rule(which=picks, steps=st.integers(0, 4), yes=st.booleans())
    def meet_in_three(self, which: int, steps: int, yes: bool) -> None:
        """The mentor offers a call of three; as many steps follow, to an answer of the third person."""
        if not self.made:
            return
        told = self.made[which % len(self.made)]
        with suppress(DomainError):
            self.run(self.three(told, steps, yes))
            both = len(told.yes) == 2 and not told.over
            assert both, "a call of three without both consents"

    async def three(self, told: Told, steps: int, yes: bool) -> None:
        db, now, agreed = self.database, self.now, SHOWN[ChoiceKind.AGREED_GUEST]
        people = told.mentor.person.id, told.mentee.person.id
        mentorship = next(id for mentor, mentee, id in self.pairs if (mentor.person.id, mentee.person.id) == people)
        start = now + timedelta(hours=1 + len(self.made))
        draft = Draft("", frozenset({Medium.VIDEO}), (start,), 30)
        offer = await make_offer(db, told.mentor, mentorship, draft, OFFERED, now)
        await plan_three(db, told.mentor, told.id, offer.id, agreed, now)
        with suppress(DomainError):
            if steps:
                booking = await accept_offer(db, told.mentee, offer.id, accepting(start), now)
            if steps > 1:
                seat = await newest(db)
                await agree_to_seat(db, told.mentee, booking.id, seat.id, agreed, now)
            if steps > 2 and told.third:
                verb, kind = (join_three, ChoiceKind.TOOK_SEAT) if yes else (leave_three, ChoiceKind.LEFT_SEAT)
                await verb(db, told.third, told.id, seat.id, SHOWN[kind], now)
            type(self).met += steps > 2 and yes

    @rule(which=picks, blocked=st.booleans())
    def block(self, which: int, blocked: bool) -> None:
        if self.made and (third := self.made[which % len(self.made)].third):
            with suppress(DomainError):
                made = self.made[which % len(self.made)].id
                self.run(choose_block(self.database, third, made, KEY, self.now, blocked=blocked))

    @rule(which=picks, who=st.integers(0, 2))
    def erase(self, which: int, who: int) -> None:
        if not self.made:
            return
        told = self.made[which % len(self.made)]
        visitor = (told.mentor, *told.two)[who % (1 + len(told.two))]
        with suppress(DomainError):
            self.run(self.erase_one(visitor.person.id))
        self.erased.add(visitor.person.id)

    async def erase_one(self, person_id: int) -> None:
        async with self.database.reading() as connection:
            email = (await any_contact(connection, person_id)).email
        reason, folder = ErasureReason.ASKED, Path("nowhere")
        await erase_person(self.database, person_id, email, reason, COMMAND_LINE, folder, self.now)

    @rule(days=st.sampled_from([1, 13, 30, 180]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def jobs(self) -> None:
        self.run(follow_catchups(self.database, self.now))
        self.run(end_introductions(self.database, self.now))
        self.run(erase_strangers(self.database, Path("nowhere"), self.now))

    @invariant()
    def contact_data_flows_by_consents_alone(self) -> None:
        for told in self.made:
            both = {each.person.id for each in told.two}
            may = len(both) == 2 and told.yes == both and not told.over and not both & self.erased
            for reader in (told.mentor, *told.two):
                page = self.run(page_for(self.database, reader, told.id, self.now))
                assert page.three is None or may, "a call of three was shown without both consents"
                if page.contact is None:
                    type(self).gone += told.id in self.flowed
                    continue
                other = next(each for each in told.two if each.person.id != reader.person.id)
                assert may, "contact data flowed without both consents"
                assert page.part is not Part.MENTOR
                assert page.contact.name == other.person.name
                type(self).shown += 1
                self.flowed.add(told.id)


async def meet(file: Path) -> list[tuple[Visitor, Visitor, int]]:
    """A database with three mentorships: each its mentor, its mentee and its id."""
    database = Database(f"sqlite+aiosqlite:///{file}")
    await migrate(database)
    async with database.writing() as connection:
        cast = [
            await find_or_add_person(connection, NewPerson(name, f"{name.lower()}@example.org", "UTC"), NOW)
            for name in ("Maya", "Sam", "Lena", "Tom")
        ]
        maya, sam, lena, tom = cast
        pairs = [(maya, sam), (maya, tom), (lena, tom)]
        made = [await find_or_add_mentorship(connection, *pair, NOW) for pair in pairs]
        secrets = [
            await make_link(connection, NOW, person_id=each.id, purpose=Purpose.HOME, path="/home") for each in cast
        ]
    visitors = {each.id: await visitor_by(database, secret) for each, secret in zip(cast, secrets, strict=True)}
    await database.close()
    return [(visitors[mentor.id], visitors[mentee.id], id) for (mentor, mentee), id in zip(pairs, made, strict=True)]


def test_contact_data_flows_by_consents_alone(tmp_path: Path) -> None:
    Orders.template = tmp_path / "template.sqlite3"
    Orders.pairs = asyncio.run(meet(Orders.template))
    case = Orders.TestCase
    case.settings = settings(
        max_examples=300 if LONG else 15,
        stateful_step_count=30,
        deadline=None,
        derandomize=not LONG,
        suppress_health_check=list(HealthCheck),
        phases=[phase for phase in Phase if LONG or phase is not Phase.shrink],
        print_blob=True,
    )
    case("runTest").runTest()
    assert Orders.shown > 0, "no walk brought two people together"
    assert Orders.met > 0, "no walk came to a call of three"
    assert Orders.gone > 0, "no walk parted them again"
