"""A real mail server for the tests: what came, in order, and every way in which a mail server may misbehave."""

import asyncio
import email
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.cast import until

PERSONAL_LINK = re.compile(r"https?://[^\s\"<>]+/l/[\w-]{43}(?![\w-])")


@dataclass
class SmtpServer:
    """Listens on `port` while it is open. `replies` answers a command (RCPT or DATA) instead of accepting it.

    `slow` is how many seconds each such command takes. With `drops_connection` it ends the connection after it has
    accepted an email, without saying so. `on_email` is called when an email is accepted, before that is said.
    `connections` counts how many there were.
    """

    emails: list[EmailMessage] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    drops_connection: bool = False
    on_email: Callable[[], None] | None = None
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def open(self) -> "SmtpServer":
        """Opens it, on the same port as before if it was open."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def close(self) -> None:
        """Nobody can connect any more."""
        assert self._server is not None
        self._server.close()

    def emails_to(self, address: str) -> list[EmailMessage]:
        return [each for each in self.emails if address in [to.addr_spec for to in each["To"].addresses]]

    async def next_email(self, address: str, subject: str = "") -> EmailMessage:
        """Waits for an email to this address whose subject has these words, and takes it out."""

        def find() -> EmailMessage | None:
            return next((each for each in self.emails_to(address) if subject in each["Subject"]), None)

        found = await until(find, what=f"an email to {address} about {subject!r}")
        self.emails.remove(found)
        return found

    def deliveries(self) -> Counter[str]:
        """How often each email came, by its Message-ID."""
        return Counter(each["Message-ID"] for each in self.emails)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, host: str, lines: list[str]):
        self.connections += 1
        session.host_name = host
        return lines

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        await asyncio.sleep(self.slow)
        if "RCPT" in self.replies:
            return self.replies["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope):
        await asyncio.sleep(self.slow)
        if "DATA" in self.replies:
            return self.replies["DATA"]
        self.emails.append(email.message_from_bytes(envelope.content, policy=default))
        if self.on_email:
            self.on_email()
        if self.drops_connection:
            server.transport.abort()
        return "250 OK"


def link_in(message: EmailMessage) -> str:
    """The personal link, the same in each form of the email."""
    forms = [message.get_body((form,)).get_content() for form in ("plain", "html")]
    links = [set(PERSONAL_LINK.findall(form)) for form in forms]
    assert links[0] == links[1], links
    [link] = links[0]
    return link
