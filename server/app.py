"""The composition root: every long-lived object is created here, once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from server.availability.actions.calendars import Fetch
from server.availability.calendar.fetch import PUBLIC_ONLY, FetchPolicy, fetch_calendar
from server.availability.pages.busy_calendar import FETCH
from server.calls.actions.entering import find_uninvited, record_news
from server.catchups.actions.emails import compose_email
from server.catchups.emails import KINDS
from server.catchups.pages.consent import wording_in
from server.catchups.store.email_context import still_current
from server.config import Settings
from server.db.database import Database
from server.db.schema import check
from server.jobs import Jobs
from server.mail.mailer import Mailer
from server.mail.transport import FolderTransport, MailTransport, SmtpTransport
from server.people.actions.emails import FRESH_LINK, EmailLinks, compose_fresh_link
from server.people.actions.links import find_ended_visits
from server.routes import add_routes, middlewares
from server.secret import read_secret
from server.web.background_tasks import BackgroundTasks
from server.web.keys import BACKGROUND_TASKS, CLOCK, DATABASE, HUB, SECRET, SETTINGS, TEMPLATES
from server.web.rendering import make_templates
from signaling.hub.hub import Hub, RelaySettings
from signaling.news import News, Present

FORM_LIMIT = 64 * 1024


def utc_now() -> datetime:
    return datetime.now(UTC)


def make_app(settings: Settings, fetch_policy: FetchPolicy = PUBLIC_ONLY) -> web.Application:
    """The web application of these settings; starting it opens the database and starts the relay.

    `fetch_policy` limits which addresses people's calendars are fetched from. The start raises SchemaOutdated when
    `fireside migrate` has to be run first.
    """
    app = web.Application(middlewares=middlewares(settings), client_max_size=FORM_LIMIT)
    app[SETTINGS] = settings
    app[CLOCK] = utc_now
    fetch: Fetch = partial(fetch_calendar, policy=fetch_policy)
    app[FETCH] = fetch
    app[DATABASE] = Database(settings.database_url)
    app[SECRET] = read_secret(settings.secret, settings.data)
    app[BACKGROUND_TASKS] = BackgroundTasks()
    app[TEMPLATES] = make_templates(settings, wording=wording_in)
    app[HUB] = Hub(_relay_settings(settings), partial(_record_news, app))
    app.cleanup_ctx.extend([_database_open, _jobs_running])
    app.on_startup.append(_start_calls)
    # The calls end before the server waits for open sockets, which would not close by themselves.
    app.on_shutdown.append(_end_calls)
    add_routes(app)
    return app


def make_mailer(transport: MailTransport, base_url: str, sender: str, clock: Callable[[], datetime]) -> Mailer:
    """Joins the outbox with the features that say its emails. Links begin with `base_url`."""
    catchups = partial(compose_email, sender=sender)
    return Mailer(
        transport=transport,
        compose={FRESH_LINK: compose_fresh_link, **dict.fromkeys(KINDS, catchups)},
        links=EmailLinks(base_url),
        current=still_current,
        base_url=base_url,
        sender=sender,
        clock=clock,
    )


def _relay_settings(settings: Settings) -> RelaySettings:
    return RelaySettings(
        directory=settings.data / "run",
        bind=settings.media_bind,
        port=settings.media_port,
        public_addresses=settings.public_addresses,
        relays=settings.relays,
        stun_server=settings.stun_server,
    )


async def _record_news(app: web.Application, news: News) -> None:
    await record_news(app[DATABASE], news)
    for call, person in await find_uninvited(app[DATABASE], news):
        await app[HUB].remove(call, person)
    if isinstance(news, Present):
        # Ended by signing out in another window, or because a link was revoked.
        for visit in await find_ended_visits(app[DATABASE], [int(visit) for visit in app[HUB].visits], app[CLOCK]()):
            await app[HUB].end_visit(str(visit))


async def _database_open(app: web.Application) -> AsyncIterator[None]:
    await check(app[DATABASE])
    yield
    await app[BACKGROUND_TASKS].finish()
    await app[DATABASE].close()


async def _jobs_running(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    transport = FolderTransport(settings.mail_folder) if settings.mail_folder else SmtpTransport(settings.smtp_url)
    mailer = make_mailer(transport, settings.base_url, settings.mail_from, app[CLOCK])
    jobs = Jobs(app[DATABASE], mailer, settings, app[CLOCK], partial(app[HUB].remove, why="over"), app[FETCH])
    task = asyncio.create_task(jobs.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _start_calls(app: web.Application) -> None:
    await app[HUB].start()


async def _end_calls(app: web.Application) -> None:
    await app[HUB].stop()
