"""The edge to the mail server; without one, mails lie readable in a folder."""

import asyncio
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPDataError, SMTPException, SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException

# Mail servers may think for minutes about one letter (RFC 5321, 4.5.3.2); whoever gives up early sends it twice.
CONNECT_S = 30
ANSWER_S = 300
SERVICE_ENDS = 421


class NotTaken(Exception):
    """Why a letter was not taken over. It was surely not."""


class Refused(NotTaken):
    """The server will never take this letter."""


class Deferred(NotTaken):
    """The server does not take this letter now."""


class Unreachable(NotTaken):
    """The server takes no letters now, or cannot be spoken to at all."""


class BrokenOff(Exception):
    """The line broke while a letter was handed in: nobody knows whether it was taken over."""


class Post(Protocol):
    """Where letters are handed in."""

    async def ready(self) -> None:
        """Returns when a letter can be handed in. Raises Unreachable."""

    async def hand_in(self, message: EmailMessage) -> None:
        """Returns when the message was taken over. Raises a NotTaken when it was not, or BrokenOff."""

    async def rest(self) -> None:
        """There is no letter to hand in for a while."""


class SmtpPost:
    """A mail server by URL: smtp[s|+starttls]://[user:password@]host[:port].

    Letters share a connection until rest().
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._line: aiosmtplib.SMTP | None = None

    async def ready(self) -> None:
        if self._line is not None and self._line.is_connected:
            return
        url = self._url
        line = aiosmtplib.SMTP(
            hostname=url.hostname,
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=url.scheme == "smtps",
            start_tls=url.scheme == "smtp+starttls",
            timeout=ANSWER_S,
        )
        try:
            await line.connect(timeout=CONNECT_S)
        except (OSError, SMTPException, ValueError) as error:
            line.close()
            raise Unreachable(_reason(error)) from error
        self._line = line

    async def hand_in(self, message: EmailMessage) -> None:
        await self.ready()
        assert self._line is not None  # noqa: S101 ready() returned
        try:
            await self._line.send_message(message)
        except (OSError, SMTPException, ValueError) as error:
            raise self._verdict(error) from error
        except asyncio.CancelledError:
            self._hang_up()
            raise

    async def rest(self) -> None:
        line, self._line = self._line, None
        if line is not None and line.is_connected:
            try:
                await line.quit(timeout=CONNECT_S)
            except (OSError, SMTPException):
                line.close()

    def _verdict(self, error: Exception) -> Exception:
        """What an error means for the letter; a line that is of no more use is hung up."""
        reason, code = _reason(error), _code(error)
        if code == SERVICE_ENDS:
            self._hang_up()
            return Unreachable(reason)
        if isinstance(error, SMTPNotSupported | ValueError):
            return Refused(reason)
        if isinstance(error, SMTPRecipientsRefused | SMTPDataError) and code >= 500:
            return Refused(reason)
        if code:
            return Deferred(reason)
        self._hang_up()
        return BrokenOff(reason)

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


class FolderPost:
    """A folder of .eml files, for a host without a mail server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def ready(self) -> None:
        pass

    async def hand_in(self, message: EmailMessage) -> None:
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise Unreachable(str(error)) from error

    async def rest(self) -> None:
        pass

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").replace("/", "_")
        (self._folder / f"{name}.eml").write_bytes(bytes(message))


def _code(error: Exception) -> int:
    """The server's own answer, 0 without one."""
    if isinstance(error, SMTPRecipientsRefused):
        return error.recipients[0].code
    return error.code if isinstance(error, SMTPResponseException) else 0


def _reason(error: Exception) -> str:
    """What the admin is shown: the server's answer where there is one."""
    if isinstance(error, SMTPRecipientsRefused):
        error = error.recipients[0]
    text = f"{error.code} {error.message}" if isinstance(error, SMTPResponseException) else str(error)
    return " ".join(text.split()) or type(error).__name__
