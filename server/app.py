"""The composition root: every long-lived object is created here, once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from aiohttp import web

from server.admin.pages.figures import OVERVIEW
from server.admin.queries.overview import Overview
from server.api.pages.operations import BUCKETS
from server.availability.actions.calendars import Fetch
from server.availability.calendar.fetch import PUBLIC_ONLY, FetchPolicy, fetch_calendar
from server.availability.pages.busy_calendar import FETCH
from server.calls.actions.entering import find_uninvited, put_news_aside, record_news
from server.calls.pages.ending import OwnCalls
from server.catchups.actions.emails import compose_email, compose_together
from server.catchups.emails import KINDS
from server.catchups.pages.consent import wording_in
from server.catchups.rules.ledger_heads import PURPOSE
from server.config import Settings
from server.db.database import Database, Unavailable
from server.db.schema import check
from server.db.turns import Turns, always_ours
from server.drills import keep_trying_backups
from server.guests.actions.emails import LinksWithGuests, compose_guest_email
from server.guests.actions.following import find_leaving_guests, record_guest_news
from server.guests.emails import KINDS as GUEST_EMAILS
from server.guests.rules.links import PURPOSE as GUEST_LINKS
from server.guests.rules.seats import TO_GUEST
from server.guests.store.reminders import still_of_use
from server.introductions.actions.emails import compose_introduction_email
from server.introductions.emails import KINDS as INTRODUCTION_EMAILS
from server.introductions.rules.proposals import BLOCKS
from server.jobs import Jobs
from server.log_format import LogFormat
from server.mail.mailer import Mailer
from server.mail.outbox import TOGETHER
from server.mail.transport import FolderTransport, MailTransport, SmtpTransport
from server.matching.actions.emails import compose_match_email
from server.matching.emails import KINDS as MATCH_EMAILS
from server.matching_runs import keep_matching
from server.mentorships.actions.emails import compose_mentorship_email
from server.mentorships.emails import KINDS as MENTORSHIP_EMAILS
from server.mentorships.rules.reply_addresses import ReplyAddresses
from server.own_machine import OwnMachine
from server.people.actions.emails import TEMPLATES as LINK_EMAILS
from server.people.actions.emails import EmailLinks, compose_link_email
from server.replying import replies_taken, reply_addresses
from server.room.actions.records import compose_record
from server.room.emails import KIND as RECORD
from server.room.pages.content import SEALER
from server.room.sealing import Sealer
from server.routes import MIDDLEWARES, add_routes
from server.schemes.actions.emails import compose_membership_email
from server.schemes.emails import KINDS as MEMBERSHIP_EMAILS
from server.secret import read_secret
from server.web.background_tasks import BackgroundTasks
from server.web.draining import announce_last
from server.web.event_streams import EventStreams
from server.web.foreign_origins import ForeignOrigins
from server.web.headers import headers_signal
from server.web.keys import (
    BACKGROUND_TASKS,
    CALLS,
    CLOCK,
    DATABASE,
    EVENT_STREAMS,
    FOREIGN_ORIGINS,
    HUB,
    MAIN_MEASURER,
    MEASURER,
    READINESS,
    REQUESTS,
    SECRET,
    SETTINGS,
    TEMPLATES,
    RunningRequests,
)
from server.web.main_process import MAIN_PROCESS, MainProcess
from server.web.measurer import MeasurementBuffer
from server.web.readiness import Readiness
from server.web.rendering import make_templates
from server.webhooks.actions.sending import HookCaller
from server.webhooks.pages.hooks import HOOK_KEY
from server.webhooks.transport import HookPolicy, call_hook
from signaling.hub.hub import Hub, RelaySettings
from signaling.news import Left, News, Present, StoreAway

FORM_LIMIT = 64 * 1024
OWN_CALLS = web.AppKey("own_calls", OwnCalls)
# Only where several machines serve the database.
OWN_MACHINE = web.AppKey("own_machine", OwnMachine)


def utc_now() -> datetime:
    return datetime.now(UTC)


def make_app(settings: Settings, fetch_policy: FetchPolicy = PUBLIC_ONLY) -> web.Application:
    """The web application of these settings; starting it opens the database and starts the relay.

    `fetch_policy` limits which addresses people's calendars are fetched from. The start raises SchemaOutdated when
    `fireside migrate` has to be run first, SchemaTooNew, or Unavailable when nothing can be written.
    """
    app = _make_main(settings, fetch_policy, pages=True)
    app.cleanup_ctx.append(_jobs_running)
    if settings.lmtp:
        app.cleanup_ctx.append(replies_taken)
    add_routes(app)
    return app


def make_relay_app(settings: Settings) -> web.Application:
    """What serves the relay processes of this machine for others, and no pages."""
    return _make_main(settings, PUBLIC_ONLY, pages=False)


def _make_main(settings: Settings, fetch_policy: FetchPolicy, *, pages: bool) -> web.Application:
    """What the main process of a machine has, whether it serves pages or not."""
    app = _make_pages(settings, fetch_policy)
    app[FOREIGN_ORIGINS] = ForeignOrigins()
    app[READINESS] = Readiness(app[DATABASE])
    app[EVENT_STREAMS] = EventStreams()
    machine = OwnMachine(settings, app[SECRET], pages=pages) if settings.several else None
    several = machine.several if machine is not None else None
    app[HUB] = Hub(_relay_settings(settings), partial(_record_news, app), partial(_put_news_aside, app), several)
    app[CALLS] = app[OWN_CALLS] = own_calls = OwnCalls(app)
    if machine is not None:
        app[OWN_MACHINE] = machine
        app[CALLS] = machine.spread(own_calls, app[DATABASE].changes)
    app.cleanup_ctx.extend([_database_open, _readiness_known])
    if settings.metrics:
        _measure(app)
    if settings.traces:
        _trace(app)
    app.on_startup.append(_start_calls)
    # Both end before the server waits for open sockets and streams, which would not close by themselves.
    app.on_shutdown.append(_end_streams)
    app.on_shutdown.append(_end_calls)
    return app


def make_page_app(settings: Settings, main_process: MainProcess) -> web.Application:
    """What serves pages beside the main process, which has the calls, the streams of events and the jobs."""
    app = _make_pages(settings, PUBLIC_ONLY)
    app[MAIN_PROCESS] = app[CALLS] = main_process
    app[FOREIGN_ORIGINS] = ForeignOrigins(main_process.tell_foreign_origin)
    app[DATABASE].changes.pass_on = main_process.tell_changes
    if settings.metrics:
        app[MEASURER] = MeasurementBuffer(main_process.tell_measured)
        app[DATABASE].note_transaction = app[MEASURER].note_transaction
    app.cleanup_ctx.append(_database_open)
    if settings.traces:
        _trace(app)
    add_routes(app)
    return app


def _trace(app: web.Application) -> None:
    # Imported here because most hosts do without.
    from server.trace_sending import trace

    trace(app)


def _measure(app: web.Application) -> None:
    """Measures all that happens in this process, and serves it to Prometheus."""
    # Imported here because most hosts do without.
    from server.measuring import metrics_served, new_metrics

    app[MEASURER] = app[MAIN_MEASURER] = new_metrics(app)
    app[DATABASE].note_transaction = app[MEASURER].note_transaction
    app.cleanup_ctx.append(metrics_served)


def _make_pages(settings: Settings, fetch_policy: FetchPolicy) -> web.Application:
    """What each process has that serves pages."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=FORM_LIMIT)
    app[SETTINGS] = settings
    app[CLOCK] = utc_now
    fetch: Fetch = partial(fetch_calendar, policy=fetch_policy)
    app[FETCH] = fetch
    app[DATABASE] = Database(settings.database_url)
    app[SECRET] = read_secret(settings.secret, settings.data)
    app[SEALER] = Sealer(app[SECRET])
    app[HOOK_KEY] = app[SECRET].key("webhooks")
    app[REQUESTS] = RunningRequests()
    app[BUCKETS] = {}
    app[OVERVIEW] = Overview()
    app[BACKGROUND_TASKS] = BackgroundTasks()
    app[TEMPLATES] = make_templates(settings, wording=wording_in)
    app.on_response_prepare.extend([announce_last, headers_signal(settings)])
    return app


