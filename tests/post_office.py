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
class PostOffice:
    """Listens on `port` while it is open. `replies` answers a command (RCPT or DATA) instead of taking it.

    `slow` is how many seconds each such command takes; `hangs_up` ends the line after a letter was taken, unsaid.
    `on_letter` is called when a letter was taken, before that is said.
    """

    letters: list[EmailMessage] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    hangs_up: bool = False
    on_letter: Callable[[], None] | None = None
    lines: int = 0
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def open(self) -> "PostOffice":
        """Opens it, on the same port as before when it was open."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def close(self) -> None:
        """Nobody can connect any more."""
        assert self._server is not None
        self._server.close()

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if address in [each.addr_spec for each in letter["To"].addresses]]

    async def next_letter(self, address: str, subject: str = "") -> EmailMessage:
        """Waits for a letter to this address whose subject has these words, and takes it out."""

        def find() -> EmailMessage | None:
            return next((one for one in self.letters_to(address) if subject in one["Subject"]), None)

        letter = await until(find, what=f"a letter to {address} about {subject!r}")
        self.letters.remove(letter)
        return letter

    def deliveries(self) -> Counter[str]:
        """How often each letter came, by its Message-ID."""
        return Counter(letter["Message-ID"] for letter in self.letters)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, host: str, lines: list[str]):
        self.lines += 1
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
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        if self.on_letter:
            self.on_letter()
        if self.hangs_up:
            server.transport.abort()
        return "250 OK"


def link_in(letter: EmailMessage) -> str:
    """The personal link, the same in each form of the letter."""
    forms = [letter.get_body((form,)).get_content() for form in ("plain", "html")]
    links = [set(PERSONAL_LINK.findall(form)) for form in forms]
    assert links[0] == links[1], links
    [link] = links[0]
    return link
