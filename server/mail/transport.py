"""Handing emails to a mail server, or into a folder when there is none."""

import asyncio
import re
import socket
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from server.mail.headers import to_bytes

# A mail server may take minutes to accept an email (RFC 5321, 4.5.3.2). A sender that gives up earlier sends it twice.
CONNECT_S = 30
ANSWER_S = 300
SERVICE_NOT_AVAILABLE = 421
# Codes that are about the conversation or the sender where no enhanced code (RFC 3463) says more.
ABOUT_THE_SENDER = frozenset({500, 502, 503, 504, 521, 530, 535})
ENHANCED = re.compile(r"\s*5\.(\d{1,3})\.\d{1,3}\b")
# Subjects of enhanced codes: the mailbox, the mail system and the content are about one email.
PROTOCOL, POLICY = "5", "7"
ONE_EMAIL = frozenset({"2", "3", "6"})
TOO_LARGE = 552
HOST_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)


class DeliveryFailure(Exception):
    """Why an email was not accepted. It was surely not."""


class PermanentFailure(DeliveryFailure):
    """The server will never accept this email."""


class TransientFailure(DeliveryFailure):
    """The server does not accept this email now."""


class PolicyFailure(DeliveryFailure):
    """A rule of the server refuses the email: it may be about this one, or about all that we send."""


class Refused(DeliveryFailure):
    """The server refuses the sender, whatever the email: the name, the login or the address."""


class Unreachable(DeliveryFailure):
    """The server accepts no emails now, or there is no connection to it."""


class ConnectionLost(Exception):
    """The connection was lost while an email was sent: it may have been accepted or not."""


class MailTransport(Protocol):
    """Where emails are handed over."""

    async def connect(self) -> None:
        """Returns when an email can be sent. Raises Unreachable or Refused."""

    async def send(self, message: EmailMessage) -> None:
        """Returns when the message was accepted. Raises a DeliveryFailure when it was not, or ConnectionLost."""

    async def disconnect(self) -> None:
        """There is no email to send for a while."""


class SmtpTransport:
    """A mail server by URL: smtp[s|+starttls]://[user:password@]host[:port]; `user` and `password` may be apart.

    Emails share a connection until disconnect(). The server is greeted (EHLO) with `own_name`, the host at which
    people reach the pages, if that is a full name, else with the address of this machine (RFC 5321, 4.1.4): strict
    servers accept nothing else.
    """

    def __init__(self, url: str, own_name: str = "", *, user: str = "", password: str = "") -> None:
        self._url = urlsplit(url)
        self._own_name = own_name
        self._user = user or unquote(self._url.username or "")
        self._password = password or unquote(self._url.password or "")
        self._client: aiosmtplib.SMTP | None = None

    async def connect(self) -> None:
        if self._client is not None and self._client.is_connected:
            return
        url = self._url
        client = aiosmtplib.SMTP(
            local_hostname=await self._greeting(),
            hostname=url.hostname,
            port=url.port,
            username=self._user or None,
            password=self._password or None,
            use_tls=url.scheme == "smtps",
            start_tls=url.scheme == "smtp+starttls",
            timeout=ANSWER_S,
        )
        try:
            await client.connect(timeout=CONNECT_S)
        except (OSError, SMTPException, ValueError) as error:
            client.close()
            refused = _code(error) >= 500 or isinstance(error, SMTPNotSupported)
            raise (Refused if refused else Unreachable)(_reason(error)) from error
        self._client = client

    async def send(self, message: EmailMessage) -> None:
        await self.connect()
        assert self._client is not None  # noqa: S101 connect() returned
        try:
            await self._client.send_message(message)
        except (OSError, SMTPException, ValueError) as error:
            raise self._failure(error) from error
        except asyncio.CancelledError:
            self._close()
            raise

    async def disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            try:
                await client.quit(timeout=CONNECT_S)
            except (OSError, SMTPException):
                client.close()

    async def _greeting(self) -> str:
        if HOST_NAME.fullmatch(self._own_name):
            return self._own_name
        address = await asyncio.to_thread(_own_address, self._url.hostname or "localhost")
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    def _failure(self, error: Exception) -> Exception:
        """What an error means for the email. Closes a connection that is of no more use."""
        reason, code = _reason(error), _code(error)
        if code == SERVICE_NOT_AVAILABLE:
            self._close()
            return Unreachable(reason)
        if isinstance(error, SMTPNotSupported | ValueError):
            return PermanentFailure(reason)
        if code >= 500:
            return _refusal(error, code)(reason)
        if code:
            return TransientFailure(reason)
        self._close()
        return ConnectionLost(reason)

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


class FolderTransport:
    """A folder of .eml files, for a host without a mail server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def connect(self) -> None:
        pass

    async def send(self, message: EmailMessage) -> None:
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise Unreachable(str(error)) from error

    async def disconnect(self) -> None:
        pass

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").replace("/", "_")
        (self._folder / f"{name}.eml").write_bytes(to_bytes(message))


def _refusal(error: Exception, code: int) -> type[DeliveryFailure]:
    """What a reply from 500 on refuses: the sender, this email, or either."""
    enhanced = ENHANCED.match(_message(error))
    subject = enhanced[1] if enhanced else ""
    if isinstance(error, SMTPSenderRefused):
        return PermanentFailure if subject in ONE_EMAIL or code == TOO_LARGE else Refused
    if isinstance(error, SMTPHeloError):
        return Refused
    if isinstance(error, SMTPRecipientsRefused | SMTPDataError):
        doubtful = subject in (PROTOCOL, POLICY) if enhanced else code in ABOUT_THE_SENDER
        return PolicyFailure if doubtful else PermanentFailure
    return TransientFailure


def _own_address(host: str) -> str:
    """The address from which this machine reaches the host; nothing is sent to it."""
    try:
        family, kind, protocol, _, to = socket.getaddrinfo(host, 25, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as asking:
            asking.connect(to)
            return str(asking.getsockname()[0]).partition("%")[0]
    except OSError:
        return "127.0.0.1"


def _code(error: Exception) -> int:
    """The server's reply code, 0 without a reply."""
    if isinstance(error, SMTPRecipientsRefused):
        return error.recipients[0].code
    return error.code if isinstance(error, SMTPResponseException) else 0


def _message(error: Exception) -> str:
    """What the server said after the code."""
    if isinstance(error, SMTPRecipientsRefused):
        error = error.recipients[0]
    return str(error.message) if isinstance(error, SMTPResponseException) else ""


def _reason(error: Exception) -> str:
    """What the admin is shown: the server's reply, if there is one."""
    code = _code(error)
    text = f"{code} {_message(error)}" if code else str(error)
    return " ".join(text.split()) or type(error).__name__