def make_mailer(
    transport: MailTransport,
    base_url: str,
    sender: str,
    clock: Callable[[], datetime],
    contact: str = "",
    *,
    sealer: Sealer,
    guest_key: bytes,
    replies: ReplyAddresses | None = None,
) -> Mailer:
    """Joins the outbox with the features that say its emails. Links begin with `base_url`. `replies` makes the
    addresses to which people answer, where the host takes answers."""
    links = LinksWithGuests(EmailLinks(base_url), base_url, guest_key)
    catchups = partial(compose_email, sender=sender)
    together = partial(compose_together, sender=sender, links=links, clock=clock)
    records = partial(compose_record, sealer=sealer)
    mentorships = dict.fromkeys(MENTORSHIP_EMAILS, partial(compose_mentorship_email, sealer=sealer, replies=replies))
    introductions = dict.fromkeys(INTRODUCTION_EMAILS, partial(compose_introduction_email, sealer=sealer))
    return Mailer(
        transport=transport,
        compose={
            **dict.fromkeys(LINK_EMAILS, compose_link_email),
            **dict.fromkeys(KINDS, catchups),
            **dict.fromkeys(TOGETHER, together),
            RECORD: records,
            **mentorships,
            **introductions,
            **dict.fromkeys(MEMBERSHIP_EMAILS, compose_membership_email),
            **dict.fromkeys(MATCH_EMAILS, compose_match_email),
            **dict.fromkeys(GUEST_EMAILS, partial(compose_guest_email, sender=sender)),
        },
        links=links,
        current=still_of_use,
        base_url=base_url,
        sender=sender,
        clock=clock,
        contact=contact,
        nameless=TO_GUEST,
    )


