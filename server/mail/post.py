"""The edge to the mail server; without one, mails lie readable in a folder."""

import asyncio
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

TIMEOUT_S = 30


class Post(Protocol):
    """Where letters are handed in."""

    async def hand_in(self, message: EmailMessage) -> None:
        """Returns when the message was taken over. Raises OSError or aiosmtplib.SMTPException when it was not."""


class SmtpPost:
    """A mail server by URL: smtp[s|+starttls]://[user:password@]host[:port]."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    async def hand_in(self, message: EmailMessage) -> None:
        url = self._url
        await aiosmtplib.send(
            message,
            hostname=url.hostname,
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=url.scheme == "smtps",
            start_tls=url.scheme == "smtp+starttls",
            timeout=TIMEOUT_S,
        )


class FolderPost:
    """A folder of .eml files, for a host without a mail server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def hand_in(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").replace("/", "_")
        (self._folder / f"{name}.eml").write_bytes(bytes(message))
