"""In the main process: serves the metrics at an address of their own, which the host names."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version

from aiohttp import web

from server.admin.queries.counts import read_counts
from server.backup.rules import BackupFinding
from server.db.database import Unavailable
from server.web.keys import CLOCK, DATABASE, HUB, READINESS, SETTINGS
from server.web.metrics import Metrics, ServerState, answer

METRICS = web.AppKey("metrics", Metrics)


def new_metrics(app: web.Application) -> Metrics:
    """The app's own, which `metrics_served` shows."""
    app[METRICS] = Metrics()
    return app[METRICS]


async def metrics_served(app: web.Application) -> AsyncIterator[None]:
    """While the app runs. Raises OSError when the address cannot be opened."""
    host, _, port = app[SETTINGS].metrics.rpartition(":")
    own = web.Application()

    async def show(request: web.Request) -> web.Response:
        return answer(app[METRICS].render(await _look(app)))

    own.router.add_get("/metrics", show)
    runner = web.AppRunner(own, access_log=None)
    await runner.setup()
    # The next process opens it while this one still finishes its requests.
    await web.TCPSite(runner, host.strip("[]"), int(port), reuse_port=True).start()
    yield
    await runner.cleanup()


async def _look(app: web.Application) -> ServerState:
    """Without what is in the database while that is away."""
    hub, readiness, now = app[HUB], app[READINESS], app[CLOCK]()
    state = ServerState(
        version=version("fireside"),
        up={"pages": not readiness.missing, "database": readiness.database, "relay": bool(hub.health()["ready"])},
        hub=hub.counts(),
        now=now,
    )
    with suppress(Unavailable):
        counts = await read_counts(app[DATABASE], now)
        return replace(
            state,
            emails_due=counts.emails.due,
            emails_failed=counts.emails.failed,
            oldest_email=counts.oldest_email,
            backup_at=counts.backup.made_at if counts.backup else None,
            drill_at=counts.drill.at if counts.drill else None,
            drill_holds=counts.drill.finding is BackupFinding.HOLDS if counts.drill else None,
        )
    return state
