"""Emails that are kept in a folder, on a host without a mail server."""

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


def delete_emails(folder: Path, about: Callable[[str], bool]) -> int:
    """Deletes the emails of whose headers and texts `about` says so; returns how many."""
    found = [file for file in folder.glob("*.eml") if about(_text(file.read_bytes()))]
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)


def _text(content: bytes) -> str:
    message = message_from_bytes(content, _class=EmailMessage, policy=default)
    texts = [str(value) for value in message.values()]
    for part in message.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            texts.append(payload.decode(errors="replace") if isinstance(payload, bytes) else "")
    # A line that is folded in the middle of a name, as in calendar files (RFC 5545, 3.1), is joined again.
    return "\n".join(texts).replace("\r\n ", "").replace("\n ", "")
