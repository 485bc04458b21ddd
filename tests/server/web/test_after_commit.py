"""After a commit nothing is read again: a failure there never says that nothing was changed.

Every verb of every form, by the table of routes: its action is committed, then the next statement that the same
request runs fails, as when the database goes away at that moment.
"""

import io
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import FormData
from sqlalchemy import Table, event, func, select, update
from sqlalchemy.exc import OperationalError
from webauthn.helpers import base64url_to_bytes

from server.admin.actions.mentorships import arrange
from server.admin.rules.importing import ImportedPerson, ImportRow, as_text
from server.availability.store.busy_times import note_failure, set_feed
from server.calls.actions.more_time import request_more_time
from server.catchups.actions.answers import decline_offer
from server.catchups.actions.consents import allow_phone
from server.catchups.rules.bookings import Booking, BookingState
from server.catchups.rules.drafts import Medium
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording
from server.catchups.rules.offers import Offer
from server.catchups.store.bookings import set_state
from server.db.database import COMMITS
from server.db.set_aside import Work, put_aside
from server.db.tables import choices, links, outbox, set_aside, visits
from server.mail.outbox import enqueue
from server.people.rules.accounts import Role
from server.people.rules.mentorships import MentorshipEvent
from server.routes import ROUTES
from tests.authenticator import Authenticator
from tests.elsewhere import Elsewhere
from tests.server.actors import account_link, visitor_with_account
from tests.server.site import ALLOWED_PHONE, Guest, Pair

ARCHIVE, ERASURE = (rf"/admin/people/{{id:\d{{1,9}}}}/{verb}" for verb in ("archive", "erasure"))
# It only shows what would become of a table.
CHANGES_NOTHING = {"/admin/import"}
# Read and handed out after it was noted: tests/server/admin/pages/test_history_export.py lets that fail.
STREAMS = {"/history/export"}
VERBS = [route.path for route in ROUTES if route.method == "POST" and route.path not in CHANGES_NOTHING | STREAMS]
WORDINGS_SHOWN = [ShownWording(text, "en").hash for text in WORDINGS.values()]
# They fetch a calendar from elsewhere between two transactions; everything agreed is withdrawn before the erasure.
SEVERAL_TRANSACTIONS = {"/hours/calendar", "/hours/calendar/reading", ERASURE}
# They go on after the answer: a link is queued, or people are taken out of calls.
IN_BACKGROUND = {
    "/lost-link",
    "/me/sign-ins/ending",
    r"/me/links/{id:\d{1,9}}/ending",
    r"/me/visits/{id:\d{1,9}}/ending",
    r"/admin/accounts/{id:\d{1,9}}/sign-out",
    r"/admin/accounts/{id:\d{1,9}}/removal",
    r"/admin/people/{id:\d{1,9}}/revocation",
}
WITH_PAGE = {
    ARCHIVE,
    "/lost-link",
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


@form_of(r"/mentorships/{id:\d{1,9}}/mute/ending")
async def _(scene: Scene) -> Form:
    return scene.sam, f"/mentorships/{scene.pair.mentorship_id}/mute/ending", {}


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


@pytest.fixture
async def scene(pair: Pair, mentor: Guest, mentee: Guest, admin: Guest, calendars: Elsewhere) -> Scene:
    for guest, page in ((mentor, "/home"), (mentee, "/home"), (admin, "/history")):
        await guest.get(page)
        guest.wordings = set(WORDINGS_SHOWN)
    return Scene(pair, mentor, mentee, admin, calendars.url("/busy.ics"))


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
