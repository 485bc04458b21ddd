"""Every route checks access (W1): nobody reads or changes what belongs to another person."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, insert, or_, select

from server.admin.actions.doubles import compare_people
from server.admin.store.doubles import find_or_add_double
from server.api.store.tokens import add_token
from server.catchups.actions.answers import accept_offer
from server.catchups.actions.offers import make_offer
from server.catchups.rules.answers import Acceptance
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import WORDINGS, ShownWording
from server.db.set_aside import Work, put_aside
from server.db.tables import choices, links, metadata, outbox, set_aside, visits, webhook_deliveries
from server.introductions.actions.proposing import ask_third_people, propose
from server.introductions.rules.proposals import Proposal
from server.matching.rules.pair_rules import PairRuleKind
from server.matching.store.kept_results import report_json
from server.matching.store.pair_rules import set_pair_rule
from server.matching.store.proposals import add_proposal
from server.matching.store.runs import add_run, begin, find_any_run, finish
from server.mentorships.actions.nudges import nudge_mentors
from server.mentorships.rules.messages import MessageBody, MessageFile, NewMessage
from server.mentorships.store.messages import add_message
from server.people.actions.links import make_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.accounts import Role
from server.people.rules.links import Purpose
from server.people.rules.passkeys import NewPasskey
from server.people.store.accounts import open_account
from server.people.store.imports import add_import
from server.people.store.passkeys import add_passkey, passkeys_of
from server.room.sealing import Sealer
from server.room.store.files import add_file
from server.routes import ROUTES
from server.schemes.rules.memberships import MembershipState
from server.schemes.store.memberships import add_membership
from server.schemes.store.schemes import add_scheme, coordinator_accounts, set_coordinators
from server.secret import ServerSecret
from server.web.access import Who
from server.webhooks.rules.hooks import StoppedBy
from server.webhooks.store.hooks import add_hook, stop_hook
from tests.elsewhere import Elsewhere
from tests.server.actors import visitor_by
from tests.server.matching.members import everybody_together
from tests.server.schemes.a_scheme import MENTEE, MENTOR, TEXT
from tests.server.sending import secret_of
from tests.server.site import ACCEPTED, OFFERED, PLANNED, Guest, Site, SiteWithJobs, new_site

# Those for tokens are tried in tests/server/api.
CLOSED = [route for route in ROUTES if route.who not in (Who.UNASKED, Who.EVERYONE, Who.PROGRAMS)]
OF_SOMEBODY = [route for route in CLOSED if "{id" in route.path]
OF_ONESELF = [route for route in CLOSED if "{id" not in route.path]
FOR_MENTORS = {r"/mentorships/{id:\d{1,9}}/introductions/new"}
NOT_FOUND, NEEDS_HOME = (404, "There is nothing here"), (403, "This needs another link")
ADMIN, COORDINATOR = "an admin", "a coordinator"
# Whom an account lets in: everything of the scheme is theirs to see.
FOR_ACCOUNTS = {Who.ADMIN: {ADMIN}, Who.COORDINATOR: {ADMIN, COORDINATOR}}
# Not that of the site: those whose file it is are told that it cannot be read.
SEALER = Sealer(ServerSecret("elsewhere"))
NOTE = "note-that-only-two-may-read"
SECRETS = (NOTE, "Vera", "Vito", "vera@", "vito@")
# Everything that a form of ours asks for, as one that would be taken.
FORM = {
    "start": "", "starts": "", "medium": "video", "media": "video", "minutes": "30", "note": "", "words": "",
    "weeks": "4", "revision": "0", "outcome": "spoke", "zone": "UTC", "language": "en", "phone": "", "needs": "",
    "url": "https://calendar.example/busy.ics", "end": "2031-05-06T15:30:00+00:00", "wished": "yes",
    "third": "", "third_name": "Ana", "third_email": "ana@example.org", "for_mentee": "x", "for_third": "x",
    "answer": "yes", "blocked": "yes",
    "seat": "1", "guest_name": "x", "guest_email": "x@example.org", "guest_role": "guest", "guest_language": "en",
    "form": "f", "text": "x", "key": "k", "done": "yes", "up_to": "1", "notice": "none", "until": "2031-05-06",
    "batches": '[{"writer": "w", "sequence": 1, "since": 0, "edits": [{"type": "write", "was": "", "text": "x"}]}]',
    "role": "mentee", "seeks_words": "x", "languages": "en", "begins1": "18:00", "ends1": "20:00", "decision": "accept",
    "name": "x", "slug": "x", "summary": "x", "colour": "teal", "en-new": "x",
    "catchups": "3", "every": "month", "wish": "", "farewell": "x", "guide": "mentor_first", "card": "next-step",
    "wording": [ShownWording(text, "en").hash for text in WORDINGS.values()],
}  # fmt: skip


def may_enter(who, route) -> bool:
    return who in FOR_ACCOUNTS.get(route.who, ())


def named(route):
    return f"{route.method} {route.path}"


def path_of(route, number):
    return re.sub(r"\{[^}]*\}+", str(number), route.path)


@dataclass
class World:
    """Vera and Vito with an offer that waits, a booking whose call is open, and another catch-up; and who is not them.

    `ids` are what a route's `{id}` can be, by what stands before it. `by_link` is Vito as he came by a link to each of
    the first two catch-ups.
    """

    ids: dict[str, list[int]]
    owners: list[Guest]
    by_link: list[Guest]
    intruders: dict[str, Guest]
    people: list[int]

    def whose(self, kind: str) -> list[Guest]:
        """Those who find what has an id of this kind: a place in a scheme is Vera's alone, and so is a match
        about which its mentor was not asked yet."""
        return self.owners[:1] if kind in ("memberships", "matches") else self.owners


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, calendars: Elsewhere, migrated: Path
) -> AsyncIterator[SiteWithJobs]:
    """With a small database: nearly every test reads all of it twice."""
    async with new_site(tmp_path_factory.mktemp("routes"), calendars, migrated) as here:
        yield here


@pytest.fixture(scope="module")
async def world(site: Site) -> World:
    """Made once: what is tried in it must not change it."""
    now = datetime.now(UTC)
    database = site.database
    async with database.writing() as connection:
        vera, vito, eve, evan, abby = [
            await find_or_add_person(connection, NewPerson(name, f"{name}@example.org".lower(), "UTC"), now)
            for name in ("Vera", "Vito", "Eve", "Evan", "Abby")
        ]
        mentorship = await find_or_add_mentorship(connection, vera, vito, now)
        await find_or_add_mentorship(connection, eve, evan, now)
        homes = [
            await make_link(connection, now, person_id=person.id, purpose=Purpose.HOME, path="/home")
            for person in (vera, vito, eve, evan)
        ]
    as_vera, as_vito = [await visitor_by(database, secret, now) for secret in homes[:2]]
    start, earlier = now + timedelta(minutes=5), now - timedelta(hours=1)
    made = [
        await make_offer(database, as_vera, mentorship, Draft(NOTE, frozenset(Medium), (at,), 30), OFFERED, earlier)
        for at in (start, start + timedelta(days=1), start + timedelta(days=2))
    ]
    sealer, proposal = Sealer(secret_of(database)), Proposal(NOTE, NOTE, "Vanja", "vanja@example.org")
    introduction = await propose(database, sealer, as_vera, mentorship, "form", proposal, now)
    await ask_third_people(database, sealer, b"key", now)
    # The jobs look at each new person once.
    await compare_people(database)
    booking = await accept_offer(database, as_vito, made[0].id, Acceptance(start, Medium.VIDEO, ACCEPTED), earlier)
    async with database.writing() as connection:
        other = await make_link(
            connection,
            now,
            person_id=vito.id,
            purpose=Purpose.CATCHUP,
            path=f"/offers/{made[2].id}",
            catchup_id=made[2].catchup_id,
        )
        to_both = [
            await make_link(
                connection, now, person_id=vito.id, purpose=Purpose.CATCHUP, path="/home", catchup_id=offer.catchup_id
            )
            for offer in made[:2]
        ]
        offers = [offer.id for offer in made[:2]]
        chosen = await connection.execute(select(choices.c.id).where(choices.c.subject_id.in_(offers)))
        queued = await connection.execute(select(outbox.c.id).where(outbox.c.recipient_id == vito.id))

        double_id = await find_or_add_double(connection, vera.id, vito.id)
        account = await open_account(connection, abby.id, Role.COORDINATOR, now)
        scheme = await add_scheme(connection, TEXT, now)
        said = replace(MENTEE, seeks_words=NOTE)
        membership = await add_membership(connection, scheme, vera.id, MembershipState.MEMBER, said, now)

        mentor = await add_membership(connection, scheme, vito.id, MembershipState.MEMBER, MENTOR, now)
        pair = (mentor, membership)
        match = await add_proposal(connection, scheme, pair, "", now, now + timedelta(days=5))
        run = await add_run(connection, scheme, account.id, 7, now)
        await begin(connection, await find_any_run(connection, run, lock=True), now)
        report = report_json(everybody_together((), (), (), 7, lambda percent: None), ())
        await finish(connection, await find_any_run(connection, run, lock=True), "", report, (), (), now)
        rule = await set_pair_rule(connection, scheme, pair, PairRuleKind.PIN, account.id, now)

        def own(table):
            return select(table.c.id).where(table.c.person_id == vera.id)

        ids = {
            "mentorships": [mentorship],
            "introductions": [introduction],
            "messages": [await one_message(connection, mentorship, vera.id, now)],
            "catchups": [offer.catchup_id for offer in made[:2]],
            "offers": offers,
            "bookings": [booking.id],
            "calls": [booking.id],
            "history": [booking.id],
            "history/offers": offers,
            "me/choices": [row.id for row in chosen],
            "me/links": [row.id for row in await connection.execute(own(links))],
            "me/visits": [row.id for row in await connection.execute(own(visits))],
            "me/passkeys": [await one_passkey(connection, vera.id, now)],
            "emails": [row.id for row in queued],
            "files": [await add_file(connection, SEALER, booking.catchup_id, "f", b"%PDF-")],
            "set-aside": [await one_set_aside(connection, now)],
            "admin/imports": [await add_import(connection, account.id, 2, 1, now)],
            "admin/doubles": [double_id],
            "admin/people": [vera.id, vito.id],
            "admin/mentorships": [mentorship],
            "admin/accounts": [account.id],
            "matches": [match],
            "admin/matches": [match],
            "admin/matching-runs": [run],
            "admin/matching-rules": [rule],
            "memberships": [membership],
            "admin/memberships": [membership],
            "admin/schemes": [scheme],
            "admin/live/calls": [booking.id],
            "admin/live/relays": [1],
            "admin/api/tokens": [await one_token(connection, now)],
            "admin/hooks": [hook := await one_hook(connection, now)],
            "admin/hook-deliveries": [await one_delivery(connection, hook, now)],
        }
    # The jobs look at each new mentorship once.
    await nudge_mentors(database, now)
    intruders = {
        "nobody": await site.guest(),
        "a mentor of somebody else": await site.guest(homes[2]),
        "a mentee of somebody else": await site.guest(homes[3]),
        "by a link to another catch-up": await site.guest(other),
        COORDINATOR: await site.account(Role.COORDINATOR),
        ADMIN: await site.account(Role.ADMIN),
    }
    async with database.writing() as connection:
        # Each account but an admin's coordinates only what it was chosen for.
        coordinators = await coordinator_accounts(connection)
        await set_coordinators(connection, scheme, [id for id in coordinators if id != account.id])
    owners, by_link = [[await site.guest(secret) for secret in secrets] for secrets in (homes[:2], to_both)]
    return World(ids, owners, by_link, intruders, [vera.id, vito.id])


async def one_message(connection, mentorship_id, author_id, now) -> int:
    new = NewMessage("a-key", MessageBody("", MessageFile("plan.pdf", 5)), b"%PDF-")
    return await add_message(connection, SEALER, mentorship_id, author_id, new, now)


async def one_passkey(connection, person_id, now) -> int:
    new = NewPasskey("an-id", b"a key", 0)
    await add_passkey(connection, person_id, new, "A key", "127.0.0.1", now, for_admin=False)
    return (await passkeys_of(connection, person_id))[0].id


async def one_token(connection, now) -> int:
    return await add_token(connection, "Nobody's", frozenset(), "a hash", now, now + timedelta(days=1))


async def one_hook(connection, now) -> int:
    """Switched off: nothing that is tried here is sent."""
    hook = await add_hook(connection, "https://hooks.example/", "salt", now)
    await stop_hook(connection, hook, StoppedBy.ADMIN, now)
    return hook


async def one_delivery(connection, hook, now) -> int:
    made = insert(webhook_deliveries).values(
        webhook_id=hook, event_id="test-2", event="test", at=now, called_at=now, attempts=1, delivered_at=now
    )
    return (await connection.execute(made.returning(webhook_deliveries.c.id))).scalar_one()


async def one_set_aside(connection, now) -> int:
    await put_aside(connection, Work.NEWS, "present", None, "ValueError", now)
    return (await connection.execute(select(func.max(set_aside.c.id)))).scalar_one()


@pytest.fixture(scope="module")
def last_contents() -> list[dict]:
    """What the latest test left, if that has only seen that it was what the one before had left."""
    return []


@pytest.fixture(autouse=True)
def forget_contents(request: pytest.FixtureRequest, last_contents: list[dict]) -> None:
    if "unchanged" not in request.fixturenames:
        last_contents.clear()


@pytest.fixture
async def unchanged(world: World, contents, last_contents: list[dict]) -> AsyncIterator[None]:
    """Fails when the test has changed anything. All is read once a test: that is most of what one takes."""
    before = last_contents.pop() if last_contents else await contents()
    yield
    after = await contents()
    assert after == before
    last_contents.append(after)


@pytest.fixture
def theirs(world: World, site: Site):
    """Every row that is about Vera or Vito, but for what the running jobs do with emails, links and plans."""

    async def read() -> dict[str, list[str]]:
        found = {}
        async with site.database.reading() as connection:
            for table in metadata.sorted_tables:
                if table.name in ("outbox", "links"):
                    continue
                about = [column.in_(world.people) for column in table.c if _names_a_person(table, column)]
                columns = [column for column in table.c if column.name not in PLANNED]
                rows = await connection.execute(select(*columns).where(or_(*about))) if about else ()
                found[table.name] = sorted(map(repr, rows))
        return found

    return read


def _names_a_person(table, column) -> bool:
    return (table.name, column.name) == ("people", "id") or any(
        key.target_fullname == "people.id" for key in column.foreign_keys
    )


async def knock(guest: Guest, route, number: int = 0) -> tuple[int, str]:
    """Status and text of the route's answer to this browser: a socket is asked for as a page would."""
    path = path_of(route, number)
    if path.endswith("/socket"):
        try:
            async with guest.session.ws_connect(guest.base_url + path, origin=guest.base_url):
                return 101, ""
        except aiohttp.WSServerHandshakeError as refusal:
            return refusal.status, "There is nothing here"
    if path.endswith("/events"):
        async with guest.session.get(guest.base_url + path) as answer:
            return answer.status, "" if answer.status == 200 else await answer.text()
    if route.method == "POST":
        await guest.post(path, **FORM)
    else:
        async with guest.session.head(guest.base_url + path, allow_redirects=True) as answer:
            head = answer.status
        await guest.get(path)
        assert guest.status == head
    return guest.status, guest.text


