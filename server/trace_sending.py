"""Sends traces to the OpenTelemetry collector that the settings name (OTLP by HTTP, in JSON)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib.metadata import version

import aiohttp
from aiohttp import web

from server.web.keys import DATABASE, SETTINGS, TRACER
from server.web.tracing import Span, Tracer, spans_as_json

EVERY_S = 5.0
WITHIN_S = 5.0

log = logging.getLogger(__name__)


def trace(app: web.Application) -> None:
    """Traces the requests of this process from its start on."""
    tracer = app[TRACER] = Tracer()
    database = app[DATABASE]
    measure = database.note_transaction

    def note(work: str, seconds: float) -> None:
        if measure is not None:
            measure(work, seconds)
        tracer.note_transaction(work, seconds)

    database.note_transaction = note
    app.cleanup_ctx.append(_traces_sent)


async def _traces_sent(app: web.Application) -> AsyncIterator[None]:
    """While the app runs, and once more at its end."""
    address = f"{app[SETTINGS].traces}/v1/traces"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WITHIN_S)) as session:
        sending = asyncio.create_task(_send_for_ever(session, address, app[TRACER]))
        yield
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        await _send(session, address, app[TRACER].take())


async def _send_for_ever(session: aiohttp.ClientSession, address: str, tracer: Tracer) -> None:
    worked = True
    while True:
        await asyncio.sleep(EVERY_S)
        reason = await _send(session, address, tracer.take())
        if reason and worked:
            log.warning("the collector does not take traces, which are dropped: %s", reason)
        worked = not reason


async def _send(session: aiohttp.ClientSession, address: str, spans: list[Span]) -> str:
    """Returns why it failed, if it did. What failed is not sent again: traces are for looking, not for counting."""
    if not spans:
        return ""
    try:
        async with session.post(address, json=spans_as_json(spans, version("fireside"))) as response:
            return "" if response.ok else f"it answers {response.status}"
    except (aiohttp.ClientError, TimeoutError) as error:
        return str(error) or "no answer"
