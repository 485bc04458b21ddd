"""A real mail server for the tests: what came, in order, and every way in which a mail server may misbehave."""

import asyncio
import email
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.cast import until

PERSONAL_LINK = re.compile(r"https?://[^\s\"<>]+/(?:l/|g/\d+\.)[\w-]{43}(?![\w-])")


FULL_NAME = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,}|\[(IPv6:)?[0-9a-f:.]+\]", re.IGNORECASE)


class Conversation(SMTP):
    """One connection, whose greeting may be another than 220."""

    async def push(self, status: str | bytes) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        greeting = self.event_handler.replies.get("CONNECT")
        await super().push(greeting if greeting and text.startswith("220 ") else status)


@dataclass
class SmtpServer:
    """Listens on `port` while it is open. `replies` answers a command instead of accepting it: CONNECT, MAIL, RCPT,
    "RCPT somebody@example.org" or DATA. `names` are those by which senders said EHLO.

    `strict`: as Postfix with reject_non_fqdn_helo_hostname. `password`: senders must log in with it.

    `slow` is how many seconds each such command takes. With `drops_connection` it ends the connection after it has
    accepted an email, without saying so. `on_email` is called when an email is accepted, before that is said.
    `connections` counts how many there were, `begun` the emails that were begun.
    """

    emails: list[EmailMessage] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    drops_connection: bool = False
    on_email: Callable[[], None] | None = None
    strict: bool = False
    password: str = ""
    names: list[str] = field(default_factory=list)
    connections: int = 0
    begun: int = 0
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def open(self) -> "SmtpServer":
        """Opens it, on the same port as before if it was open."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._conversation, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def _conversation(self) -> SMTP:
        if not self.password:
            return Conversation(self)
        return Conversation(self, authenticator=self._login, auth_required=True, auth_require_tls=False)

    def _login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        good = isinstance(given, LoginPassword) and given.password == self.password.encode()
        return AuthResult(success=good, handled=False)

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
        self.names.append(host)
        session.host_name = host
        return lines

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        self.begun += 1
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        await asyncio.sleep(self.slow)
        if self.strict and not FULL_NAME.fullmatch(session.host_name or ""):
            return f"504 5.5.2 <{session.host_name}>: Helo command rejected: need fully-qualified hostname"
        for command in (f"RCPT {address}", "RCPT"):
            if command in self.replies:
                return self.replies[command]
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
