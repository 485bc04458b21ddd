"""Every page in each of its states: made in the database of a running server, and who is shown it where."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from server.admin.actions.importing import Defaults, bring_in
from server.admin.actions.mentorships import arrange
from server.admin.actions.pairs import add_pair_with_welcome
from server.admin.actions.people import send_link
from server.admin.rules.importing import ImportedPerson, ImportRow
from server.calls.actions.reports import report
from server.calls.rules.reports import Outcome
from server.catchups.actions.answers import accept_offer, decline_offer, postpone_offer, suggest_other, undo_answer
from server.catchups.actions.bookings import ask_to_move, say_late, withdraw
from server.catchups.actions.consents import allow_phone
from server.catchups.actions.offers import expire_offers, make_offer, reword_offer, withdraw_offer
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.offers import Offer
from server.catchups.store.bookings import set_state
from server.db.database import Database
from server.db.tables import bookings, people
from server.people.actions.emails import enqueue_new_address
from server.people.actions.links import find_visitor
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.mentorships import MentorshipEvent
from server.people.store.contacts import set_phone
from server.people.store.people import find_person, mentorships_of
from server.privacy.actions.erasing import erase_person
from server.privacy.actions.erasure_requests import ask_to_be_erased
from server.privacy.rules.erasure import ErasureReason
from server.room.actions.records import wish_record
from tests.crowd import Browser, Crowd, at_catchup, every_email, shown, unlimited, whole_hour_in
from tests.server.actors import account_link

BOTH = frozenset(Medium)
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

    def __init__(self, database: Database, crowd: Crowd, admin: Browser) -> None:
        self._database = database
        self._crowd = crowd
        self._mentor, self._mentee, self._newcomer = crowd.mentor, *crowd.mentees
        self._admin = admin
        self._hours = 0
        self._now = datetime.now(UTC)
        self.pictures: list[Picture] = []

    @classmethod
    async def open(cls, database: Database) -> "Gallery":
        crowd = await Crowd.gather(database, 2, "vera")
        now = datetime.now(UTC)
        token = (await use_one_time_link(database, await account_link(database, now), None, now)).token
        visitor = await find_visitor(database, token, now)
        assert visitor is not None
        gallery = cls(database, crowd, Browser(token, visitor))
        with unlimited(), every_email():
            for hang in (
                gallery._offers,
                gallery._bookings,
                gallery._phone,
                gallery._own,
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
        self._hang("offering anew", "/offers/{id}/new-times", path, self._mentor)
        self._hang("wrongly anew", "/offers/{id}/new-times", path, self._mentor, send("new-times", "starts"))
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

    async def _admins(self) -> None:
        both = [NewPerson(name, f"{name}@example.org".lower(), "UTC") for name in ("Nour", "Li")]
        nour, _ = await add_pair_with_welcome(self._database, self._admin.visitor, *both, self._now)
        await self._people(nour.id)
        for path in (
            "/admin",
            "/admin/pairs/new",
            "/admin/people",
            "/history",
            "/admin/overview",
            "/emails",
            "/admin/accounts",
            "/admin/privacy",
            "/admin/audit",
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
        await self._data()
        wrong = "document.querySelector('#email').value = 'me'; " + send("accounts")
        self._hang("a wrong account", "/admin/accounts", "/admin/accounts", self._admin, wrong)

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
        await self._ended()
        await self._imports()

    async def _ended(self) -> None:
        """A mentorship that ended with a booking to come, and went on; and what its mentor is sent besides."""
        crowd = await Crowd.gather(self._database, 1, "ines")
        await crowd.call(0)
        [mentorship], mentor, admin = crowd.mentorships, crowd.mentor.visitor.person, self._admin.visitor
        await arrange(self._database, admin, mentorship, MentorshipEvent.END, self._now, call_off=True)
        await arrange(self._database, admin, mentorship, MentorshipEvent.RESUME, self._now)
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
