"""Typed keys of the application's long-lived objects and of a request's values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from jinja2 import Environment

from server.config import Settings
from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.secret import ServerSecret
from server.web.background_tasks import BackgroundTasks
from signaling.hub.hub import Hub


@dataclass(slots=True)
class RunningRequests:
    """How many requests run; `last`: each connection is closed after its next response."""

    running: int = 0
    last: bool = False


SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
HUB = web.AppKey("hub", Hub)
REQUESTS = web.AppKey("requests", RunningRequests)
BACKGROUND_TASKS = web.AppKey("background_tasks", BackgroundTasks)
SECRET = web.AppKey("secret", ServerSecret)
TEMPLATES = web.AppKey("templates", Environment)
CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("clock")

VISITOR: web.RequestKey[Visitor | None] = web.RequestKey("visitor")
NONCE: web.RequestKey[str] = web.RequestKey("nonce", str)