def test_every_route_says_whose_its_ids_are(world: World) -> None:
    """A new route is tried below only when `World.ids` has its ids."""
    assert {route.path.split("/{id")[0].strip("/") for route in OF_SOMEBODY} == set(world.ids)


@pytest.mark.parametrize("route", OF_SOMEBODY, ids=named)
async def test_nothing_of_somebody_elses_is_found_or_changed(world: World, unchanged, route) -> None:
    for number in world.ids[route.path.split("/{id")[0].strip("/")]:
        for who, guest in world.intruders.items():
            if may_enter(who, route):
                continue
            status, text = await knock(guest, route, number)
            refusal = NEEDS_HOME if route.who is Who.OWNER and who == "by a link to another catch-up" else NOT_FOUND
            assert (status, refusal[1] in text) == (refusal[0], True), f"{who} asks for {path_of(route, number)}"
            assert NOTE not in text


@pytest.mark.parametrize("route", [route for route in OF_SOMEBODY if route.method == "GET"], ids=named)
async def test_those_whose_it_is_find_it(world: World, route) -> None:
    """So the refusals above are about the person, not about a wrong address."""
    for number in world.ids[route.path.split("/{id")[0].strip("/")]:
        insiders = [guest for who, guest in world.intruders.items() if may_enter(who, route)]
        kind = route.path.split("/{id")[0].strip("/")
        owners = world.owners[:1] if route.path in FOR_MENTORS else world.whose(kind)
        guests = insiders if route.who in FOR_ACCOUNTS else owners
        for guest in guests:
            status, _ = await knock(guest, route, number)
            assert status != 404


