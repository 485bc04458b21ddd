"""After a commit nothing is read again: a failure there never says that nothing was changed.

Every verb of every form, by the table of routes: its action is committed, then the next statement that the same
request runs fails, as when the database goes away at that moment.
"""

import io
import json
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest
from aiohttp import FormData
from sqlalchemy import Table, delete, event, func, insert, select, update
from sqlalchemy.exc import OperationalError
from webauthn.helpers import base64url_to_bytes

from server.admin.actions.mentorships import arrange
from server.admin.rules.importing import ImportedPerson, ImportRow, as_text
from server.admin.store.doubles import find_or_add_double
from server.api.store.tokens import add_token
from server.availability.store.busy_times import note_failure, set_feed
from server.calls.actions.entering import record_news
from server.calls.actions.more_time import request_more_time
from server.catchups.actions.answers import accept_offer, decline_offer
from server.catchups.actions.consents import allow_phone
from server.catchups.actions.offers import make_offer
from server.catchups.actions.routines import set_routine
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording
from server.catchups.rules.offers import Offer
from server.catchups.rules.routines import Every, Plan, Rhythm
from server.catchups.store.bookings import set_state
from server.db.database import COMMITS
from server.db.set_aside import Work, put_aside
from server.db.tables import choices, links, outbox, set_aside, visits, webhook_deliveries, webhooks
from server.guests.actions.seats import agree_to_seat, ask_for_seat
from server.introductions.actions.answering import agree
from server.introductions.actions.proposing import ask_third_people, propose
from server.introductions.actions.three import plan_three
from server.introductions.rules.proposals import Proposal
from server.mail.outbox import enqueue
from server.matching.actions.answering import agree as agree_to_match
from server.matching.actions.runs import start_run
from server.matching.queries.match import read_match
from server.matching.rules.pair_rules import PairRuleKind
from server.matching.store.pair_rules import set_pair_rule
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.actions.reviews import ask_both
from server.mentorships.rules.courses import Course, CourseState
from server.mentorships.store.courses import set_course
from server.mentorships.store.messages import newest_id
from server.people.actions.people import NewPerson, find_or_add_person
from server.people.rules.accounts import Role
from server.people.rules.mentorships import MentorshipEvent
from server.people.store.people import lock_any_mentorship
from server.room.sealing import Sealer
from server.routes import ROUTES
from server.schemes.rules.memberships import MembershipState
from server.schemes.store.memberships import add_membership
from server.schemes.store.schemes import add_scheme
from server.webhooks.rules.hooks import StoppedBy
from server.webhooks.store.hooks import add_hook, stop_hook
from signaling.news import Joined
from tests.authenticator import Authenticator
from tests.elsewhere import Elsewhere
from tests.server.actors import account_link, visitor_by, visitor_with_account
from tests.server.guests.seating import CLEO, link_of, newest
from tests.server.matching.members import AGREED as MATCH_AGREED
from tests.server.matching.members import LENA, NURI, Members, add_member, proposed, run_made, suggested
from tests.server.schemes.a_scheme import MENTEE, TEXT
from tests.server.sending import SEALER, secret_of
from tests.server.site import ALLOWED_PHONE, Guest, Mentee, Pair

ARCHIVE, ERASURE = (rf"/admin/people/{{id:\d{{1,9}}}}/{verb}" for verb in ("archive", "erasure"))
# One only shows what would become of a table, the other what was found.
CHANGES_NOTHING = {"/admin/import", r"/mentorships/{id:\d{1,9}}/messages/search"}
# Read and handed out after it was noted: tests/server/admin/pages/test_history_export.py lets that fail.
STREAMS = {"/history/export"}
VERBS = [route.path for route in ROUTES if route.method == "POST" and route.path not in CHANGES_NOTHING | STREAMS]
WORDINGS_SHOWN = [ShownWording(text, "en").hash for text in WORDINGS.values()]
# They fetch a calendar from elsewhere between two transactions; everything agreed is withdrawn before the erasure.
SEVERAL_TRANSACTIONS = {"/hours/calendar", "/hours/calendar/reading", ERASURE}
# They go on after the answer: a link is queued, or people are taken out of calls.
SIGN_UP = "/s/{slug:[a-z0-9-]{1,60}}/sign-up"
IN_BACKGROUND = {
    "/lost-link",
    SIGN_UP,
    "/me/sign-ins/ending",
    r"/me/links/{id:\d{1,9}}/ending",
    r"/me/visits/{id:\d{1,9}}/ending",
    r"/admin/accounts/{id:\d{1,9}}/sign-out",
    r"/admin/accounts/{id:\d{1,9}}/removal",
    r"/admin/people/{id:\d{1,9}}/revocation",
    r"/admin/doubles/{id:\d{1,9}}/merging",
}
WITH_PAGE = {
    ARCHIVE,
    SIGN_UP,
    "/lost-link",
    "/admin/api/tokens",
    "/admin/hooks",
    "/admin/pairs",
    "/home-link",
    "/me/feed",
    r"/calls/{id:\d{1,9}}/link",
    r"/bookings/{id:\d{1,9}}/content",
    r"/bookings/{id:\d{1,9}}/files",
}
DECLINED = ShownWording(WORDINGS[ChoiceKind.DECLINED], "en")
IN_TWO_DAYS = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT12:00")
DETAILS = {"language": "en", "zone": "UTC", "phone": "", "needs": ""}
DRAFT = {"media": "video", "minutes": "30", "note": "", "starts": IN_TWO_DAYS}
NEW_TOPIC = (
    '[{"writer": "w", "sequence": 1, "since": 0, "edits": [{"type": "add", "key": "t", "kind": "topic", "text": "x"}]}]'
)
CHECK = '[{"transport": "udp", "ip": "192.0.2.1", "port": 1, "sent": 1, "received": 1, "milliseconds": 1}]'


