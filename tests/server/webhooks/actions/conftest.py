"""A sender whose clock a test moves, and hooks at receivers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest

from server.db.database import Database
from server.people.rules.visitors import Visitor
from server.webhooks.actions.hooks import add_hook
from server.webhooks.actions.sending import HookCaller, HookSender
from server.webhooks.transport import HookPolicy, call_hook
from tests.server.actors import NOW, visitor_with_account
from tests.server.webhooks.receivers import LOOPBACK

KEY = b"k" * 32


@dataclass
class Hooks:
    """Those of one database."""

    database: Database
    admin: Visitor
    now: datetime = NOW
    policy: HookPolicy = LOOPBACK
    sender: HookSender = field(init=False)

    def __post_init__(self) -> None:
        call: Callable[..., Awaitable] = partial(call_hook, policy=self.policy)
        self.sender = HookSender(self.database, HookCaller(call, KEY, lambda: self.now))

    async def add(self, url: str) -> tuple[int, str]:
        """Its id and its secret."""
        return await add_hook(self.database, self.admin, KEY, url, self.now)

    async def send(self, after: timedelta = timedelta()) -> None:
        """A round, some time later, until nothing more is sent."""
        self.now += after
        await self.sender.start_due()
        await self.sender.finish()


@pytest.fixture
async def hooks(database: Database) -> Hooks:
    return Hooks(database, await visitor_with_account(database))