def _relay_settings(settings: Settings) -> RelaySettings:
    return RelaySettings(
        directory=settings.data / "run",
        bind=settings.media_bind,
        port=settings.media_port,
        public_addresses=settings.public_addresses,
        relays=settings.relays,
        stun_server=settings.stun_server,
        json_log=settings.log_format is LogFormat.JSON,
    )


async def _record_news(app: web.Application, news: News) -> None:
    try:
        await _follow_news(app, news)
    except Unavailable as error:
        raise StoreAway(str(error)) from error


async def _put_news_aside(app: web.Application, news: News, error: Exception) -> None:
    """Keeps, for the admin, that this news could not be stored, and why."""
    try:
        await put_news_aside(app[DATABASE], news, error, app[CLOCK]())
    except Unavailable as away:
        raise StoreAway(str(away)) from away


async def _follow_news(app: web.Application, news: News) -> None:
    """Stores the news, and takes out of the calls who should not be there."""
    await record_news(app[DATABASE], news, app[OWN_MACHINE].machine.name if OWN_MACHINE in app else "")
    await record_guest_news(app[DATABASE], news)
    # Only now: what could not be stored is delivered again.
    if isinstance(news, Left) and MAIN_MEASURER in app:
        app[MAIN_MEASURER].note_left(news.why, news.quality)
    present, window = [each.joined for each in app[HUB].attendances], app[SETTINGS].join_window
    leaving = await find_leaving_guests(app[DATABASE], news, present, window, app[CLOCK]())
    for call, person in (*await find_uninvited(app[DATABASE], news), *leaving):
        await app[HUB].remove(call, person)
    if isinstance(news, Present):
        # Another web process, or the command line, may have ended a visit or a link.
        await app[OWN_CALLS].end_closed()


async def _database_open(app: web.Application) -> AsyncIterator[None]:
    await check(app[DATABASE])
    await app[DATABASE].check_writable()
    yield
    await app[BACKGROUND_TASKS].finish()
    with suppress(Unavailable):
        await app[DATABASE].optimize()
    await app[DATABASE].close()


async def _readiness_known(app: web.Application) -> AsyncIterator[None]:
    looking = asyncio.create_task(app[READINESS].run())
    yield
    looking.cancel()


def make_transport(settings: Settings) -> MailTransport:
    """The mail server of the settings, or a folder in its place."""
    if settings.mail_folder:
        return FolderTransport(settings.mail_folder)
    own_name = urlsplit(settings.base_url).hostname or ""
    return SmtpTransport(settings.smtp_url, own_name, user=settings.smtp_user, password=settings.smtp_password)


def make_jobs(app: web.Application, is_ours: Callable[[str], Awaitable[bool]] = always_ours) -> Jobs:
    """Those of an application that has the calls. `is_ours` is as in Jobs."""
    settings = app[SETTINGS]
    mailer = make_mailer(
        make_transport(settings),
        settings.base_url,
        settings.mail_from,
        app[CLOCK],
        settings.contact,
        sealer=app[SEALER],
        replies=reply_addresses(settings, app[SECRET]),
        guest_key=app[SECRET].key(GUEST_LINKS),
    )
    ledger_key, block_key = app[SECRET].key(PURPOSE), app[SECRET].key(BLOCKS)
    end = partial(app[CALLS].remove, why="over")
    caller = HookCaller(partial(call_hook, policy=HookPolicy(settings.hook_networks)), app[HOOK_KEY], app[CLOCK])
    return Jobs(
        app[DATABASE],
        mailer,
        settings,
        app[CLOCK],
        end,
        app[FETCH],
        ledger_key,
        app[SEALER],
        caller,
        block_key,
        is_ours,
    )


async def _jobs_running(app: web.Application) -> AsyncIterator[None]:
    settings, turns = app[SETTINGS], Turns(app[DATABASE])
    jobs = make_jobs(app, turns.is_ours)
    if MAIN_MEASURER in app:
        jobs.note_round = app[MAIN_MEASURER].note_round
    trying = keep_trying_backups(settings, app[DATABASE], app[CLOCK], turns.is_ours)
    matching = keep_matching(settings, app[DATABASE], app[CLOCK])
    tasks = [asyncio.create_task(each) for each in (turns.run(), jobs.run(), trying, matching)]
    yield
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


async def _start_calls(app: web.Application) -> None:
    await app[HUB].start()
    if OWN_MACHINE in app:
        await app[OWN_MACHINE].join(app[HUB])


async def _end_streams(app: web.Application) -> None:
    app[EVENT_STREAMS].close()


async def _end_calls(app: web.Application) -> None:
    if OWN_MACHINE in app:
        await app[OWN_MACHINE].leave(calls_go_on=app[HUB].calls_go_on)
    await app[HUB].stop()
    if OWN_MACHINE in app:
        await app[OWN_MACHINE].close()