@dataclass
class Scene:
    """Maya and Sam in their browsers, the admin in theirs, and Maya's calendar elsewhere."""

    pair: Pair
    maya: Guest
    sam: Guest
    admin: Guest
    calendar: str


Form = tuple[Guest, str, dict[str, object]]
FORMS: dict[str, Callable[[Scene], Awaitable[Form]]] = {}


def form_of(path: str) -> Callable[[Callable[[Scene], Awaitable[Form]]], None]:
    def note(prepare: Callable[[Scene], Awaitable[Form]]) -> None:
        FORMS[path] = prepare

    return note


def simple(path: str, who: str = "maya", **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        return getattr(scene, who), path, fields

    FORMS[path] = prepare


simple("/lost-link", email="nobody@example.org")
simple("/home-link")
simple("/signout")
simple("/me/sign-ins/ending")
simple("/me", **DETAILS)
simple("/me/feed")
simple("/me/feed/revocation")
simple("/zone", zone="Europe/Paris")
simple("/language", language="de")
simple("/hours")
simple("/hours/calendar/removal")
simple("/emails/sending", "admin")
simple("/emails/test", "admin")
simple("/media-check", "admin", paths=CHECK)


simple("/me/erasure")
simple("/me/erasure/withdrawal")


@form_of("/admin/privacy")
async def _(scene: Scene) -> Form:
    return scene.admin, "/admin/privacy", {"email": scene.pair.sam_email}


@form_of(ARCHIVE)
async def _(scene: Scene) -> Form:
    return scene.admin, f"/admin/people/{scene.pair.sam.id}/archive", {"reason": "It was asked for."}


@form_of(ERASURE)
async def _(scene: Scene) -> Form:
    await scene.pair.booking()
    return scene.admin, f"/admin/people/{scene.pair.sam.id}/erasure", {"typed": scene.pair.sam_email, "why": "asked"}


@form_of("/hours/calendar")
async def _(scene: Scene) -> Form:
    return scene.maya, "/hours/calendar", {"url": scene.calendar}


@form_of("/hours/calendar/reading")
async def _(scene: Scene) -> Form:
    now = datetime.now(UTC)
    async with scene.pair.site.database.writing() as connection:
        feed = await set_feed(connection, scene.pair.maya.id, scene.calendar, now - timedelta(hours=1))
        await note_failure(connection, feed, "", now + timedelta(hours=1))
    return scene.maya, "/hours/calendar/reading", {}


def about_an_offer(verb: str, who: str = "sam", **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        offer = await scene.pair.offer()
        return getattr(scene, who), f"/offers/{offer.id}/{verb}", fields

    FORMS[f"/offers/{{id:\\d{{1,9}}}}/{verb}"] = prepare


about_an_offer("refusal", words="")
about_an_offer("postponement", words="", weeks="4")
about_an_offer("withdrawal", "maya")
about_an_offer("wording", "maya", **DRAFT)
about_an_offer("suggestion", **DRAFT)


async def accepting(scene: Scene, offer: Offer) -> Form:
    fields = {"start": offer.starts[0].isoformat(), "medium": "video", "revision": "0"}
    return scene.sam, f"/offers/{offer.id}/acceptance", fields


@form_of(r"/catchups/{id:\d{1,9}}/mute")
async def _(scene: Scene) -> Form:
    return scene.sam, f"/catchups/{(await scene.pair.offer()).catchup_id}/mute", {}


@form_of(r"/catchups/{id:\d{1,9}}/mute/ending")
async def _(scene: Scene) -> Form:
    return scene.sam, f"/catchups/{(await scene.pair.offer()).catchup_id}/mute/ending", {}


@form_of(r"/mentorships/{id:\d{1,9}}/shared-times")
async def _(scene: Scene) -> Form:
    return scene.sam, f"/mentorships/{scene.pair.mentorship_id}/shared-times", {"share": "few"}


@form_of(r"/mentorships/{id:\d{1,9}}/mute/ending")
async def _(scene: Scene) -> Form:
    return scene.sam, f"/mentorships/{scene.pair.mentorship_id}/mute/ending", {}


# The routine's second time.
COMING = datetime.combine((datetime.now(UTC) + timedelta(days=16)).date(), time(17), UTC)


def about_the_routine(verb: str, who: str = "maya", **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        first = (datetime.now(UTC) + timedelta(days=9)).date()
        if verb != "routine":
            plan = Plan(Rhythm(Every.WEEK, first, 1020, "UTC"), Medium.VIDEO, 45)
            shown = ShownWording(WORDINGS[ChoiceKind.SET_ROUTINE], "en")
            now = datetime.now(UTC)
            await set_routine(scene.pair.site.database, scene.pair.as_maya, scene.pair.mentorship_id, plan, shown, now)
        days = {name: first.isoformat() for name in ("first", "break-first")}
        return getattr(scene, who), f"/mentorships/{scene.pair.mentorship_id}/{verb}", days | fields

    FORMS[f"/mentorships/{{id:\\d{{1,9}}}}/{verb}"] = prepare


about_the_routine("routine", every="week", clock="17:00", medium="video", minutes="45")
about_the_routine("routine/pause", "sam", weeks="4")
about_the_routine("routine/resumption", "sam")
about_the_routine("routine/ending", "sam")
about_the_routine("routine/acceptances", "sam", coming=COMING.isoformat())
about_the_routine("breaks", "sam")
about_the_routine("breaks/removal", "sam", **{"break": "1"})


@form_of(r"/offers/{id:\d{1,9}}/acceptance")
async def _(scene: Scene) -> Form:
    booking = await scene.pair.booking()
    return await accepting(scene, await scene.pair.move(booking, datetime.now(UTC) + timedelta(days=3)))


@form_of(r"/offers/{id:\d{1,9}}/undoing")
async def _(scene: Scene) -> Form:
    return scene.sam, f"/offers/{await declined(scene)}/undoing", {}


@form_of(r"/offers/{id:\d{1,9}}/new-times")
async def _(scene: Scene) -> Form:
    return scene.maya, f"/offers/{await declined(scene)}/new-times", DRAFT


async def declined(scene: Scene) -> int:
    offer = await scene.pair.offer()
    await decline_offer(scene.pair.site.database, scene.pair.as_sam, offer.id, "", DECLINED, datetime.now(UTC))
    return offer.id


def about_ones_mentorship(verb: str, before: MentorshipEvent | None = None, **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        pair, now = scene.pair, datetime.now(UTC)
        database, number = pair.site.database, pair.mentorship_id
        await scene.maya.post(f"/mentorships/{number}/messages", form="f", text="Hello")
        if before:
            await change_own_mentorship(database, SEALER, pair.as_maya, number, before, "f", "", now)
        return scene.sam, f"/mentorships/{number}/{verb}", fields

    FORMS[f"/mentorships/{{id:\\d{{1,9}}}}/{verb}"] = prepare


about_ones_mentorship("messages", form="f", text="Hello")
about_ones_mentorship("messages/reading", up_to="1000000")
about_ones_mentorship("messages/notice", notice="daily")
about_ones_mentorship("situation", situation="Exams", until=IN_TWO_DAYS[:10])
about_ones_mentorship("pause", form="f", words="A break.")
about_ones_mentorship("ending", form="f", words="Thank you.")
about_ones_mentorship("resumption", MentorshipEvent.PAUSE, form="g")
about_ones_mentorship("length", catchups="6", every="month")
about_ones_mentorship("farewell", farewell="Thank you.")


def about_a_review(verb: str, **fields: str) -> None:
    """Both have just been asked whether things still fit."""

    async def prepare(scene: Scene) -> Form:
        pair = scene.pair
        async with pair.site.database.writing() as connection:
            mentorship = await lock_any_mentorship(connection, pair.mentorship_id)
            assert mentorship is not None
            await ask_both(connection, mentorship, datetime.now(UTC))
        return scene.sam, f"/mentorships/{pair.mentorship_id}/{verb}", fields

    FORMS[f"/mentorships/{{id:\\d{{1,9}}}}/{verb}"] = prepare


about_a_review("review", medium="change", hour="fits")
about_a_review("review/pause")
about_ones_mentorship("keeping", MentorshipEvent.END)
about_ones_mentorship("erasure", MentorshipEvent.END)


@form_of(r"/mentorships/{id:\d{1,9}}/wish")
async def _(scene: Scene) -> Form:
    pair, now = scene.pair, datetime.now(UTC)
    async with pair.site.database.writing() as connection:
        await set_course(connection, pair.mentorship_id, Course(CourseState.OVER, now, now), None)
    return scene.sam, f"/mentorships/{pair.mentorship_id}/wish", {"wish": "go_on"}


simple("/guides/dismissal", "sam", guide="mentee_first")
simple("/guides/return", "sam", role="mentee")


@form_of(r"/bookings/{id:\d{1,9}}/cards")
async def _(scene: Scene) -> Form:
    booking = await scene.pair.booking()
    return scene.maya, f"/bookings/{booking.id}/cards", {"card": "next-step", "key": "k"}


@form_of(r"/mentorships/{id:\d{1,9}}/nudges/pause")
async def _(scene: Scene) -> Form:
    return scene.maya, f"/mentorships/{scene.pair.mentorship_id}/nudges/pause", {}


@form_of(r"/mentorships/{id:\d{1,9}}/introductions")
async def _(scene: Scene) -> Form:
    fields = {"third_name": "Ana", "third_email": "ana@example.org", "for_mentee": "x", "for_third": "y"}
    return scene.maya, f"/mentorships/{scene.pair.mentorship_id}/introductions", fields


def about_a_guest(verb: str, who: str = "sam") -> None:
    """Maya has named Cleo; for all but the answer, Sam has agreed."""

    async def prepare(scene: Scene) -> Form:
        pair, database = scene.pair, scene.pair.site.database
        booking, now, yes = (
            await pair.booking(),
            datetime.now(UTC),
            ShownWording(WORDINGS[ChoiceKind.AGREED_GUEST], "en"),
        )
        await ask_for_seat(database, pair.as_maya, booking.id, CLEO, yes, now)
        seat = await newest(database)
        if verb != "/agreement":
            await agree_to_seat(database, pair.as_sam, booking.id, seat.id, yes, now)
        return getattr(scene, who), f"/bookings/{booking.id}/guest{verb}", {"seat": seat.id}

    FORMS[f"/bookings/{{id:\\d{{1,9}}}}/guest{verb}"] = prepare


for verb in ("/agreement", "/ending", "/entry", "/wait", "/removal"):
    about_a_guest(verb)


@form_of(r"/bookings/{id:\d{1,9}}/guest")
async def _(scene: Scene) -> Form:
    booking = await scene.pair.booking()
    fields = {f"guest_{name}": value for name, value in asdict(CLEO).items()}
    return scene.maya, f"/bookings/{booking.id}/guest", fields


@form_of(r"/guests/{id:\d{1,9}}/refusal")
async def _(scene: Scene) -> Form:
    pair, database = scene.pair, scene.pair.site.database
    booking, now, yes = await pair.booking(), datetime.now(UTC), ShownWording(WORDINGS[ChoiceKind.AGREED_GUEST], "en")
    await ask_for_seat(database, pair.as_maya, booking.id, CLEO, yes, now)
    seat = await newest(database)
    await agree_to_seat(database, pair.as_sam, booking.id, seat.id, yes, now)
    cleo = await pair.site.guest()
    return await cleo.get(link_of(database, seat)), f"/guests/{seat.id}/refusal", {}


def about_an_introduction(verb: str, who: str = "sam", **fields: object) -> None:
    """Maya has introduced Sam to another mentee of hers; for what comes after both have agreed, both have."""

    async def prepare(scene: Scene) -> Form:
        pair, database, now = scene.pair, scene.pair.site.database, datetime.now(UTC)
        sealer, lena = Sealer(secret_of(database)), await pair.another_mentee()
        proposal = Proposal("x", "y", third_mentorship=pair.mentorship_id)
        number = await propose(database, sealer, pair.as_maya, lena.mentorship_id, "form", proposal, now)
        await ask_third_people(database, sealer, b"key", now)
        if verb in ("thanks", "seat"):
            shown = ShownWording(WORDINGS[ChoiceKind.AGREED_CONTACT], "en")
            for each in (pair.as_sam, await visitor_by(database, lena.secret, now)):
                await agree(database, each, number, shown, now)
        if verb == "seat":
            return (
                getattr(scene, who),
                f"/introductions/{number}/seat",
                fields | {"seat": await call_of_three(pair, lena, number)},
            )
        return getattr(scene, who), f"/introductions/{number}/{verb}", fields

    FORMS[f"/introductions/{{id:\\d{{1,9}}}}/{verb}"] = prepare


async def call_of_three(pair: Pair, lena: Mentee, introduction: int) -> int:
    """Lena has accepted a time and agreed that Sam may join. The id of the seat."""
    database, now = pair.site.database, datetime.now(UTC)
    as_lena, yes = await visitor_by(database, lena.secret, now), ShownWording(WORDINGS[ChoiceKind.AGREED_GUEST], "en")
    draft = Draft("", frozenset({Medium.VIDEO}), (now + timedelta(days=3),), 30)
    offered = ShownWording(WORDINGS[ChoiceKind.OFFERED], "en")
    offer = await make_offer(database, pair.as_maya, lena.mentorship_id, draft, offered, now)
    await plan_three(database, pair.as_maya, introduction, offer.id, yes, now)
    accepted = Acceptance(draft.starts[0], Medium.VIDEO, ShownWording(WORDINGS[ChoiceKind.ACCEPTED], "en"))
    booking = await accept_offer(database, as_lena, offer.id, accepted, now)
    seat = await newest(database)
    await agree_to_seat(database, as_lena, booking.id, seat.id, yes, now)
    return seat.id


about_an_introduction("withdrawal", "maya")
about_an_introduction("seat", answer="yes")
about_an_introduction("answer", answer="yes")
about_an_introduction("thanks")
about_an_introduction("block", blocked="yes")


@form_of(r"/messages/{id:\d{1,9}}/removal")
async def _(scene: Scene) -> Form:
    pair = scene.pair
    await scene.sam.post(f"/mentorships/{pair.mentorship_id}/messages", form="f", text="Hello")
    async with pair.site.database.reading() as connection:
        newest = await newest_id(connection, pair.mentorship_id)
    return scene.sam, f"/messages/{newest}/removal", {}


@form_of(r"/mentorships/{id:\d{1,9}}/offers")
async def _(scene: Scene) -> Form:
    return scene.maya, f"/mentorships/{scene.pair.mentorship_id}/offers", DRAFT


def about_a_booking(path: str, **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        booking = await scene.pair.booking(medium=Medium(fields.pop("medium", "video")))
        return scene.sam, path.replace(r"{id:\d{1,9}}", str(booking.id)), fields

    FORMS[path] = prepare


about_a_booking(r"/bookings/{id:\d{1,9}}/move", **DRAFT)
about_a_booking(r"/bookings/{id:\d{1,9}}/delay", minutes="5")
about_a_booking(r"/bookings/{id:\d{1,9}}/withdrawal", words="")
about_a_booking(r"/bookings/{id:\d{1,9}}/number", medium="phone", phone="+44 20 7946 0018")
about_a_booking(r"/bookings/{id:\d{1,9}}/phone")
about_a_booking(r"/bookings/{id:\d{1,9}}/content", batches=NEW_TOPIC)
about_a_booking(r"/bookings/{id:\d{1,9}}/topics", key="t", text="My exam")
about_a_booking(r"/bookings/{id:\d{1,9}}/ticks", key="t", done="yes")
about_a_booking(r"/bookings/{id:\d{1,9}}/reflection", reflection="What I heard")
about_a_booking(r"/bookings/{id:\d{1,9}}/record", wished="yes")
about_a_booking(r"/calls/{id:\d{1,9}}/withdrawal", words="")
about_a_booking(r"/calls/{id:\d{1,9}}/link")


def about_a_sign_in(what: str, table: Table) -> None:
    async def prepare(scene: Scene) -> Form:
        newest = select(func.max(table.c.id)).where(table.c.person_id == scene.pair.maya.id)
        async with scene.pair.site.database.reading() as connection:
            number = (await connection.execute(newest)).scalar_one()
        return scene.maya, f"/me/{what}/{number}/ending", {}

    FORMS[f"/me/{what}/{{id:\\d{{1,9}}}}/ending"] = prepare


about_a_sign_in("visits", visits)
about_a_sign_in("links", links)


@form_of(r"/bookings/{id:\d{1,9}}/phone/withdrawal")
async def _(scene: Scene) -> Form:
    booking = await scene.pair.booking()
    await allow_phone(scene.pair.site.database, scene.pair.as_sam, booking.id, ALLOWED_PHONE, datetime.now(UTC))
    return scene.sam, f"/bookings/{booking.id}/phone/withdrawal", {}


@form_of(r"/calls/{id:\d{1,9}}/more-time")
async def _(scene: Scene) -> Form:
    booking = await held(scene)
    return scene.sam, f"/calls/{booking.id}/more-time", {"end": booking.end.isoformat()}


@form_of(r"/calls/{id:\d{1,9}}/more-time/refusal")
async def _(scene: Scene) -> Form:
    booking = await held(scene)
    await request_more_time(scene.pair.site.database, scene.pair.as_maya, booking.id, booking.end)
    return scene.sam, f"/calls/{booking.id}/more-time/refusal", {"end": booking.end.isoformat()}


async def held(scene: Scene) -> Booking:
    """A catch-up in whose call both have been."""
    booking = await scene.pair.booking()
    async with scene.pair.site.database.writing() as connection:
        await set_state(connection, booking.id, BookingState.HELD)
    return booking


@form_of(r"/bookings/{id:\d{1,9}}/files")
async def _(scene: Scene) -> Form:
    booking = await scene.pair.booking()
    return scene.sam, f"/bookings/{booking.id}/files", {"key": "f", "file": io.BytesIO(b"%PDF-1.7 plan")}


@form_of(r"/bookings/{id:\d{1,9}}/reflection/removal")
async def _(scene: Scene) -> Form:
    booking = await scene.pair.booking()
    await scene.sam.get(f"/bookings/{booking.id}")
    await scene.sam.post(f"/bookings/{booking.id}/reflection", reflection="What I heard")
    return scene.sam, f"/bookings/{booking.id}/reflection/removal", {}


@form_of(r"/bookings/{id:\d{1,9}}/report")
async def _(scene: Scene) -> Form:
    booking: Booking = await scene.pair.booking(datetime.now(UTC) - timedelta(hours=1), Medium.PHONE)
    return scene.sam, f"/bookings/{booking.id}/report", {"outcome": "spoke"}


@form_of(r"/me/choices/{id:\d{1,9}}/withdrawal")
async def _(scene: Scene) -> Form:
    offer = await scene.pair.offer()
    async with scene.pair.site.database.reading() as connection:
        about = select(choices.c.id).where(choices.c.subject_kind == "offer", choices.c.subject_id == offer.id)
        number = (await connection.execute(about)).scalar_one()
    return scene.maya, f"/me/choices/{number}/withdrawal", {}


@form_of(r"/admin/mentorships/{id:\d{1,9}}/nudge")
async def _(scene: Scene) -> Form:
    return scene.admin, f"/admin/mentorships/{scene.pair.mentorship_id}/nudge", {}


@form_of(r"/admin/live/relays/{id:\d{1,9}}/draining")
async def _(scene: Scene) -> Form:
    return scene.admin, "/admin/live/relays/99/draining", {}


@form_of(r"/admin/live/calls/{id:\d{1,9}}/ending")
async def _(scene: Scene) -> Form:
    booking = await scene.pair.booking()
    joined = Joined(f"ended {booking.id}", str(booking.id), str(scene.pair.maya.id), datetime.now(UTC).timestamp())
    await record_news(scene.pair.site.database, joined)
    return scene.admin, f"/admin/live/calls/{booking.id}/ending", {"reason": "A test."}


simple("/admin/api/tokens", "admin", name="Statistics", scopes="counts:read", days="30")
simple("/admin/hooks", "admin", url="https://hooks.example/")


@form_of(r"/admin/api/tokens/{id:\d{1,9}}/revocation")
async def _(scene: Scene) -> Form:
    now = datetime.now(UTC)
    async with scene.pair.site.database.writing() as connection:
        number = await add_token(connection, "x", frozenset(), secrets.token_hex(8), now, now + timedelta(days=1))
    return scene.admin, f"/admin/api/tokens/{number}/revocation", {}


async def a_hook(scene: Scene, *, stopped: bool) -> int:
    """One that is called by nobody in the meantime: nothing waits for it."""
    now = datetime.now(UTC)
    async with scene.pair.site.database.writing() as connection:
        number = await add_hook(connection, "https://hooks.example/", "salt", now)
        if stopped:
            await stop_hook(connection, number, StoppedBy.ADMIN, now)
        return number


def about_a_hook(verb: str, *, stopped: bool = True) -> None:
    async def prepare(scene: Scene) -> Form:
        return scene.admin, f"/admin/hooks/{await a_hook(scene, stopped=stopped)}/{verb}", {}

    FORMS[f"/admin/hooks/{{id:\\d{{1,9}}}}/{verb}"] = prepare


about_a_hook("test")
about_a_hook("starting")
about_a_hook("stopping", stopped=False)
about_a_hook("removal")


@form_of(r"/admin/hook-deliveries/{id:\d{1,9}}/replay")
async def _(scene: Scene) -> Form:
    hook, now = await a_hook(scene, stopped=True), datetime.now(UTC)
    values = {"event_id": "e", "event": "test", "at": now, "called_at": now, "attempts": 1}
    made = insert(webhook_deliveries).values(webhook_id=hook, **values)
    async with scene.pair.site.database.writing() as connection:
        number = (await connection.execute(made.returning(webhook_deliveries.c.id))).scalar_one()
    return scene.admin, f"/admin/hook-deliveries/{number}/replay", {}


@form_of(r"/emails/{id:\d{1,9}}/stopping")
async def _(scene: Scene) -> Form:
    return scene.admin, f"/emails/{await given_up(scene)}/stopping", {}


@form_of(r"/emails/{id:\d{1,9}}/sending")
async def _(scene: Scene) -> Form:
    return scene.admin, f"/emails/{await given_up(scene)}/sending", {}


async def given_up(scene: Scene) -> int:
    """The number of an email that no job sends."""
    now, person = datetime.now(UTC), scene.pair.sam.id
    async with scene.pair.site.database.writing() as connection:
        await enqueue(
            connection, recipient_id=person, event="link:given-up", kind="fresh_link", path="/home", now=now,
            due_at=now + timedelta(days=1),
        )  # fmt: skip
        theirs = outbox.c.recipient_id == person, outbox.c.event == "link:given-up"
        await connection.execute(update(outbox).where(*theirs).values(failed_at=now, last_error="550 No"))
        return int((await connection.execute(select(outbox.c.id).where(*theirs))).scalar_one())


@form_of(r"/set-aside/{id:\d{1,9}}/removal")
async def _(scene: Scene) -> Form:
    async with scene.pair.site.database.writing() as connection:
        await put_aside(connection, Work.NEWS, "left:after-commit", None, "ValueError", datetime.now(UTC))
        number = (await connection.execute(select(set_aside.c.id))).scalars().first()
    return scene.admin, f"/set-aside/{number}/removal", {}


@form_of("/me/passkeys")
async def _(scene: Scene) -> Form:
    return scene.maya, "/me/passkeys", {"name": "Mine", "credential": await made(scene.maya)}


@form_of(r"/me/passkeys/{id:\d{1,9}}/removal")
async def _(scene: Scene) -> Form:
    await scene.maya.post("/me/passkeys", name="Mine", credential=await made(scene.maya))
    return scene.maya, re.findall(r"/me/passkeys/\d+/removal", scene.maya.text)[0], {}


@form_of("/sign-in")
async def _(scene: Scene) -> Form:
    mine = Authenticator(scene.maya.base_url, "127.0.0.1")
    await scene.maya.post("/me/passkeys", name="Mine", credential=await made(scene.maya, mine))
    guest = await scene.pair.site.guest()
    await guest.get("/sign-in/options.json")
    return guest, "/sign-in", {"credential": mine.use(base64url_to_bytes(json.loads(guest.text)["challenge"]))}


async def made(guest: Guest, authenticator: Authenticator | None = None) -> str:
    """A new passkey's JSON, as the browser's script sends it."""
    await guest.get("/me/passkeys/options.json")
    challenge = base64url_to_bytes(json.loads(guest.text)["challenge"])
    return (authenticator or Authenticator(guest.base_url, "127.0.0.1")).make(challenge)


@form_of("/l/{secret}")
async def _(scene: Scene) -> Form:
    secret = await account_link(scene.pair.site.database, datetime.now(UTC))
    return await scene.pair.site.guest(), f"/l/{secret}", {}


simple(
    "/admin/pairs", "admin", mentor_name="A", mentee_name="B", mentor_email="a@x.example", mentee_email="b@x.example"
)
simple("/admin/accounts", "admin", email="new@example.org", name="New", role="coordinator")


def about_an_account(verb: str, **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        email = f"{verb}@example.org"
        visitor = await visitor_with_account(scene.pair.site.database, datetime.now(UTC), Role.ADMIN, email)
        return scene.admin, f"/admin/accounts/{visitor.account.id}/{verb}", fields

    FORMS[f"/admin/accounts/{{id:\\d{{1,9}}}}/{verb}"] = prepare


about_an_account("role", role="coordinator")
about_an_account("link")
about_an_account("sign-out")
about_an_account("removal")


def about_sam(path: str, **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        return scene.admin, path.replace(r"{id:\d{1,9}}", str(scene.pair.sam.id)), fields

    FORMS[path] = prepare


about_sam(r"/admin/people/{id:\d{1,9}}", name="Samuel", email="samuel.after@example.org")
about_sam(r"/admin/people/{id:\d{1,9}}/link")
about_sam(r"/admin/people/{id:\d{1,9}}/revocation")


@form_of(r"/admin/people/{id:\d{1,9}}/double")
async def _(scene: Scene) -> Form:
    return scene.admin, f"/admin/people/{scene.pair.sam.id}/double", {"other": scene.pair.maya_email}


def about_a_double(verb: str, **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        new = [NewPerson("Twice", f"{verb}{number}@example.org", "UTC") for number in range(2)]
        async with scene.pair.site.database.writing() as connection:
            one, other = [await find_or_add_person(connection, each, datetime.now(UTC)) for each in new]
            double_id = await find_or_add_double(connection, one.id, other.id)
        return scene.admin, f"/admin/doubles/{double_id}/{verb}", {"address": str(one.id)} | fields

    FORMS[f"/admin/doubles/{{id:\\d{{1,9}}}}/{verb}"] = prepare


about_a_double("dismissal")
about_a_double("merging", reason="Added again")


def about_their_mentorship(verb: str, before: MentorshipEvent | None = None) -> None:
    async def prepare(scene: Scene) -> Form:
        database, number, now = scene.pair.site.database, scene.pair.mentorship_id, datetime.now(UTC)
        if before:
            ada = await visitor_with_account(database, now, Role.ADMIN, "before@example.org")
            await arrange(database, ada, number, before, now)
        else:
            await scene.pair.booking()
        return scene.admin, f"/admin/mentorships/{number}/{verb}", {"bookings": "call_off"}

    FORMS[f"/admin/mentorships/{{id:\\d{{1,9}}}}/{verb}"] = prepare


about_their_mentorship("pause")
about_their_mentorship("ending")
about_their_mentorship("resumption", MentorshipEvent.PAUSE)
simple(
    "/admin/imports",
    "admin",
    language="en",
    table=as_text([ImportRow(2, ImportedPerson("Ivo", "ivo.after@example.org"), ImportedPerson())]),
)

SCHEME = {
    "name": "After", "language": "en", "zone": "UTC", "summary": "A scheme.", "colour": "teal", "public": "on",
}  # fmt: skip
SAID = {
    "name": "Nia", "email": "nia.after@example.org", "role": "mentee", "seeks_words": "Work.", "languages": "en",
    "media": "video", "zone": "UTC", "begins1": "18:00", "ends1": "20:00",
}  # fmt: skip
schemes_made = count(1)
simple("/admin/schemes", "admin", **SCHEME, slug="after-commit")


async def a_scheme(scene: Scene) -> tuple[int, str]:
    """The id and the slug of a new one."""
    slug, now = f"after-{next(schemes_made)}", datetime.now(UTC)
    async with scene.pair.site.database.writing() as connection:
        return await add_scheme(connection, replace(TEXT, slug=slug), now), slug


@form_of(SIGN_UP)
async def _(scene: Scene) -> Form:
    _, slug = await a_scheme(scene)
    return scene.sam, f"/s/{slug}/sign-up", SAID


def about_a_scheme(verb: str, **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        id, slug = await a_scheme(scene)
        return scene.admin, f"/admin/schemes/{id}/{verb}", {**fields, "slug": slug}

    FORMS[f"/admin/schemes/{{id:\\d{{1,9}}}}/{verb}"] = prepare


about_a_scheme("settings", **SCHEME)
about_a_scheme("topics", **{"en-new": "Cooking"})
about_a_scheme("library", **{"en-new": "Cooking?"})
simple("/admin/library", "admin", **{"en-new": "Cooking?"})


def about_a_membership(path: str, who: str, state: MembershipState, **fields: object) -> None:
    async def prepare(scene: Scene) -> Form:
        scheme_id, _ = await a_scheme(scene)
        async with scene.pair.site.database.writing() as connection:
            sam = scene.pair.sam.id
            id = await add_membership(connection, scheme_id, sam, state, MENTEE, datetime.now(UTC))
        return getattr(scene, who), path.replace(r"{id:\d{1,9}}", str(id)), fields

    FORMS[path] = prepare


about_a_membership(r"/memberships/{id:\d{1,9}}/confirmation", "sam", MembershipState.UNCONFIRMED)
about_a_membership(r"/memberships/{id:\d{1,9}}/sign-up", "sam", MembershipState.MEMBER, **SAID)
about_a_membership(r"/memberships/{id:\d{1,9}}/waiting", "sam", MembershipState.MEMBER)
about_a_membership(r"/memberships/{id:\d{1,9}}/leaving", "sam", MembershipState.MEMBER)
about_a_membership(r"/admin/memberships/{id:\d{1,9}}/decision", "admin", MembershipState.APPLIED, decision="accept")


def about_matching(path: str, who: str, prepared: str, **fields: object) -> None:
    """Sam is a mentee and somebody else a mentor of a scheme. Prepared is a proposal to Sam (`asked`), to which they
    have said yes (`agreed`), a run that waits (`run`) or is done (`done`), a pinned pair (`rule`), or just the scheme.
    """

    async def prepare(scene: Scene) -> Form:
        database, now = scene.pair.site.database, datetime.now(UTC)
        scheme_id, slug = await a_scheme(scene)
        mentor = await add_member(database, scheme_id, "Lena", LENA, now, f"lena@{slug}.example")
        as_admin = await visitor_with_account(database, now, email=f"matcher@{slug}.example")
        async with database.writing() as connection:
            sam = scene.pair.sam.id
            mentee_id = await add_membership(connection, scheme_id, sam, MembershipState.MEMBER, NURI, now)
        pair, id, sent = (mentor.membership_id, mentee_id), scheme_id, dict(fields)
        members = Members(scheme_id, as_admin, mentor, mentor)
        if prepared in ("asked", "agreed"):
            id = await proposed(database, members, now)
        if prepared == "agreed":
            starts = (await read_match(database, scene.pair.as_sam, id, now)).starts
            await agree_to_match(database, scene.pair.as_sam, id, starts, MATCH_AGREED, now)
        if prepared == "done":
            id = await run_made(database, members, now)
            sent["pair"] = str((await suggested(database, id))[0][0])
        if prepared == "run":
            id = await start_run(database, as_admin, scheme_id, 7, lambda below: 0, now)
        if prepared == "rule":
            async with database.writing() as connection:
                account = as_admin.account.id
                id = await set_pair_rule(connection, scheme_id, pair, PairRuleKind.PIN, account, now)
        if path.endswith("/matching/rules"):
            sent |= {"mentor": str(pair[0]), "mentee": str(pair[1])}
        return getattr(scene, who), path.replace(r"{id:\d{1,9}}", str(id)), sent

    FORMS[path] = prepare


ID = r"{id:\d{1,9}}"
about_matching(f"/matches/{ID}/answer", "sam", "asked", answer="no")
about_matching(f"/matches/{ID}/withdrawal", "sam", "agreed")
about_matching(f"/admin/schemes/{ID}/matching/runs", "admin", "scheme")
about_matching(f"/admin/schemes/{ID}/matching/rules", "admin", "scheme", kind="pin", reason="Why not.")
about_matching(f"/admin/matching-rules/{ID}/removal", "admin", "rule", reason="Why not.")
about_matching(f"/admin/matching-runs/{ID}/cancellation", "admin", "run")
about_matching(f"/admin/matching-runs/{ID}/proposals", "admin", "done")
about_matching(f"/admin/matches/{ID}/withdrawal", "admin", "asked")


@pytest.fixture
async def scene(pair: Pair, mentor: Guest, mentee: Guest, admin: Guest, calendars: Elsewhere) -> AsyncIterator[Scene]:
    for guest, page in ((mentor, "/home"), (mentee, "/home"), (admin, "/history")):
        await guest.get(page)
        guest.wordings = set(WORDINGS_SHOWN)
    yield Scene(pair, mentor, mentee, admin, calendars.url("/busy.ics"))
    async with pair.site.database.writing() as connection:
        # What is booked later is told to nobody.
        await connection.execute(delete(webhooks))


@pytest.fixture
def away_after_commit(pair: Pair) -> Iterator[list[str]]:
    """From its first commit on, whatever a request asks of the database fails; the running jobs go on."""
    failed: list[str] = []
    engines = pair.site.database.engines

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        commits = COMMITS.get()
        if commits is not None and commits.made:
            failed.append(statement)
            raise OperationalError(statement, {}, ConnectionError("the database is away"))

    for engine in engines:
        event.listen(engine, "before_cursor_execute", fail)
    yield failed
    for engine in engines:
        event.remove(engine, "before_cursor_execute", fail)


def test_every_verb_is_tried() -> None:
    assert sorted(FORMS) == sorted(VERBS)


@pytest.mark.parametrize("verb", VERBS)
async def test_a_failure_after_the_commit_never_says_that_nothing_was_changed(
    scene: Scene, request: pytest.FixtureRequest, verb: str
) -> None:
    guest, path, fields = await FORMS[verb](scene)
    failed: list[str] = request.getfixturevalue("away_after_commit")
    sent = {**guest.hidden, "wording": WORDINGS_SHOWN, **fields}
    form = FormData()
    for name, value in sent.items():
        for each in value if isinstance(value, list) else [value]:
            form.add_field(name, each, filename="plan.pdf" if name == "file" else None)
    headers = {"Origin": guest.base_url}
    async with guest.session.post(guest.base_url + path, data=form, headers=headers, allow_redirects=False) as answer:
        text = await answer.text(errors="replace")
    assert "othing was changed" not in text
    if verb in SEVERAL_TRANSACTIONS:
        assert (answer.status, "whether it was saved" in text) == (503, True)
        return
    assert failed == [] or verb in IN_BACKGROUND
    assert answer.status in ((200,) if verb in WITH_PAGE else (303, 204)), text
