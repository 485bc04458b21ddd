"""Every page in each of its states: made in the database of a running server, and who is shown it where."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import update

from server.admin.actions.doubles import compare_people, name_double
from server.admin.actions.importing import Defaults, bring_in
from server.admin.actions.mentorships import arrange
from server.admin.actions.nudges import remind_mentor
from server.admin.actions.pairs import add_pair_with_welcome
from server.admin.actions.people import send_link
from server.admin.rules.importing import ImportedPerson, ImportRow
from server.admin.store.doubles import find_or_add_double
from server.api.actions.tokens import make_token
from server.api.rules.tokens import NewToken, TokenScope
from server.availability.rules import Break
from server.calls.actions.entering import record_news
from server.calls.actions.reports import report
from server.calls.rules.reports import Outcome
from server.catchups.actions.answers import accept_offer, decline_offer, postpone_offer, suggest_other, undo_answer
from server.catchups.actions.bookings import ask_to_move, say_late, withdraw
from server.catchups.actions.consents import allow_phone
from server.catchups.actions.offers import expire_offers, make_offer, reword_offer, withdraw_offer
from server.catchups.actions.routines import add_break, make_routine_offers, pause_routine, set_routine
from server.catchups.actions.together import accept_coming
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import Offer
from server.catchups.rules.routines import Every, Plan, Rhythm
from server.catchups.store.bookings import set_state
from server.catchups.store.offers import open_offers_in
from server.db.database import Database
from server.db.tables import bookings, outbox, people
from server.guests.actions.following import follow_catchups
from server.guests.actions.seats import agree_to_seat, ask_for_seat, end_seat_of
from server.guests.store.seats import set_told
from server.introductions.actions.answering import agree, refuse, thank
from server.introductions.actions.proposing import ask_third_people, propose, take_back
from server.introductions.actions.three import join_three, leave_three, plan_three
from server.introductions.rules.proposals import Proposal
from server.mail.received import ReceivedEmail
from server.matching.actions.answering import agree as agree_to_match
from server.matching.actions.answering import decline
from server.matching.actions.pair_rules import set_rule
from server.matching.actions.proposing import propose_pairs
from server.matching.queries.match import read_match
from server.matching.rules.pair_rules import PairRuleKind
from server.matching.solving.matching import match
from server.matching.store.proposals import open_proposals_of
from server.mentorships.actions.courses import say_length, tell
from server.mentorships.actions.nudges import remind
from server.mentorships.actions.parting import leave_words
from server.mentorships.actions.replies import take_reply
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.actions.reviews import answer_review, ask_both
from server.mentorships.posting import notify
from server.mentorships.rules.courses import EMAILS as COURSE_EMAILS
from server.mentorships.rules.courses import Course, CourseState, Wish
from server.mentorships.rules.lengths import PlannedLength
from server.mentorships.rules.reply_addresses import ReplyPlace
from server.mentorships.rules.reviews import STILL_FITS, Answer, Answers, Matter
from server.mentorships.store.courses import CoursePart, set_course, set_part
from server.mentorships.store.reviews import close_review
from server.people.actions.emails import enqueue_new_address
from server.people.actions.links import find_visitor
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.mentorships import MentorshipEvent
from server.people.store.contacts import any_contact, set_phone
from server.people.store.people import find_any_mentorship, find_person, mentorships_of
from server.privacy.actions.erasing import erase_person
from server.privacy.actions.erasure_requests import ask_to_be_erased
from server.privacy.rules.erasure import ErasureReason
from server.room.actions.records import wish_record
from server.room.sealing import Sealer
from server.schemes.actions.library import EntryChange, change_library
from server.schemes.actions.memberships import confirm, decide
from server.schemes.actions.schemes import SchemeChange, make_scheme
from server.schemes.rules.memberships import MembershipEvent
from server.schemes.store.memberships import membership_in
from server.secret import ServerSecret
from server.webhooks.actions.hooks import add_hook, stop_hook, try_hook
from server.webhooks.actions.sending import HookCaller, send_next
from server.webhooks.rules.hooks import HookAnswer
from signaling.news import Joined, Left, Present, Sample
from tests.crowd import Browser, Crowd, at_catchup, every_email, shown, unlimited, whole_hour_in
from tests.server.actors import account_link
from tests.server.guests.seating import CLEO, link_of, newest
from tests.server.matching.members import AGREED as MATCH_AGREED
from tests.server.matching.members import LENA, NURI, Members, add_member, run_made, suggested
from tests.server.schemes.a_scheme import MENTEE, MENTOR, sign_up
from tests.server.schemes.a_scheme import TEXT as SCHEME
from tests.server.sending import SEALER, secret_of

BOTH = frozenset(Medium)
WITHOUT_MEDIA = (
    "for (const way of document.querySelectorAll('[name=media]')) way.checked = false; "
    "document.querySelector('form[action$=\"/sign-up\"]').submit()"
)
FAR = {"first": "2090-01-05", "clock": "17:00"}
WINDOW = JoinWindow(timedelta(minutes=15), timedelta(minutes=60))


@dataclass(frozen=True)
class Picture:
    """A page as one person sees it: `route` as routes.py writes it, `who` None for somebody without a link.

    `then` is a script that brings the page into its state, by sending a form.
    """

    title: str
    route: str
    path: str
    who: Browser | None
    then: str = ""


class Gallery:
    """Hangs the pictures of a mentor, her mentees and the admin."""

    def __init__(self, database: Database, crowd: Crowd, admin: Browser, secret: ServerSecret) -> None:
        self._database = database
        self._secret = secret
        self._sealer = Sealer(secret)
        self._crowd = crowd
        self._mentor, self._mentee, self._newcomer = crowd.mentor, *crowd.mentees
        self._admin = admin
        self._hours = 0
        self._now = datetime.now(UTC)
        self.pictures: list[Picture] = []

    @classmethod
    async def open(cls, database: Database, secret: ServerSecret | None = None) -> "Gallery":
        """`secret` is that of the server; without it, the one in a file beside the database."""
        crowd = await Crowd.gather(database, 2, "vera")
        now = datetime.now(UTC)
        token = (await use_one_time_link(database, await account_link(database, now), None, now)).token
        visitor = await find_visitor(database, token, now)
        assert visitor is not None
        gallery = cls(database, crowd, Browser(token, visitor), secret or secret_of(database))
        with unlimited(), every_email():
            for hang in (
                gallery._offers,
                gallery._bookings,
                gallery._phone,
                gallery._own,
                gallery._mentorships,
                gallery._endings,
                gallery._reviews,
                gallery._routine,
                gallery._introductions,
                gallery._calls_of_three,
                gallery._guests,
                gallery._schemes,
                gallery._matching,
                gallery._admins,
                gallery._strangers,
            ):
                await hang()
        return gallery

    async def speak(self, language: str) -> None:
        """Everybody's language from now on. Their zone is known, so that no page looks for it."""
        async with self._database.writing() as connection:
            await connection.execute(update(people).values(language=language, zone_known=True))

    async def _offers(self) -> None:
        database, now, mentee = self._database, self._now, self._mentee.visitor
        await self._offer("waiting")
        await self._offer("without a choice", then=send("acceptance", "start"))
        declined = await self._offer("declined")
        await decline_offer(database, mentee, declined.id, "Too much at once.", shown(ChoiceKind.DECLINED), now)
        postponed = await self._offer("postponed")
        await postpone_offer(database, mentee, postponed.id, 4, "", shown(ChoiceKind.POSTPONED), now)
        taken_back = await self._offer("taken back")
        means = shown(ChoiceKind.TOOK_BACK)
        await withdraw_offer(database, self._mentor.visitor, taken_back.id, means, now)
        superseded = await self._offer("superseded")
        counter = await self._suggest(superseded)
        self._both("/offers/{id}", f"/offers/{counter.id}", "a suggestion")
        counter = await self._suggest(await self._offer("superseded in vain"))
        await withdraw_offer(database, mentee, counter.id, means, now)
        self._both("/offers/{id}", f"/offers/{counter.id}", "a suggestion taken back")
        reworded = await self._offer("reworded")
        draft = Draft("Or another day.", BOTH, (self._hour(),), 45, phone_fallback=True)
        means, phone = shown(ChoiceKind.OFFERED), shown(ChoiceKind.ALLOWED_PHONE)
        await reword_offer(database, self._mentor.visitor, reworded.id, draft, means, now, phone)
        path = f"/offers/{reworded.id}/wording"
        self._hang("rewording", "/offers/{id}/wording", path, self._mentor)
        self._hang("a wrong rewording", "/offers/{id}/wording", path, self._mentor, send("wording", "starts"))
        again = await self._offer("open again")
        await decline_offer(database, mentee, again.id, "", shown(ChoiceKind.DECLINED), now)
        await undo_answer(database, mentee, again.id, shown(ChoiceKind.UNDID), WINDOW, now)
        await self._run_out()
        accepted = await self._offer("accepted")
        await self._accept(accepted)
        await self._taken()
        suggesting = await self._offer("suggested to")
        path = f"/offers/{suggesting.id}/suggestion"
        self._hang("suggesting", "/offers/{id}/suggestion", path, self._mentee)
        self._hang("a wrong suggestion", "/offers/{id}/suggestion", path, self._mentee, send("suggestion", "starts"))
        path = f"/offers/{declined.id}/new-times"
        self._hang("offering new times", "/offers/{id}/new-times", path, self._mentor)
        self._hang(
            "new times that are wrong", "/offers/{id}/new-times", path, self._mentor, send("new-times", "starts")
        )
        new = f"/mentorships/{self._crowd.mentorships[0]}/offers/new?like={declined.id}"
        self._hang("offering", "/mentorships/{id}/offers/new", new, self._mentor)
        self._hang("a wrong offer", "/mentorships/{id}/offers/new", new, self._mentor, send("offers", "starts"))

    async def _bookings(self) -> None:
        database, now = self._database, self._now
        await self._booking("to come")
        await self._booking("by phone", Medium.PHONE)
        called_off = await self._booking("called off")
        means = shown(ChoiceKind.WITHDREW)
        await withdraw(database, self._mentee.visitor, called_off.id, "I am ill.", means, now)
        move = await self._move(await self._booking("asked to be moved"))
        self._both("/offers/{id}", f"/offers/{move.id}", "a move")
        move = await self._move(await self._booking("moved"))
        moved = await self._accept(move)
        self._both("/bookings/{id}", f"/bookings/{moved.id}", "in another's place")
        to_move = await self._booking("to be moved")
        path = f"/bookings/{to_move.id}/move"
        self._hang("asking to move", "/bookings/{id}/move", path, self._mentee)
        self._hang("wrongly", "/bookings/{id}/move", path, self._mentee, send("move", "starts"))
        undone = await self._booking("whose acceptance was undone")
        await undo_answer(database, self._mentee.visitor, undone.offer_id, shown(ChoiceKind.UNDID), WINDOW, now)
        move = await self._move(await self._booking("that stays"))
        await decline_offer(database, self._mentee.visitor, move.id, "", shown(ChoiceKind.DECLINED), now)
        self._both("/offers/{id}", f"/offers/{move.id}", "a move declined")
        for state in (BookingState.HELD, BookingState.MISSED):
            booking = await self._booking(state.value)
            async with database.writing() as connection:
                await set_state(connection, booking.id, state)
        open_now = await self._crowd.call(0)
        await say_late(database, self._mentee.visitor, open_now.id, 5, now)
        self._both("/bookings/{id}", f"/bookings/{open_now.id}", "open now, and late")
        self._both("/catchups/{id}", f"/catchups/{open_now.catchup_id}", "what stands")
        self._both("/calls/{id}", f"/calls/{open_now.id}", "before the call")
        self._hang("the session", "/history/{id}", f"/history/{open_now.id}", self._admin)

    async def _phone(self) -> None:
        """By phone with and without numbers, by video with the phone as its fallback, and over, with reports."""
        database, now, both = self._database, self._now, (self._mentor.visitor, self._mentee.visitor)
        allows = shown(ChoiceKind.ALLOWED_PHONE)
        wrong = "document.querySelector('#phone').value = 'call me'; " + send("number")
        coming = await self._booking("by phone now", Medium.PHONE)
        self._hang("a wrong number", "/bookings/{id}", f"/bookings/{coming.id}", self._mentee, wrong)
        await self._begin(coming, now + timedelta(minutes=5))
        async with database.writing() as connection:
            await set_phone(connection, self._mentor.visitor.person.id, "+44 20 7946 0123")
        for title, allowing in (("with a wish for the phone", both[:1]), ("with the phone as its fallback", both)):
            booking = await self._booking(title)
            for visitor in allowing:
                await allow_phone(database, visitor, booking.id, allows, now)
        over = await self._booking("by phone and over", Medium.PHONE)
        await self._begin(over, now - timedelta(hours=3))
        await report(database, self._mentor.visitor, over.id, Outcome.PARTLY, WINDOW, now)
        await wish_record(database, self._mentee.visitor, over.id, True, now)
        self._hang("the session with a report", "/history/{id}", f"/history/{over.id}", self._admin)
        await self._attended(replace(over, start=now - timedelta(hours=3)))
        path = f"/admin/live/calls/{over.id}/ending"
        self._hang("asked first", "/admin/live/calls/{id}/ending", path, self._admin)
        self._hang("without a reason", "/admin/live/calls/{id}/ending", path, self._admin, send("ending"))

    async def _attended(self, booking: Booking) -> None:
        """Half an hour in the call, of which the mentee's connection was poor in the middle."""
        begins = booking.start.timestamp()
        people = {"mentor": self._mentor.visitor.person.id, "mentee": self._mentee.visitor.person.id}
        names = {name: f"{name} {booking.id}" for name in people}
        for name, person_id in people.items():
            await record_news(self._database, Joined(names[name], str(booking.id), str(person_id), begins))
        samples = [
            Sample(names[name], begins + second, loss, 0.06 + loss, 40e3 * (1 - loss), 90e3 * (1 - 3 * loss))
            for second in range(10, 1800, 10)
            for name, loss in (("mentor", 0.002), ("mentee", 0.2 if 600 < second < 900 else 0.01))
        ]
        await record_news(self._database, Present(tuple(names.values()), begins + 1800, tuple(samples)))
        for name, person_id in people.items():
            left = Left(names[name], str(booking.id), str(person_id), begins + 1800, "left")
            await record_news(self._database, left)

    async def _begin(self, booking: Booking, start: datetime) -> None:
        async with self._database.writing() as connection:
            await connection.execute(update(bookings).where(bookings.c.id == booking.id).values(start=start))

    async def _own(self) -> None:
        for title, who in (("mentor", self._mentor), ("mentee", self._mentee), ("newcomer", self._newcomer)):
            for path in ("/home", "/me", "/me/choices", "/me/sign-ins", "/me/looks", "/me/passkeys", "/hours"):
                self._hang(f"the {title}'s", path, path, who)
        booking = await self._booking("whose link was opened alone")
        by_link = await at_catchup(self._database, self._mentee.visitor.person, booking.catchup_id)
        for path in ("/home", "/me", "/me/choices"):
            self._hang("by a link to one catch-up", path, path, by_link)
        self._hang("a link on its way", "/home", "/home", by_link, send("home-link"))
        wrong = "document.querySelector('#phone').value = 'call me'; " + send("/me")
        self._hang("wrong data", "/me", "/me", self._mentee, wrong)

    async def _mentorships(self) -> None:
        """Their homes: with what comes next, with a message, paused, and ended."""
        path = f"/mentorships/{self._crowd.mentorships[0]}"
        self._both("/mentorships/{id}", path, "the home of a mentorship")
        writing = "document.querySelector('#text').value = 'Hello, how was the exam?'; " + send("messages")
        self._hang("a message", "/mentorships/{id}", path, self._mentor, writing)
        self._hang("an empty message", "/mentorships/{id}", path, self._mentor, send("messages"))
        self._hang("a message to begin with", "/mentorships/{id}", f"{path}?checkin=1", self._mentor)
        tomorrow = (self._now + timedelta(days=1)).date().isoformat()
        busy = "document.querySelector('#situation').value = 'Exams'; "
        busy += f"document.querySelector('#until').value = '{tomorrow}'; "
        self._hang("how things are", "/mentorships/{id}", path, self._mentor, busy + send("situation"))
        self._hang("a break or an end", "/mentorships/{id}/rest", f"{path}/rest", self._mentee)
        for name, events in (("olga", ("pause", "resume", "pause")), ("rosa", ("end",))):
            crowd = await Crowd.gather(self._database, 1, name)
            [number], mentee = crowd.mentorships, crowd.mentees[0]
            for event in events:
                changed = self._database, SEALER, mentee.visitor, number, MentorshipEvent(event)
                await change_own_mentorship(*changed, secrets.token_hex(8), "", self._now)
            async with self._database.writing() as connection:
                mentorship = await find_any_mentorship(connection, number)
                assert mentorship is not None
                await notify(connection, mentorship, mentorship.mentor_id, number, self._now - timedelta(minutes=5))
            async with self._database.writing() as connection:
                await remind(connection, mentorship, self._now)
            answer = ReceivedEmail("<1@example.org>", "other@example.org", automatic=False, words="Thank you.")
            place = ReplyPlace(number, mentee.visitor.person.id)
            await take_reply(self._database, SEALER, place, answer, b"", self._now)
            self._hang(f"after {events[-1]}", "/mentorships/{id}", f"/mentorships/{number}", mentee)

    async def _endings(self) -> None:
        """How long to work together, before and after both have said it; the last catch-ups, and what is left then."""
        database, now, page = self._database, self._now, "/mentorships/{id}"
        crowd = await Crowd.gather(database, 3, "thea")
        mentor, sealer = crowd.mentor, self._sealer
        for number, mentee in zip(crowd.mentorships, crowd.mentees, strict=True):
            path = f"{page}/length", f"/mentorships/{number}/length"
            if number == crowd.mentorships[0]:
                self._hang("nobody has said how long", *path, mentor)
                wrong = "document.querySelector('#catchups').value = '1'; " + send("/length")
                self._hang("too short", *path, mentor, wrong)
            await say_length(database, sealer, mentee.visitor, number, PlannedLength(3, Every.MONTH), now)
            if number == crowd.mentorships[0]:
                self._hang("one has said it", *path, mentee)
                continue
            await say_length(database, sealer, mentor.visitor, number, PlannedLength(5, Every.WEEK), now)
            self._hang(f"both have said it, {mentee.visitor.person.name}", *path, mentee)
        planned, ended = crowd.mentorships[1:]
        for number, state in ((planned, CourseState.CLOSING), (ended, CourseState.OVER)):
            async with database.writing() as connection:
                await set_course(connection, number, Course(state, now, now), None)
        async with database.writing() as connection:
            finishes = CoursePart(PlannedLength(3, Every.MONTH), Wish.FINISH)
            await set_part(connection, planned, crowd.mentees[1].visitor.person.id, finishes)
        for name, who in (("mentor", mentor), ("mentee", crowd.mentees[1])):
            self._hang(f"near its end, to the {name}", page, f"/mentorships/{planned}", who)
        await leave_words(database, sealer, mentor.visitor, ended, "It was good to know you.")
        async with database.writing() as connection:
            both = await find_any_mentorship(connection, ended)
            assert both is not None
            for kind in COURSE_EMAILS.values():
                await tell(connection, both, (both.mentor_id, both.mentee_id), kind, now)
        for verb, who in (("over", mentor), ("ended", crowd.mentees[2])):
            if verb == "ended":
                changed = database, sealer, mentor.visitor, ended, MentorshipEvent.END
                await change_own_mentorship(*changed, "a form", "", now, ready="thanks")
            self._hang(f"{verb} as planned", page, f"/mentorships/{ended}", who)
            for name in ("keepsake", "erasing"):
                self._hang(verb, f"{page}/{name}", f"/mentorships/{ended}/{name}", who)
        for path in ("/guides/mentor", "/guides/mentee"):
            self._hang("a guide", path, path, mentor)

    async def _reviews(self) -> None:
        """Whether things still fit: while nothing was said, after an answer, after a "not now", and once it is known
        what both would like to change."""
        database, now, page = self._database, self._now, "/mentorships/{id}/review"
        crowd = await Crowd.gather(database, 2, "fiona")
        mentor, (mentee, other) = crowd.mentor, crowd.mentees
        asked, closed = crowd.mentorships
        for number in crowd.mentorships:
            async with database.writing() as connection:
                both = await find_any_mentorship(connection, number)
                assert both is not None
                await ask_both(connection, both, now - timedelta(days=1))
        path = f"/mentorships/{asked}/review"
        self._hang("nothing is said", page, path, mentor)
        self._hang("sent with nothing", page, path, mentor, send("/review"))
        self._hang("asks whether things still fit", "/mentorships/{id}", f"/mentorships/{asked}", mentor)
        await answer_review(database, mentee.visitor, asked, Answers({Matter.HOUR: Answer.CHANGE}), now)
        self._hang("one has answered", page, path, mentee)
        wished = Answers(dict.fromkeys(Matter, Answer.CHANGE))
        async with database.writing() as connection:
            await close_review(connection, closed, tuple(wished.by_matter), now + timedelta(days=50))
        self._hang("both wish a change", "/mentorships/{id}", f"/mentorships/{closed}", other)
        self._hang("both wish a change", page, f"/mentorships/{closed}/review", mentor)
        crowd = await Crowd.gather(database, 1, "flora")
        async with database.writing() as connection:
            both = await find_any_mentorship(connection, crowd.mentorships[0])
            assert both is not None
            await ask_both(connection, both, now)
        await answer_review(database, crowd.mentor.visitor, crowd.mentorships[0], Answers(not_now=True), now)
        async with database.writing() as connection:
            # They would wait for the day.
            theirs = outbox.c.kind == STILL_FITS
            await connection.execute(update(outbox).where(theirs).values(due_at=outbox.c.made_at))
        self._hang("not now", page, f"/mentorships/{crowd.mentorships[0]}/review", crowd.mentor)

    async def _routine(self) -> None:
        """Before it is set, and filled in wrongly; and one that is paused, with an offer that waits and a break."""
        database, now, page = self._database, self._now, "/mentorships/{id}/routine"
        crowd = await Crowd.gather(database, 3, "runa")
        unset, going_on, _ = crowd.mentorships
        mentor, [newcomer, mentee, _] = crowd.mentor, crowd.mentees
        for title, who in (("not set, the mentor's", mentor), ("not set, the mentee's", newcomer)):
            self._hang(title, page, f"/mentorships/{unset}/routine", who)
        fill = "".join(f"document.querySelector('#{name}').value = '{to}'; " for name, to in FAR.items())
        self._hang("set too far ahead", page, f"/mentorships/{unset}/routine", mentor, fill + send("/routine"))
        rhythm = Rhythm(Every.TWO_WEEKS, (now + timedelta(days=4)).date(), 17 * 60, "UTC")
        plan, means = Plan(rhythm, Medium.VIDEO, 45), shown(ChoiceKind.SET_ROUTINE)
        await set_routine(database, mentor.visitor, going_on, plan, means, now)
        assert await make_routine_offers(database, now) == 1
        away = rhythm.first + timedelta(weeks=2)
        await add_break(database, mentee.visitor, Break(away, away + timedelta(days=6)), now)
        await pause_routine(database, mentee.visitor, going_on, 2, shown(ChoiceKind.PAUSED_ROUTINE), now)
        for title, who in (("paused, the mentor's", mentor), ("paused, the mentee's", mentee)):
            self._hang(title, page, f"/mentorships/{going_on}/routine", who)
            self._hang(f"with a routine, {title}", "/me/choices", "/me/choices", who)
        async with database.reading() as connection:
            [offer] = await open_offers_in(connection, going_on)
        for title, who in (("the routine's, the mentor's", mentor), ("the routine's, the mentee's", mentee)):
            self._hang(title, "/offers/{id}", f"/offers/{offer.id}", who)
        await self._routine_together(crowd)

    async def _routine_together(self, crowd: Crowd) -> None:
        """Some of its next times are accepted at once, and one that clashes is left out."""
        database, now, number = self._database, self._now, crowd.mentorships[2]
        mentor, mentee = crowd.mentor, crowd.mentees[2]
        plan = Plan(Rhythm(Every.WEEK, (now + timedelta(days=4)).date(), 17 * 60, "UTC"), Medium.VIDEO, 45)
        await set_routine(database, mentor.visitor, number, plan, shown(ChoiceKind.SET_ROUTINE), now)
        assert await make_routine_offers(database, now) == 1
        third = next(islice(plan.rhythm.starts(now), 2, None))
        async with database.reading() as connection:
            [offer] = await open_offers_in(connection, number)
        await accept_coming(database, mentee.visitor, number, (third,), shown(ChoiceKind.ACCEPTED), now)
        page, path = "/mentorships/{id}/routine", f"/mentorships/{number}/routine"
        self._hang("with coming ones to accept", page, path, mentee)
        self._hang("accepting none", page, path, mentee, send("/acceptances"))
        asked = urlencode([("start", third.isoformat()), ("start", "2090-01-05T00:00:00+00:00")])
        self._hang("one agreed, one left out", f"{page}/agreed", f"{path}/agreed?{asked}", mentee)
        self._hang("one agreed, one left out", "/offers/{id}/agreed", f"/offers/{offer.id}/agreed?{asked}", mentee)
        self._hang("the routine's, with coming ones", "/offers/{id}", f"/offers/{offer.id}", mentee)

    async def _introductions(self) -> None:
        """Proposed, and filled in wrongly; then one of each standing, as its three see it."""
        crowd = await Crowd.gather(self._database, 3, "nora")
        mentor, mentee, number = crowd.mentor, crowd.mentees[0], crowd.mentorships[0]
        new = "/mentorships/{id}/introductions/new"
        self._hang("to be proposed", new, f"/mentorships/{number}/introductions/new", mentor)
        wrong = "document.querySelector('#third_email').value = 'me'; " + send("/introductions")
        self._hang("proposed to nobody", new, f"/mentorships/{number}/introductions/new", mentor, wrong)
        sealer, yes, no = self._sealer, ChoiceKind.AGREED_CONTACT, ChoiceKind.ENDED_CONTACT
        words = "She leads a kitchen and likes to be asked.", "He would like to learn to cook for many."
        for place, title in enumerate(("asked", "answered", "agreed", "thanked", "ended", "taken back")):
            # Nobody is asked more often than three times a month.
            third, with_third = crowd.mentees[1 + place // 3], crowd.mentorships[1 + place // 3]
            proposal, of, now = Proposal(*words, third_mentorship=with_third), mentor.visitor, self._now
            made = await propose(self._database, sealer, of, number, title, proposal, now)
            await ask_third_people(self._database, sealer, b"key", now)
            if title == "taken back":
                await take_back(self._database, of, made, now)
            if title in ("answered", "agreed", "thanked", "ended"):
                await agree(self._database, mentee.visitor, made, shown(yes), now)
            if title in ("agreed", "thanked", "ended"):
                await agree(self._database, third.visitor, made, shown(yes), now)
            if title in ("answered", "ended"):
                await refuse(self._database, third.visitor, made, shown(no), now)
            if title == "thanked":
                await thank(self._database, mentee.visitor, made, now)
            for name, who in (("mentor", mentor), ("mentee", mentee), ("third person", third)):
                self._hang(f"{title}, the {name}'s", "/introductions/{id}", f"/introductions/{made}", who)
        self._hang("with introductions", "/home", "/home", third)
        self._hang("with introductions", "/mentorships/{id}", f"/mentorships/{number}", mentor)
        self._hang("about introductions", "/me/choices", "/me/choices", third)

    async def _calls_of_three(self) -> None:
        """After an introduction: to be offered, offered, answered and asked about, as the three see it."""
        crowd, now = await Crowd.gather(self._database, 2, "tess"), self._now
        mentor, (mentee, third), number = crowd.mentor, crowd.mentees, crowd.mentorships[0]
        words = Proposal("She leads a kitchen.", "He would like to cook.", third_mentorship=crowd.mentorships[1])
        made = await propose(self._database, self._sealer, mentor.visitor, number, "f", words, now)
        await ask_third_people(self._database, self._sealer, b"key", now)
        for each in (mentee, third):
            await agree(self._database, each.visitor, made, shown(ChoiceKind.AGREED_CONTACT), now)
        new = f"/mentorships/{number}/offers/new?introduction={made}"
        self._hang("of a call of three", "/mentorships/{id}/offers/new", new, mentor)
        for title, answers in (("offered", 0), ("not joined", 3), ("joined", 2), ("asked", 1)):
            start = now + timedelta(days=4 + answers)
            draft, yes = Draft("", frozenset({Medium.VIDEO}), (start,), 30), shown(ChoiceKind.AGREED_GUEST)
            offer = await make_offer(self._database, mentor.visitor, number, draft, shown(ChoiceKind.OFFERED), now)
            await plan_three(self._database, mentor.visitor, made, offer.id, yes, now)
            path = f"/offers/{offer.id}"
            seat = await newest(self._database)
            if answers:
                chosen = Acceptance(start, Medium.VIDEO, shown(ChoiceKind.ACCEPTED))
                booking = await accept_offer(self._database, mentee.visitor, offer.id, chosen, now)
                await agree_to_seat(self._database, mentee.visitor, booking.id, seat.id, yes, now)
                path = f"/bookings/{booking.id}"
            if answers >= 2:
                await join_three(self._database, third.visitor, made, seat.id, shown(ChoiceKind.TOOK_SEAT), now)
            if answers == 3:
                await leave_three(self._database, third.visitor, made, seat.id, shown(ChoiceKind.LEFT_SEAT), now)
            kind = "/bookings/{id}" if answers else "/offers/{id}"
            self._hang(f"of a call of three, {title}", kind, path, mentee)
        for name, who in (("mentor", mentor), ("mentee", mentee), ("third person", third)):
            self._hang(f"with a call of three, the {name}'s", "/introductions/{id}", f"/introductions/{made}", who)
        self._hang("about a call of three", "/me/choices", "/me/choices", third)

    async def _guests(self) -> None:
        """A third person who is asked for, who has a seat, and whose seat is gone; as the two and the guest see it."""
        crowd, yes = await Crowd.gather(self._database, 1, "gita"), shown(ChoiceKind.AGREED_GUEST)
        mentor, mentee = crowd.mentor, crowd.mentees[0]
        booking = await crowd.call(0)
        path = f"/bookings/{booking.id}"
        await ask_for_seat(self._database, mentor.visitor, booking.id, CLEO, yes, self._now)
        seat = await newest(self._database)
        await agree_to_seat(self._database, mentee.visitor, booking.id, seat.id, yes, self._now)
        for name, who in (("mentor", mentor), ("mentee", mentee)):
            self._hang(f"with a guest, the {name}'s", "/bookings/{id}", path, who)
        self._hang("a guest's", "/guests/{id}", link_of(self._database, seat, self._secret), None)
        lobby = f"location.assign('/guests/{seat.id}/call')"
        self._hang("a guest's lobby", "/guests/{id}/call", link_of(self._database, seat, self._secret), None, lobby)
        await self._guest_who_is_not_needed()
        self._hang("after a no", "/guests/gone", "/guests/gone", None)
        self._hang("a guest's link that is not valid", "/g/{token}", f"/g/{'x' * 43}", None)

    async def _guest_who_is_not_needed(self) -> None:
        """A third person who is told of another time, and then that they need not come."""
        crowd, yes = await Crowd.gather(self._database, 1, "gus"), shown(ChoiceKind.AGREED_GUEST)
        mentor, mentee, booking = crowd.mentor.visitor, crowd.mentees[0].visitor, await crowd.call(0)
        await ask_for_seat(self._database, mentor, booking.id, CLEO, yes, self._now)
        seat = await newest(self._database)
        await agree_to_seat(self._database, mentee, booking.id, seat.id, yes, self._now)
        async with self._database.writing() as connection:
            await set_told(connection, seat.id, booking.start - timedelta(days=1))
        await follow_catchups(self._database, self._now)
        await end_seat_of(self._database, mentor, booking.id, seat.id, shown(ChoiceKind.ENDED_GUEST), self._now)
        self._hang("a guest's who is not needed", "/guests/{id}", link_of(self._database, seat, self._secret), None)

    async def _admins(self) -> None:
        both = [NewPerson(name, f"{name}@example.org".lower(), "UTC") for name in ("Nour", "Li")]
        nour, _ = await add_pair_with_welcome(self._database, self._admin.visitor, *both, self._now)
        await self._people(nour.id)
        for path in (
            "/admin",
            "/admin/pairs/new",
            "/admin/people",
            "/admin/schemes/new",
            "/history",
            "/admin/overview",
            "/admin/live",
            "/emails",
            "/admin/accounts",
            "/admin/privacy",
            "/admin/audit",
            "/admin/api",
            "/admin/hooks",
            "/media-check",
        ):
            self._hang("the admin's", path, path, self._admin)
        self._hang("nothing found", "/history", "/history?name=qq&state=held", self._admin)
        self._hang("an export without a reason", "/history", "/history", self._admin, send("export?"))
        self._hang("the admin's", "/media-check", "/media-check", self._admin)
        wrong = "document.querySelector('#mentor_email').value = 'me'; " + send("pairs")
        self._hang("a wrong pair", "/admin/pairs/new", "/admin/pairs/new", self._admin, wrong)
        wrong = "document.querySelector('#email').value = 'me'; " + send("privacy")
        self._hang("nobody's address", "/admin/privacy", "/admin/privacy", self._admin, wrong)
        await self._systems()
        await self._data()
        wrong = "document.querySelector('#email').value = 'me'; " + send("accounts")
        self._hang("a wrong account", "/admin/accounts", "/admin/accounts", self._admin, wrong)

    async def _systems(self) -> None:
        """Tokens and webhooks of the scheme's own systems: one stopped by an admin, one by its own answer."""
        database, admin, now = self._database, self._admin.visitor, self._now
        await make_token(database, admin, NewToken("Members", frozenset(TokenScope), 90), now)
        self._hang("without a name", "/admin/api", "/admin/api", self._admin, send("tokens"))
        new = "document.querySelector('#name').value = 'Figures'; document.querySelector('[name=scopes]').click(); "
        self._hang("a new token", "/admin/api", "/admin/api", self._admin, new + send("tokens"))
        hook, _ = await add_hook(database, admin, b"key", "https://hooks.example/fireside", now)
        stopped, _ = await add_hook(database, admin, b"key", "https://gone.example/fireside", now)
        await self._booking("that is told")
        await stop_hook(database, admin, hook, now)
        answers = {hook: HookAnswer(200, "Noted."), stopped: HookAnswer(410, "No more, please.")}

        async def call(url: str, *_: object) -> HookAnswer:
            return answers[hook if "hooks" in url else stopped]

        for number in answers:
            await try_hook(database, admin, number, now)
            while await send_next(database, HookCaller(call, b"key", lambda: now), number):
                pass
            self._hang("what was sent", "/admin/hooks/{id}", f"/admin/hooks/{number}", self._admin)
        self._hang("stopped", "/admin", "/admin", self._admin)
        wrong = "document.querySelector('#url').value = 'ftp://x'; " + send("hooks")
        self._hang("a wrong address", "/admin/hooks", "/admin/hooks", self._admin, wrong)

    async def _schemes(self) -> None:
        """A scheme with one place, and people in each state of a membership; every email about that."""
        database, now, admin = self._database, self._now, self._admin
        self._hang("none yet", "/admin/schemes", "/admin/schemes", admin)
        text = replace(SCHEME, audience="For those who leave school.", length="An hour a month.", mentee_places=1)
        scheme_id = await make_scheme(database, admin.visitor, SchemeChange(replace(text, welcome="Hello!")), now)
        crowd = await Crowd.gather(database, 5, "sona")
        people = {}
        for number, who in enumerate((crowd.mentor, *crowd.mentees)):
            async with database.reading() as connection:
                email = (await any_contact(connection, who.visitor.person.id)).email
            await sign_up(database, email, MENTEE if number else MENTOR, now)
            async with database.reading() as connection:
                membership = await membership_in(connection, scheme_id, who.visitor.person.id)
            assert membership is not None
            people[number] = (who, membership.id)
        joined, events = shown(ChoiceKind.JOINED_SCHEME), MembershipEvent

        async def join(number: int, *decisions: MembershipEvent) -> None:
            who, id = people[number]
            await confirm(database, who.visitor, id, joined, now)
            for decision in decisions:
                await decide(database, admin.visitor, id, decision, "", now)

        await join(0, events.ACCEPT)
        await join(1, events.PUT_ON_LIST)
        await join(2, events.DECLINE)
        await join(3, events.ACCEPT, events.END)
        await join(4)
        await sign_up(database, "sam0.sona@example.org", MENTEE, now)
        titles = ("a member's", "on the list", "declined", "ended", "asked", "not confirmed")
        for title, (who, id) in zip(titles, people.values(), strict=True):
            self._hang(title, "/memberships/{id}", f"/memberships/{id}", who)
            if title != "not confirmed":
                self._hang(title, "/admin/memberships/{id}", f"/admin/memberships/{id}", admin)
        who, id = people[0]
        self._hang("a member's", "/memberships/{id}/sign-up", f"/memberships/{id}/sign-up", who)
        self._hang(
            "without a way to meet", "/memberships/{id}/sign-up", f"/memberships/{id}/sign-up", who, WITHOUT_MEDIA
        )
        self._hang("a member's", "/memberships/{id}/leaving", f"/memberships/{id}/leaving", who)
        entry = EntryChange(None, {"en": "What is your kitchen like?"}, "https://kitchen.example")
        for place in (None, scheme_id):
            await change_library(database, admin.visitor, place, (entry,), now)
        self._hang("the server's", "/admin/library", "/admin/library", admin)
        bad = "document.querySelector('[name=url-new]').value = 'kitchen'; " + send("/library")
        self._hang("a wrong address", "/admin/library", "/admin/library", admin, bad)
        for page in ("", "/settings", "/topics", "/library"):
            path = f"/admin/schemes/{{id}}{page}", f"/admin/schemes/{scheme_id}{page}"
            self._hang("the admin's", *path, admin)
        route, wrong = "/s/{slug}/sign-up", "document.querySelector('#name').value = ''; " + send("sign-up")
        self._hang("public", "/s/{slug}", text_path := f"/s/{SCHEME.slug}", None)
        self._hang("public", route, f"{text_path}/sign-up", None)
        self._hang("without a name", route, f"{text_path}/sign-up", None, wrong)
        self._hang("some", "/admin/schemes", "/admin/schemes", admin)
        empty = await make_scheme(
            database, admin.visitor, SchemeChange(replace(SCHEME, slug="empty", public=False)), now
        )
        self._hang("an empty one", "/admin/schemes/{id}", f"/admin/schemes/{empty}", admin)

    async def _matching(self) -> None:
        """A scheme with a run, proposals in each state, a pinned and a forbidden pair; every email about that."""
        database, now, admin = self._database, self._now, self._admin
        scheme_id = await make_scheme(
            database, admin.visitor, SchemeChange(replace(SCHEME, slug="matching", name="Matching")), now
        )
        empty = await make_scheme(
            database, admin.visitor, SchemeChange(replace(SCHEME, slug="unmatched", public=False)), now
        )
        page = "/admin/schemes/{id}/matching"
        self._hang("nobody yet", page, f"/admin/schemes/{empty}/matching", admin)
        mentor = await add_member(database, scheme_id, "Lena", replace(LENA, capacity=6), now, "lena@match.example")
        names = ("Nuri", "Omar", "Pia", "Rosa", "Tim", "Uma", "Vic")
        mentees = [await add_member(database, scheme_id, name, NURI, now, f"{name}@match.example") for name in names]
        members = Members(scheme_id, admin.visitor, mentor, mentees[0])
        for kind, mentee in ((PairRuleKind.PIN, mentees[0]), (PairRuleKind.BAN, mentees[4])):
            pair = (mentor.membership_id, mentee.membership_id)
            await set_rule(database, admin.visitor, scheme_id, *pair, kind, "We know them.", now)
        run_id = await run_made(database, members, now, match)
        by_mentee = {mentee: id for id, _, mentee in await suggested(database, run_id)}
        ids = {}
        for mentee in mentees[:4]:
            await propose_pairs(database, admin.visitor, run_id, (by_mentee[mentee.membership_id],), now)
            async with database.reading() as connection:
                [ids[mentee.membership_id]] = [
                    each.id for each in await open_proposals_of(connection, (mentee.membership_id,))
                ]
        asked, waiting, agreed, refused = [ids[each.membership_id] for each in mentees[:4]]
        for number, proposal in ((1, waiting), (2, agreed), (3, refused)):
            starts = (await read_match(database, mentees[number].visitor, proposal, now)).starts[:2]
            await agree_to_match(database, mentees[number].visitor, proposal, starts, MATCH_AGREED, now)
            if number == 2:
                await agree_to_match(database, mentor.visitor, proposal, starts[1:], MATCH_AGREED, now)
        await decline(database, mentor.visitor, refused, "Another day of the week.", now)
        as_mentor = Browser(mentor.token, mentor.visitor)
        browsers = [Browser(each.token, each.visitor) for each in mentees]
        no_time = "document.querySelectorAll('[name=start]').forEach(each => each.checked = false); "
        route = "/matches/{id}"
        self._hang("a mentee is asked", route, f"/matches/{asked}", browsers[0])
        self._hang("without a time", route, f"/matches/{asked}", browsers[0], no_time + send("/answer"))
        self._hang("a mentee has said yes", route, f"/matches/{waiting}", browsers[1])
        self._hang("a mentor is asked", route, f"/matches/{waiting}", as_mentor)
        self._hang("both have said yes", route, f"/matches/{agreed}", browsers[2])
        self._hang("did not come about", route, f"/matches/{refused}", browsers[3])
        self._hang("said no", route, f"/matches/{refused}", as_mentor)
        self._hang("with matches", "/home", "/home", browsers[0])
        self._hang("about matches", "/me/choices", "/me/choices", browsers[1])
        self._hang("some", page, f"/admin/schemes/{scheme_id}/matching", admin)
        self._hang("done", "/admin/matching-runs/{id}", f"/admin/matching-runs/{run_id}", admin)
        fairness = "/admin/matching-runs/{id}/fairness"
        self._hang("done", fairness, f"/admin/matching-runs/{run_id}/fairness", admin)

    async def _people(self, other_id: int) -> None:
        """The list and a search in it; somebody whose mentorship goes on, and somebody whose is paused."""
        self._hang("nobody found", "/admin/people", "/admin/people?name=qq", self._admin)
        async with self._database.reading() as connection:
            other = await find_person(connection, other_id)
            assert other is not None
            [row] = await mentorships_of(connection, other)
        await arrange(self._database, self._admin.visitor, row.id, MentorshipEvent.PAUSE, self._now)
        for title, person_id in (("in mentorships", self._mentor.visitor.person.id), ("paused", other_id)):
            self._hang(title, "/admin/people/{id}", f"/admin/people/{person_id}", self._admin)
        path = f"/admin/people/{self._mentor.visitor.person.id}"
        wrong = "document.querySelector('#email').value = 'me'; " + send(path)
        self._hang("with a wrong address", "/admin/people/{id}", path, self._admin, wrong)
        await self._doubles()
        await self._ended()
        await self._imports()

    async def _doubles(self) -> None:
        """Two who are probably one; two whom a merge would make their own mentor; and a merge that is done."""
        new = [NewPerson("Toni Twice", f"toni{number}@example.org", "UTC") for number in range(3)]
        async with self._database.writing() as connection:
            people = [await find_or_add_person(connection, each, self._now) for each in new]
        await compare_people(self._database)
        self._hang("the admin's", "/admin/doubles", "/admin/doubles", self._admin)
        self._hang("nobody", "/admin/doubles", "/admin/doubles?after=99999", self._admin)
        route = "/admin/doubles/{id}"
        ids = [await name_double(self._database, people[0].id, each.email) for each in new[1:]]
        self._hang("to be merged", route, f"/admin/doubles/{ids[0]}", self._admin)
        self._hang("nothing chosen", route, f"/admin/doubles/{ids[0]}", self._admin, send("merging"))
        mentor, mentee = self._mentor.visitor.person.id, self._mentee.visitor.person.id
        async with self._database.writing() as connection:
            pair = await find_or_add_double(connection, mentor, mentee)
        self._hang("their own mentor", route, f"/admin/doubles/{pair}", self._admin)

    async def _ended(self) -> None:
        """A mentorship that ended with a booking to come, and went on; and what its mentor is sent besides."""
        crowd = await Crowd.gather(self._database, 1, "ines")
        await crowd.call(0)
        [mentorship], mentor, admin = crowd.mentorships, crowd.mentor.visitor.person, self._admin.visitor
        await arrange(self._database, admin, mentorship, MentorshipEvent.END, self._now, call_off=True)
        await arrange(self._database, admin, mentorship, MentorshipEvent.RESUME, self._now)
        await remind_mentor(self._database, admin, mentorship, self._now)
        self._hang("brought back", "/admin/people/{id}", f"/admin/people/{mentor.id}", self._admin)
        await send_link(self._database, admin, mentor.id, self._now)
        async with self._database.writing() as connection:
            await enqueue_new_address(connection, mentor.id, self._now)

    async def _imports(self) -> None:
        """The table, what becomes of its rows where some are wrong and where none is, and what was added."""
        self._hang("the admin's", "/admin/import", "/admin/import", self._admin)
        heading = "Name\\tE-mail\\tMentee\\tMentee e-mail\\n"
        for title, cells in (
            ("no table", "x"),
            ("wrong rows", f"{heading}Noa\\tnoa@\\tJo\\tjo@example.org\\nVera\\tvera@example.org\\t\\t"),
            ("right rows", f"{heading}Noa\\tnoa@example.org\\tJo\\tjo@example.org"),
        ):
            pasted = f"document.querySelector('#cells').value = '{cells}'; " + send("import")
            self._hang(title, "/admin/import", "/admin/import", self._admin, pasted)
        row = ImportRow(2, ImportedPerson("Ira", "ira@example.org"), ImportedPerson("Ude", "ude@example.org"))
        import_id = await bring_in(self._database, self._admin.visitor, [row], Defaults("UTC", "en"), self._now)
        self._hang("an import", "/admin/imports/{id}", f"/admin/imports/{import_id}", self._admin)

    async def _data(self) -> None:
        """What is kept about a person: as they asked to be forgotten, as it is not meant, and when they were erased."""
        newcomer, mentor = self._newcomer.visitor.person.id, self._mentor.visitor
        await ask_to_be_erased(self._database, self._newcomer.visitor, self._now)
        self._hang("that waits", "/me/erasure", "/me/erasure", self._newcomer)
        self._hang("to be asked", "/me/erasure", "/me/erasure", self._mentor)
        route = "/admin/people/{id}/data"
        self._hang("a mentor's", route, f"/admin/people/{mentor.person.id}/data", self._admin)
        for form in ("erasure", "archive"):
            self._hang(f"a wrong {form}", route, f"/admin/people/{newcomer}/data", self._admin, send(form))
        async with self._database.writing() as connection:
            gone = NewPerson("Gone", "gone@example.org", "UTC")
            person = await find_or_add_person(connection, gone, self._now)
        asked = ErasureReason.ASKED, COMMAND_LINE, Path("nowhere"), self._now
        await erase_person(self._database, person.id, gone.email, *asked)
        self._hang("of somebody erased", route, f"/admin/people/{person.id}/data", self._admin)

    async def _strangers(self) -> None:
        self._hang("a stranger's", "/privacy", "/privacy", None)
        self._hang("a stranger's", "/", "/", None)
        self._hang("a stranger's", "/try", "/try", None)
        self._hang("a stranger's", "/lost-link", "/lost-link", None)
        self._hang("a stranger's", "/sign-in", "/sign-in", None)
        unknown = "document.querySelector('form[action=\"/sign-in\"]').submit()"
        self._hang("no passkey of ours", "/sign-in", "/sign-in", None, unknown)
        wrong = "document.querySelector('#email').value = 'me'; " + send("lost-link")
        self._hang("no address", "/lost-link", "/lost-link", None, wrong)
        self._hang("a link that is not valid", "/l/{secret}", f"/l/{'x' * 43}", None)
        self._hang("not theirs", "/offers/{id}", "/offers/999999", self._mentee)

    async def _offer(self, title: str, then: str = "") -> Offer:
        """An offer that both see, in the state that it comes to."""
        offer = await self._crowd.offer(0, self._hour(), self._hour())
        if then:
            self._hang(title, "/offers/{id}", f"/offers/{offer.id}", self._mentee, then)
        else:
            self._both("/offers/{id}", f"/offers/{offer.id}", title)
        return offer

    async def _booking(self, title: str, medium: Medium = Medium.VIDEO) -> Booking:
        start = self._hour()
        draft = Draft("How things are with me.", BOTH, (start, self._hour()), 30, phone_fallback=True)
        offer = await self._crowd.draft(0, draft)
        booking = await self._accept(offer, medium)
        self._both("/bookings/{id}", f"/bookings/{booking.id}", title)
        return booking

    async def _taken(self) -> None:
        """Offers of which some of the times, or none, are left, and where the phone may take over."""
        one, two = await self._booking("that takes a time"), await self._booking("that takes another")
        for title, starts in (("some left", (one.start, self._hour())), ("none left", (one.start, two.start))):
            offer = await self._crowd.draft(0, Draft("", BOTH, starts, 30, phone_fallback=True))
            self._both("/offers/{id}", f"/offers/{offer.id}", title)

    async def _run_out(self) -> None:
        """An offer, and the wish to move a booking, to which nobody said anything in time."""
        earlier, passed = self._now - timedelta(days=2), self._now - timedelta(days=1)
        means, as_mentor = shown(ChoiceKind.OFFERED), self._mentor.visitor
        draft = Draft("", BOTH, (passed,), 30)
        offer = await make_offer(self._database, as_mentor, self._crowd.mentorships[0], draft, means, earlier)
        booking = await self._booking("that nobody answered to move")
        move = await ask_to_move(self._database, as_mentor, booking.id, draft, means, earlier)
        await expire_offers(self._database, self._now)
        self._both("/offers/{id}", f"/offers/{offer.id}", "run out")
        self._hang("an offer run out", "/history/offers/{id}", f"/history/offers/{offer.id}", self._admin)
        self._both("/offers/{id}", f"/offers/{move.id}", "a move run out")

    async def _suggest(self, offer: Offer) -> Offer:
        draft = Draft("Evenings suit me better.", BOTH, (self._hour(),), 30)
        means, own = shown(ChoiceKind.SUGGESTED), shown(ChoiceKind.OFFERED)
        return await suggest_other(self._database, self._mentee.visitor, offer.id, draft, means, own, self._now)

    async def _move(self, booking: Booking) -> Offer:
        draft = Draft("My train is late.", frozenset({Medium.VIDEO}), (self._hour(),), 30)
        means = shown(ChoiceKind.OFFERED)
        return await ask_to_move(self._database, self._mentor.visitor, booking.id, draft, means, self._now)

    async def _accept(self, offer: Offer, medium: Medium = Medium.VIDEO) -> Booking:
        choice = Acceptance(offer.starts[0], medium, shown(ChoiceKind.ACCEPTED))
        return await accept_offer(self._database, self._mentee.visitor, offer.id, choice, self._now)

    def _hour(self) -> datetime:
        self._hours += 1
        return whole_hour_in(3) + timedelta(hours=self._hours)

    def _both(self, route: str, path: str, title: str) -> None:
        self._hang(f"{title}, to the mentor", route, path, self._mentor)
        self._hang(f"{title}, to the mentee", route, path, self._mentee)

    def _hang(self, title: str, route: str, path: str, who: Browser | None, then: str = "") -> None:
        self.pictures.append(Picture(title, route, path, who, then))


def send(action: str, *without: str) -> str:
    """A script that sends the form to the address that ends so, past the browser's own checks, without these fields."""
    leave_out = "".join(f"form.querySelectorAll('[name={name}]').forEach(each => each.remove()); " for name in without)
    return f"const form = document.querySelector('form[action$=\"{action}\"]'); {leave_out}form.submit()"