@pytest.mark.parametrize("route", [route for route in OF_ONESELF if route.path != "/signout"], ids=named)
async def test_ones_own_pages_show_and_change_nothing_of_others(world: World, theirs, route) -> None:
    before = await theirs()
    for who, guest in world.intruders.items():
        if may_enter(who, route):
            continue
        if who == "by a link to another catch-up" and route.method == "POST":
            # Vito himself: what he changes of his own is his.
            continue
        status, text = await knock(guest, route)
        assert status < 500
        if who == "nobody" or route.who in FOR_ACCOUNTS:
            assert (status, "There is nothing here" in text) == (404, True)
        elif who == "by a link to another catch-up" and route.who is Who.OWNER:
            assert (status, NEEDS_HOME[1] in text) == (403, True)
        secrets = (NOTE,) if who == "by a link to another catch-up" else SECRETS
        assert [secret for secret in secrets if secret in text] == [], f"{who} reads of others on {route.path}"
    assert await theirs() == before


@pytest.mark.parametrize("route", CLOSED, ids=named)
async def test_a_link_to_one_catchup_opens_only_what_that_needs(world: World, unchanged, route) -> None:
    """The rest asks for the link to all pages. What it may change is tried on the page of each form."""
    own = route.path.split("/{id")[0].strip("/")
    for index, guest in enumerate(world.by_link):
        if route.who is Who.VISITOR and route.method == "GET":
            for number in world.ids[own][index : index + 1] if route in OF_SOMEBODY else [0]:
                status, text = await knock(guest, route, number)
                assert (status != 404, NEEDS_HOME[1] in text) == (True, False)
                others = [f"/{kind}/{world.ids[kind][1 - index]}" for kind in ("catchups", "offers")]
                assert [other for other in others if other in text] == []
                # Not even how they are reached themselves, except in the file for their own calendar.
                assert "vito@" not in text or route.path.endswith(".ics")
        elif route.who is not Who.VISITOR:
            status, text = await knock(guest, route, 1)
            refusal = NEEDS_HOME if route.who is Who.OWNER else NOT_FOUND
            assert (status, refusal[1] in text) == (refusal[0], True)
            assert {secret for secret in SECRETS if secret in text} <= {"Vito"}


