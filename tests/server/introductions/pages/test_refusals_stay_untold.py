"""Nothing that the mentor, the other of the two or an admin can see tells that somebody refused.

Worlds that differ only in what one of the two did are walked through page by page, and compared byte by byte: each
page, file, header and email that the others get, the statements that make them, and the log. Only random numbers are
masked. The worlds begin with the same database, where the introduction was proposed and both were asked.
"""

import io
import re
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.app import make_mailer, make_page_app
from server.availability.calendar.fetch import fetch_calendar
from server.catchups.rules.ledger import WORDINGS, ShownWording
from server.config import read_settings
from server.introductions.rules.introductions import ANSWER_WITHIN
from server.introductions.rules.proposals import BLOCKS
from server.introductions.store.blocks import set_blocked
from server.jobs import Jobs
from server.mail.transport import SmtpTransport
from server.people.actions.links import VisitStart, make_link, open_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.actions.sign_in import use_one_time_link
from server.people.rules.links import Purpose, csrf_of
from server.people.rules.rate_limits import counted_address
from server.room.pages.content import SEALER
from server.web.keys import BACKGROUND_TASKS, CLOCK, DATABASE, SECRET
from server.web.main_process import MainProcess
from server.webhooks.actions.sending import HookCaller
from server.webhooks.rules.hooks import HookAnswer
from tests.logs import own_records
from tests.server.actors import NOW, account_link, statements
from tests.server.introductions.people import ANA, FOR_ANA, FOR_SAM, secret_of
from tests.smtp_server import SmtpServer, link_in

BASE = "http://fireside.example"
HOUR = timedelta(hours=1)
RANDOM = re.compile(
    rb"nonce-[\w-]+|nonce=\"[^\"]+\"|name=\"(?:form|key)\" value=\"[\w-]{22}\"|name=\"csrf\" value=\"\w{64}\""
    rb"|/l/[\w-]{43}"
)
WORDING = [ShownWording(text, "en").hash for text in WORDINGS.values()]
PAGES = (
    *(
        "/home",
        "/me",
        "/me/looks",
        "/me/choices",
        "/me/choices.csv",
        "/me/choices.json",
        "/me/sign-ins",
        "/me/passkeys",
    ),
    *("/me/erasure", "/me/archive.zip", "/hours", "/privacy", "/introductions/1", "/introductions/2"),
)
MENTORSHIP = tuple(f"/mentorships/1{rest}" for rest in ("", "/rest", "/routine", "/offers/new", "/introductions/new"))
ADMIN = (
    *("/admin", "/admin/overview", "/admin/people", "/admin/accounts", "/admin/audit", "/admin/privacy"),
    *("/history", "/emails", *(f"/admin/people/{id}{rest}" for id in range(1, 5) for rest in ("", "/data"))),
)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Cast:
    """The tokens of everybody's visits, and the address of each calendar feed."""

    tokens: dict[str, str] = field(default_factory=dict)
    feeds: dict[str, str] = field(default_factory=dict)


@dataclass
class Server:
    """The product's pages on a database of this world, and its jobs, which are done by hand."""

    app: web.Application
    jobs: Jobs
    clock: Clock
    cast: Cast
    session: aiohttp.ClientSession
    url: str

    async def get(self, who: str, path: str) -> tuple[Any, ...]:
        headers = {"Cookie": f"fireside={self.cast.tokens.get(who, '')}", "Host": "fireside.example"}
        with statements(self.app[DATABASE]) as made:
            async with self.session.get(self.url + path, headers=headers, allow_redirects=False) as answer:
                page = await seen(answer)
        # What is tried again is counted once.
        return page, list(dict.fromkeys(each for each in made if each.split()[0] not in ("BEGIN", "COMMIT")))

    async def post(self, who: str, path: str, **fields: object) -> tuple[Any, ...]:
        token = self.cast.tokens[who]
        headers = {"Cookie": f"fireside={token}", "Origin": BASE}
        pairs = [("csrf", csrf_of(token)), *(("wording", each) for each in WORDING), *fields.items()]
        form = aiohttp.FormData([(name, str(value)) for name, value in pairs])
        async with self.session.post(self.url + path, headers=headers, data=form, allow_redirects=False) as answer:
            return await seen(answer)


async def seen(answer: aiohttp.ClientResponse) -> tuple[Any, ...]:
    """All of the answer, but for random numbers."""
    headers = {
        name: masked(value.encode()) for name, value in answer.headers.items() if name not in ("Date", "Content-Length")
    }
    body = await answer.read()
    if answer.content_type == "application/zip":
        with ZipFile(io.BytesIO(body)) as found:
            return answer.status, headers, [(name, found.read(name)) for name in found.namelist()]
    return answer.status, headers, masked(body)


def read(email: EmailMessage) -> tuple[Any, ...]:
    """All of an email: its headers, and each of its forms."""
    headers = [(name, str(value)) for name, value in email.items() if name != "Content-Type"]
    forms = [part.get_content() for part in email.walk() if not part.is_multipart()]
    return headers, [masked(form.encode()) for form in forms]


def masked(text: bytes) -> bytes:
    return RANDOM.sub(b"...", text)


