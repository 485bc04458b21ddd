"""The composition root: every long-lived object is made here, once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from server.availability.actions.calendars import Fetch
from server.availability.calendar.fetch import PUBLIC_ONLY, FetchPolicy, fetch_calendar
from server.calls.actions.entering import find_uninvited, record_news
from server.config import Settings
from server.db.database import Database
from server.db.schema import check
from server.jobs import Jobs
from server.mail.transport import FolderPost, SmtpPost
from server.people.actions.visits import find_ended
from server.routes import add_routes, middlewares
from server.web.background_tasks import Afterwards
from server.web.keys import AFTERWARDS, CLOCK, DATABASE, FETCH, HUB, SETTINGS, TEMPLATES
from server.web.rendering import make_templates
from signaling.hub.hub import Hub, News, Present, RelaySettings

FORM_LIMIT = 64 * 1024


def utc_now() -> datetime:
    return datetime.now(UTC)


def make_app(settings: Settings, fetch_policy: FetchPolicy = PUBLIC_ONLY) -> web.Application:
    """The web application of these settings; starting it opens the database and starts the relay.

    `fetch_policy` says from whom the calendars are fetched whose addresses people give.

    On start it raises SchemaOutdated when `fireside migrate` has to be run first.
    """
    app = web.Application(middlewares=middlewares(settings), client_max_size=FORM_LIMIT)
    database = Database(settings.database_url)
    app[SETTINGS] = settings
    app[CLOCK] = utc_now
    fetch: Fetch = partial(fetch_calendar, policy=fetch_policy)
    app[FETCH] = fetch
    app[DATABASE] = database
    app[AFTERWARDS] = Afterwards()
    app[TEMPLATES] = make_templates(settings)
    app[HUB] = Hub(
        RelaySettings(
            directory=settings.data / "run",
            bind=settings.media_bind,
            port=settings.media_port,
            public_addresses=settings.public_addresses,
            relays=settings.relays,
            stun_server=settings.stun_server,
        ),
        partial(_hear_news, app),
    )
    app.cleanup_ctx.extend([_database_open, _jobs_running])
    app.on_startup.append(_start_calls)
    # Ended before the server waits for open sockets to be closed by themselves, which they would not be.
    app.on_shutdown.append(_end_calls)
    add_routes(app)
    return app


async def _hear_news(app: web.Application, news: News) -> None:
    await record_news(app[DATABASE], news)
    for call, person in await find_uninvited(app[DATABASE], news):
        await app[HUB].remove(call, person)
    if isinstance(news, Present):
        # Signed out of elsewhere, or by a link that was revoked.
        for visit in await find_ended(app[DATABASE], [int(visit) for visit in app[HUB].visits], app[CLOCK]()):
            await app[HUB].end_visit(str(visit))


async def _database_open(app: web.Application) -> AsyncIterator[None]:
    await check(app[DATABASE])
    yield
    await app[AFTERWARDS].finish()
    await app[DATABASE].close()


async def _jobs_running(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    post = FolderPost(settings.mail_folder) if settings.mail_folder else SmtpPost(settings.smtp_url)
    jobs = Jobs(app[DATABASE], post, settings, app[CLOCK], partial(app[HUB].remove, why="over"), app[FETCH])
    task = asyncio.create_task(jobs.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _start_calls(app: web.Application) -> None:
    await app[HUB].start()


async def _end_calls(app: web.Application) -> None:
    await app[HUB].stop()
