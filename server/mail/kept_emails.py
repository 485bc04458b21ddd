"""Emails that are kept in a folder, on a host without a mail server."""

from collections.abc import Collection
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


def delete_emails_about(folder: Path, words: Collection[str]) -> int:
    """Deletes the emails in which one of these words stands, in a header or in the text; returns how many."""
    found = [file for file in folder.glob("*.eml") if _mentions(file.read_bytes(), words)]
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)


def _mentions(content: bytes, words: Collection[str]) -> bool:
    message = message_from_bytes(content, _class=EmailMessage, policy=default)
    texts = [str(value) for value in message.values()]
    for part in message.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            texts.append(payload.decode(errors="replace") if isinstance(payload, bytes) else "")
    # A line that is folded in the middle of a name, as in calendar files (RFC 5545, 3.1), is joined again.
    whole = "\n".join(texts).replace("\r\n ", "").replace("\n ", "").casefold()
    return any(word.casefold() in whole for word in words)
