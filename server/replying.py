"""In the main process: takes answers to our emails from the host's mail server, where the host has set that up."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web

from server.config import Settings
from server.db.database import Database
from server.mail.received import UnreadableEmail, read_email
from server.mentorships.actions.replies import take_reply
from server.mentorships.rules.replies import ReplyOutcome
from server.mentorships.rules.reply_addresses import (
    PURPOSE,
    ReplyAddresses,
    ReplyAddressExpired,
    ReplyPlace,
    UnknownReplyAddress,
)
from server.room.pages.content import SEALER
from server.room.sealing import Sealer
from server.secret import ServerSecret
from server.web.keys import CLOCK, DATABASE, MAIN_MEASURER, SECRET, SETTINGS

# What the mail server is told. After a 5 it tells the sender, after a 4 it tries again.
ANSWERS: Mapping[ReplyOutcome, str] = {
    ReplyOutcome.TAKEN: "250 2.0.0 Taken",
    ReplyOutcome.AGAIN: "250 2.0.0 Taken before",
    ReplyOutcome.ANSWERED: "250 2.0.0 Its sender is told why it was not sent",
    ReplyOutcome.AUTOMATIC: "250 2.0.0 No person has written it; nothing is done",
    ReplyOutcome.UNKNOWN: "550 5.1.1 No such address. Please open your link in one of our emails and write there",
    ReplyOutcome.EXPIRED: "550 5.1.6 This address is too old. Please open your link in a newer email and write there",
    ReplyOutcome.UNREADABLE: "550 5.6.0 This email cannot be read. Please open your link and write there",
    ReplyOutcome.TOO_MANY: "452 4.7.1 Too many in an hour; try again later",
}


def reply_addresses(settings: Settings, secret: ServerSecret) -> ReplyAddresses | None:
    """None where the host takes no answers."""
    return ReplyAddresses(secret.key(PURPOSE), settings.reply_address) if settings.lmtp else None


@dataclass(frozen=True, slots=True)
class ReplyTaker:
    """What answers by email go through. `note` counts what became of each."""

    db: Database
    sealer: Sealer
    addresses: ReplyAddresses
    clock: Callable[[], datetime]
    note: Callable[[str], None] = lambda _: None

    def answer_to(self, recipient: str) -> str:
        place = self._place(recipient)
        if isinstance(place, ReplyPlace):
            return "250 2.1.5 OK"
        self.note(place)
        return ANSWERS[place]

    async def take(self, recipient: str, sender: str, content: bytes) -> str:
        try:
            outcome = await self._outcome(recipient, sender, content)
        except BaseException:
            self.note("later")
            raise
        self.note(outcome)
        return ANSWERS[outcome]

    async def _outcome(self, recipient: str, sender: str, content: bytes) -> ReplyOutcome:
        place = self._place(recipient)
        if not isinstance(place, ReplyPlace):
            return place
        if not sender:
            # A bounce, or what a program answers by itself (RFC 3834, 2): nobody may answer to that.
            return ReplyOutcome.AUTOMATIC
        try:
            # In a thread: a large one takes some tenths of a second, in which the pages go on.
            email = await asyncio.to_thread(read_email, content)
        except UnreadableEmail:
            return ReplyOutcome.UNREADABLE
        return await take_reply(self.db, self.sealer, place, email, content, self.clock())

    def _place(self, recipient: str) -> ReplyPlace | ReplyOutcome:
        try:
            return self.addresses.read(recipient, self.clock())
        except UnknownReplyAddress:
            return ReplyOutcome.UNKNOWN
        except ReplyAddressExpired:
            return ReplyOutcome.EXPIRED


async def replies_taken(app: web.Application) -> AsyncIterator[None]:
    """While the app runs. Raises OSError when the address cannot be opened."""
    # Imported here because most hosts do without.
    from server.mail.lmtp import lmtp_served

    settings = app[SETTINGS]
    addresses = reply_addresses(settings, app[SECRET])
    assert addresses is not None  # noqa: S101 where none are taken, this is not called
    taker = ReplyTaker(app[DATABASE], app[SEALER], addresses, app[CLOCK])
    if MAIN_MEASURER in app:
        taker = ReplyTaker(app[DATABASE], app[SEALER], addresses, app[CLOCK], app[MAIN_MEASURER].note_reply)
    async with lmtp_served(settings.lmtp, urlsplit(settings.base_url).hostname or "localhost", taker):
        yield