@asynccontextmanager
async def server_on(data: Path, cast: Cast, smtp: SmtpServer) -> AsyncIterator[Server]:
    given = {
        "data": str(data),
        "base_url": BASE,
        "smtp_url": smtp.url,
        "secret": "a secret of this test alone, and long",
    }
    settings, clock = read_settings({}, given=given), Clock()
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    app = make_page_app(settings, MainProcess(near))
    app[CLOCK] = clock
    transport, sealer = SmtpTransport(smtp.url), app[SEALER]
    mailer = make_mailer(transport, BASE, "Fireside <f@example.org>", clock, sealer=sealer, guest_key=bytes(32))

    async def end(call: str, person: str) -> None:
        raise AssertionError("there is no call")

    async def call(url: str, body: bytes, headers: Mapping[str, str]) -> HookAnswer:
        raise AssertionError("there is no webhook")

    hooks, block_key = HookCaller(call, b"", clock), app[SECRET].key(BLOCKS)
    jobs = Jobs(app[DATABASE], mailer, settings, clock, end, fetch_calendar, b"", sealer, hooks, block_key)
    async with TestServer(app) as running, aiohttp.ClientSession() as session:
        yield Server(app, jobs, clock, cast, session, str(running.make_url("")).rstrip("/"))
    near.close()
    far.close()


def make_data_folder(data: Path, migrated: Path) -> None:
    data.mkdir(mode=0o700)
    shutil.copy(migrated, data)


async def begin(data: Path, migrated: Path, smtp: SmtpServer, *, known: bool, blocked: bool) -> Cast:
    """Maya has proposed to introduce Sam and Ana, who are asked, and have opened their emails; Ada is an admin."""
    make_data_folder(data, migrated)
    cast = Cast()
    async with server_on(data, cast, smtp) as server:
        database = server.app[DATABASE]
        names = ("Maya", "Sam", *(["Ana"] if known else []))
        async with database.writing() as connection:
            people = [
                await find_or_add_person(connection, NewPerson(name, f"{name.lower()}@example.org", "UTC"), NOW)
                for name in names
            ]
            await find_or_add_mentorship(connection, people[0], people[1], NOW)
            homes = {
                each.name: await make_link(connection, NOW, person_id=each.id, purpose=Purpose.HOME, path="/home")
                for each in people
            }
            for each in people:
                secret = await make_link(connection, NOW, person_id=each.id, purpose=Purpose.FEED, path="/home")
                cast.feeds[each.name] = f"/feed/{secret}.ics"
            if blocked:
                of_ana = counted_address(server.app[SECRET].key(BLOCKS), ANA)
                await set_blocked(connection, of_ana, NOW, blocked=True)
        for name, secret in homes.items():
            cast.tokens[name] = await token_by(server, secret)
        admin = await use_one_time_link(database, await account_link(database), None, NOW)
        cast.tokens["Ada"] = admin.token
        fields = {"third_name": "Ana", "third_email": ANA, "for_mentee": FOR_SAM, "for_third": FOR_ANA, "form": "f"}
        status, headers, _ = await server.post("Maya", "/mentorships/1/introductions", **fields)
        assert (status, headers["Location"]) == (303, b"/introductions/1")
        await server.jobs.round()
        if not blocked and not known:
            [asked] = smtp.emails_to(ANA)[-1:]
            cast.tokens["Ana"] = await token_by(server, secret_of(link_in(asked)))
        for name in ("Sam", *([] if blocked else ["Ana"])):
            (status, *_), _ = await server.get(name, "/introductions/1")
            assert status == 200
    return cast


async def token_by(server: Server, secret: str) -> str:
    opened = await open_link(server.app[DATABASE], secret, None, NOW)
    assert isinstance(opened, VisitStart)
    return opened.token


Act = Callable[[Server, str], Awaitable[None]]


async def nothing(server: Server, who: str) -> None:
    """They have looked at the page, as everybody here, and not answered."""


async def refuse(server: Server, who: str) -> None:
    status, *_ = await server.post(who, "/introductions/1/answer", answer="no")
    assert status == 303


async def refuse_for_good(server: Server, who: str) -> None:
    await refuse(server, who)
    status, *_ = await server.post(who, "/introductions/1/block", blocked="yes")
    assert status == 303


async def agree_then_refuse(server: Server, who: str) -> None:
    status, *_ = await server.post(who, "/introductions/1/answer", answer="yes")
    assert status == 303
    await refuse(server, who)


async def walk(server: Server, who: str) -> dict[str, Any]:
    paths = (*PAGES, server.cast.feeds.get(who, "/feed/none.ics"), *(MENTORSHIP if who in ("Maya", "Sam") else ()))
    return {f"{who} {path}": await server.get(who, path) for path in paths}


async def walk_as_admin(server: Server, people: int) -> dict[str, Any]:
    found = {f"Ada {path}": await server.get("Ada", path) for path in ADMIN}
    for id in range(1, people + 1):
        path = f"/admin/people/{id}/archive"
        found[f"Ada {path}"] = await server.post("Ada", path, reason="It was asked for.")
    return found


