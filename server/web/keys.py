"""Typed keys of the application's long-lived objects and of a request's values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from aiohttp import web
from jinja2 import Environment

from server.config import Settings
from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.secret import ServerSecret
from server.web.background_tasks import BackgroundTasks
from server.web.event_streams import EventStreams
from server.web.foreign_origins import ForeignOrigins
from server.web.measurer import MainMeasurer, Measurer
from server.web.readiness import Readiness
from server.web.tracing import Tracer
from signaling.hub.hub import Hub

# Why a person is taken out of a call: it was called off, or it is over.
LeavingReason = Literal["removed", "over"]


class Calls(Protocol):
    """How pages end what is over in the calls that run, whichever process has them."""

    async def remove(self, call: str, person: str, why: LeavingReason = "removed") -> None:
        """Takes a person out of a call, now."""

    async def drain(self, relay: int) -> None:
        """Lets a relay process, from 0, take no new calls and end with its present ones."""

    async def end_visit(self, visit: str) -> None:
        """Ends all that this visit has open in calls."""

    async def end_closed(self) -> None:
        """Takes everybody out of a call whose visit does not reach it any more."""


@dataclass(slots=True)
class RunningRequests:
    """How many requests run; `last`: each connection is closed after its next response."""

    running: int = 0
    last: bool = False


SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
FOREIGN_ORIGINS = web.AppKey("foreign_origins", ForeignOrigins)
CALLS: web.AppKey[Calls] = web.AppKey("calls")
# In the main process only.
HUB = web.AppKey("hub", Hub)
READINESS = web.AppKey("readiness", Readiness)
REQUESTS = web.AppKey("requests", RunningRequests)
BACKGROUND_TASKS = web.AppKey("background_tasks", BackgroundTasks)
EVENT_STREAMS = web.AppKey("event_streams", EventStreams)
SECRET = web.AppKey("secret", ServerSecret)
TEMPLATES = web.AppKey("templates", Environment)
# Only where the host has named a collector of traces.
TRACER: web.AppKey[Tracer] = web.AppKey("tracer")
# Only where the host has named an address for metrics.
MEASURER: web.AppKey[Measurer] = web.AppKey("measurer")
MAIN_MEASURER: web.AppKey[MainMeasurer] = web.AppKey("main_measurer")
CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("clock")

# Set where another process answers.
HANDED_ON: web.RequestKey[bool] = web.RequestKey("handed_on")
VISITOR: web.RequestKey[Visitor | None] = web.RequestKey("visitor")
NONCE: web.RequestKey[str] = web.RequestKey("nonce", str)
# Whether it is answered with a static file.
STATIC_FILE: web.RequestKey[bool] = web.RequestKey("static_file", bool)
