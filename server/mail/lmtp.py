"""Taking emails from a mail server by LMTP (RFC 2033), on a port of this machine or at a Unix socket.

What is accepted is stored: the answer to an email is given when its taker has committed it. One email has one
recipient: a mail server sends it once more for the next.
"""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from server.db.database import Unavailable
from server.db.set_aside import log_fault
from signaling.sockets.local import short_path

# A file of 10 MB in base64, and a text.
MOST_BYTES = 15_000_000
# Mail servers keep to lines of 998 bytes; not all programs do.
LONGEST_LINE = 1_000_000
# The library keeps each line by itself, also those of an email that is too large, until its end.
MOST_LINES = 400_000
READ_AT_MOST = 2 * MOST_BYTES
MOST_CONNECTIONS = 20
IDLE_S = 300.0
LATER = "451 4.3.0 Not now; try again later"
ONE_RECIPIENT = "452 4.5.3 One recipient at a time"
TOO_MUCH = b"552 5.3.4 Too large, or too many lines\r\n"
BUSY = b"421 4.3.2 Too many connections\r\n"
ENDS_WITHIN_S = 5.0

log = logging.getLogger(__name__)


class EmailTaker(Protocol):
    """Where accepted emails go. Both answer in one line of SMTP: code, enhanced code, text."""

    def answer_to(self, recipient: str) -> str:
        """Whether there is such a recipient: 250, or why not."""

    async def take(self, recipient: str, sender: str, content: bytes) -> str:
        """250 when it is stored, or needs not be. `sender` is the envelope's, empty for what nobody answers to."""


class _Hooks:
    """What the library asks."""

    def __init__(self, taker: EmailTaker) -> None:
        self._taker = taker
        self.taking: set[asyncio.Task[str]] = set()

    async def handle_RCPT(
        self, server: "_Conversation", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        server.begin_email()
        if envelope.rcpt_tos:
            return ONE_RECIPIENT
        answer = self._taker.answer_to(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: LMTP, session: Session, envelope: Envelope) -> str:
        task = asyncio.create_task(self._take(envelope))
        self.taking.add(task)
        task.add_done_callback(self.taking.discard)
        # The mail server may hang up meanwhile: what is being stored is stored, and is known when it comes again.
        return await asyncio.shield(task)

    async def handle_exception(self, error: Exception) -> str:
        log_fault(log, "a conversation with the mail server broke off", error)
        return LATER

    async def _take(self, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)  # noqa: S101 the library decodes nothing
        [recipient] = envelope.rcpt_tos
        # The library passes an empty one on as it was written.
        sender = (envelope.mail_from or "").strip("<>")
        try:
            return await self._taker.take(recipient, sender, content)
        except Unavailable as error:
            log.warning("an email that came in waits at the mail server for the database: %s", error)
        except Exception as error:
            log_fault(log, "an email that came in could not be stored; the mail server tries again", error)
        return LATER


class _Conversation(LMTP):
    """One connection."""

    line_length_limit = LONGEST_LINE

    def __init__(self, hooks: _Hooks, open_ones: set["_Conversation"], name: str) -> None:
        self._open_ones = open_ones
        self._bytes, self._lines = 0, 0
        super().__init__(
            hooks, data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, hostname=name, ident="Fireside", timeout=IDLE_S
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self._open_ones) >= MOST_CONNECTIONS and isinstance(transport, asyncio.WriteTransport):
            transport.write(BUSY)
            transport.close()
            return
        self._open_ones.add(self)
        super().connection_made(transport)

    def begin_email(self) -> None:
        self._bytes, self._lines = 0, 0

    def data_received(self, data: bytes) -> None:
        self._bytes += len(data)
        self._lines += data.count(b"\n")
        if self._bytes <= READ_AT_MOST and self._lines <= MOST_LINES:
            super().data_received(data)
        elif isinstance(self.transport, asyncio.WriteTransport):
            self.transport.write(TOO_MUCH)
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self in self._open_ones:
            self._open_ones.discard(self)
            super().connection_lost(error)


@asynccontextmanager
async def lmtp_served(address: str, name: str, taker: EmailTaker) -> AsyncIterator[None]:
    """While this lasts, emails are taken at this address: HOST:PORT, or a path of a Unix socket.

    `name` is the one of this server in its greeting. Raises OSError when the address cannot be opened.
    """
    # Its lines hold addresses and whatever is sent.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    conversations: set[_Conversation] = set()
    loop, hooks = asyncio.get_running_loop(), _Hooks(taker)

    def converse() -> _Conversation:
        return _Conversation(hooks, conversations, name)

    if address.startswith("/"):
        server = await loop.create_unix_server(converse, sock=unix_socket(Path(address)))
    else:
        host, _, port = address.rpartition(":")
        # The next process opens it while this one still ends its conversations.
        server = await loop.create_server(converse, host.strip("[]"), int(port), reuse_port=True)
    try:
        yield
    finally:
        server.close()
        if hooks.taking:
            await asyncio.wait(hooks.taking, timeout=ENDS_WITHIN_S)
            # So that those who wait for an answer get it.
            await asyncio.sleep(0)
        for each in tuple(conversations):
            if each.transport is not None:
                each.transport.close()


def unix_socket(path: Path) -> socket.socket:
    """At this path, in place of what was there; who may enter its folder may write to it. Raises OSError."""
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.unlink(missing_ok=True)
        with short_path(draft) as short:
            opened.bind(short)
        draft.chmod(0o666)
        opened.listen()
        # Whole: a mail server that connects at this moment meets the one or the other.
        draft.replace(path)
    except BaseException:
        opened.close()
        raise
    opened.setblocking(False)
    return opened