async def test_the_home_shows_nothing_of_others(world: World) -> None:
    for who, guest in world.intruders.items():
        await guest.get("/home")
        assert guest.status == 200
        assert guest.path == {"nobody": "/", ADMIN: "/admin", COORDINATOR: "/admin"}.get(who, "/home")
        if who not in (ADMIN, COORDINATOR, "by a link to another catch-up"):
            assert [secret for secret in SECRETS if secret in guest.text] == []


@pytest.mark.parametrize("route", [route for route in CLOSED if route.who in FOR_ACCOUNTS], ids=named)
async def test_each_role_enters_what_is_for_it(world: World, route) -> None:
    """A page opens, or does not, by the role alone. Forms and sockets are tried on their own pages."""
    if route.method != "GET" or route.path.endswith("/socket"):
        return
    numbers = world.ids[route.path.split("/{id")[0].strip("/")] if route in OF_SOMEBODY else [0]
    for who, guest in world.intruders.items():
        status, _ = await knock(guest, route, numbers[0])
        entered = status in ((101,) if route.path.endswith("/socket") else (200,))
        assert (who, entered, status == 404) == (who, may_enter(who, route), not may_enter(who, route))


async def test_the_mentor_is_no_admin(mentor):
    for path in ("/history", "/history/1", "/admin/accounts"):
        assert (await mentor.get(path)).status == 404


async def test_an_unknown_address_is_not_found(nobody):
    assert (await nobody.get("/wp-login.php")).status == 404


async def test_the_wrong_method_is_refused_kindly(mentor):
    await mentor.post("/home")
    assert mentor.status == 405
    assert "start again from your link" in mentor.text