@dataclass
class Seen:
    """What the others saw: at once, after the other of the two has said yes, just before the end, and after it."""

    at_once: dict[str, Any]
    then: list[dict[str, Any]]
    admin: list[dict[str, Any]]
    emails: list[tuple[Any, ...]]
    log: list[str]


async def seen_in(
    world: Path,
    cast: Cast,
    smtp: SmtpServer,
    act: Act,
    who: str,
    caplog: pytest.LogCaptureFixture,
    *,
    looked_at: bool = True,
) -> Seen:
    """In a copy of the base, where `who` acts so."""
    other, before = "Sam" if who == "Ana" else "Ana", len(smtp.emails)
    caplog.clear()
    async with server_on(world, cast, smtp) as server:
        await act(server, who)
        await server.jobs.round()
        at_once = await walk(server, "Maya") | await walk(server, other)
        # What an admin looks at is noted, also about somebody who is not known in each of the worlds.
        admin = [await walk_as_admin(server, 4)] if looked_at else []
        status, *_ = await server.post(other, "/introductions/1/answer", answer="yes")
        assert status == 303
        then = []
        for after in (HOUR, ANSWER_WITHIN - HOUR, ANSWER_WITHIN):
            server.clock.now = NOW + after
            for _ in range(2):
                await server.jobs.round()
            for each in ("Maya", other):
                await server.get(each, "/home")
            # When a visit was used last is noted in the background.
            await server.app[BACKGROUND_TASKS].finish()
            pages = await walk(server, "Maya") | await walk(server, other)
            then.append({path: page for path, (page, _) in pages.items()})
        if looked_at:
            admin.append({path: page[0] for path, page in (await walk_as_admin(server, 3)).items()})
    sent = [read(each) for each in smtp.emails[before:] if f"{who.lower()}@" not in each["To"]]
    return Seen(at_once, then, admin, sent, [record.getMessage() for record in own_records(caplog)])


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The pages that are not the same, each from where it differs."""
    found = [f"{path}: {_apart(repr(one[path]), repr(other[path]))}" for path in one if one[path] != other[path]]
    print(*found, sep="\n")
    return found


def _apart(one: str, other: str) -> str:
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"{one[max(at - 80, 0) : at + 80]!r} / {other[max(at - 80, 0) : at + 80]!r}"


@pytest.mark.parametrize(
    ("who", "known"),
    [("Ana", False), ("Ana", True), ("Sam", False)],
    ids=["a stranger", "somebody known", "the mentee"],
)
async def test_the_others_see_the_same_whether_one_refuses_or_not(
    tmp_path: Path, migrated: Path, smtp_server: SmtpServer, caplog: pytest.LogCaptureFixture, who: str, known: bool
) -> None:
    cast = await begin(tmp_path / "base", migrated, smtp_server, known=known, blocked=False)

    async def after(act: Act) -> Seen:
        world = tmp_path / act.__name__
        shutil.copytree(tmp_path / "base", world)
        return await seen_in(world, cast, smtp_server, act, who, caplog)

    unanswered = await after(nothing)
    assert b"Waits until both have said yes" in unanswered.at_once["Maya /mentorships/1"][0][2]
    assert b"did not come about" in unanswered.then[-1]["Maya /introductions/1"][2]
    assert unanswered.emails == []
    for act in (refuse, *([refuse_for_good] if who == "Ana" else [])):
        refused = await after(act)
        assert differing(refused.at_once, unanswered.at_once) == []
        for one, other in zip(refused.then + refused.admin, unanswered.then + unanswered.admin, strict=True):
            assert differing(one, other) == []
        assert refused == unanswered
    # Entries of the ledger are numbered: who makes one later sees how many there are on the whole server, of anybody.
    changed = await after(agree_then_refuse)
    assert differing(changed.at_once, unanswered.at_once) == []
    assert changed.emails == unanswered.emails


async def test_the_mentor_and_the_mentee_see_the_same_whether_the_third_person_is_asked_or_not(
    tmp_path: Path, migrated: Path, smtp_server: SmtpServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Ana has said before that she would not like to be asked."""
    found = []
    for blocked in (False, True):
        folder, before = tmp_path / f"blocked {blocked}", len(smtp_server.emails)
        cast = await begin(folder, migrated, smtp_server, known=False, blocked=blocked)
        asked = [read(each) for each in smtp_server.emails[before:] if "sam@" in each["To"]]
        assert (len(asked), len(smtp_server.emails) - before) == (1, 1 if blocked else 2)
        act = nothing if blocked else refuse
        found.append((asked, await seen_in(folder, cast, smtp_server, act, "Ana", caplog, looked_at=False)))
    (asked, one), (not_asked, other) = found
    assert differing({"Sam": asked}, {"Sam": not_asked}) == []
    secret = re.compile(r"/feed/.*")

    def by_path(pages: dict[str, Any]) -> dict[str, Any]:
        return {secret.sub("/feed", path): page for path, page in pages.items()}

    for pages, others in zip([one.at_once, *one.then], [other.at_once, *other.then], strict=True):
        assert differing(by_path(pages), by_path(others)) == []
    assert one.emails == other.emails == []
