"""Answers by email to what is told of messages: what of an email becomes messages, and what its sender is told.

The token in the address is the proof of who writes: it went to their own address alone, beside a personal link that
opens more. The address in From must be theirs as well. That proves nothing, as anybody can write it there; it keeps out
a forwarded email, to which somebody else answers without knowing where that goes.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from server.errors import DomainError, InvalidInput
from server.mail.received import ReceivedEmail, ReceivedFile
from server.mentorships.rules.messages import (
    MessageBody,
    MessageFile,
    NewMessage,
    NoMoreMessages,
    check_takes_messages,
    checked_text,
    message_key,
)
from server.people.rules.mentorships import MentorshipState
from server.people.rules.people import email_key
from server.room.rules.files import FILES_LIMIT, checked_name

# What is told to somebody whose answer was not taken, or not all of it.
REPLY_NOT_TAKEN: Final = "reply_not_taken"
# Whoever has a personal link is its owner. Some programs wrap the addresses in a quote in their own.
PERSONAL_LINK = re.compile(r"\S*(?:[/_]|%2F)(?:l|feed)(?:[/_]|%2F)[\w-]{43}(?![\w-])\S*", re.IGNORECASE | re.ASCII)
LEFT_OUT = "…"


class ReplyOutcome(StrEnum):
    """What became of an email. `ANSWERED`: its sender gets an email that says why it was not taken."""

    TAKEN = "taken"
    AGAIN = "again"
    ANSWERED = "answered"
    AUTOMATIC = "automatic"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    UNREADABLE = "unreadable"
    TOO_MANY = "too_many"


class ReplyProblem(StrEnum):
    """`SOME_FILES`: the rest was sent."""

    OTHER_ADDRESS = "other_address"
    ENDED = "ended"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    SOME_FILES = "some_files"


class ReplyRefused(DomainError):
    """Nothing of it is taken."""

    def __init__(self, problem: ReplyProblem) -> None:
        super().__init__()
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ReplyMessages:
    """The messages that an email becomes: one, and one more for each further file. `left_out`: not all files may go."""

    messages: tuple[NewMessage, ...]
    left_out: bool


def reply_key(person_id: int, message_id: str, content: bytes) -> str:
    """What the same email of this person has in common, however often it comes. `content` are its bytes, for an email
    without a Message-ID."""
    return message_key(f"email {person_id} {message_id}", "", b"" if message_id else content)


def reply_event(key: str, problem: ReplyProblem) -> str:
    """Under which its sender is told once of this problem."""
    return f"reply:{key}:{problem}"


def problem_of(event: str) -> ReplyProblem:
    """What an email of this event tells."""
    return ReplyProblem(event.rpartition(":")[2])


def read_reply(
    email: ReceivedEmail, key: str, own_addresses: Collection[str], state: MentorshipState, files_size: int
) -> ReplyMessages:
    """`own_addresses` are those that the person has or had; `files_size` is how many bytes the files in the
    mentorship's messages have. Raises ReplyRefused."""
    if email_key(email.sender) not in {email_key(address) for address in own_addresses}:
        raise ReplyRefused(ReplyProblem.OTHER_ADDRESS)
    try:
        check_takes_messages(state)
    except NoMoreMessages as error:
        raise ReplyRefused(ReplyProblem.ENDED) from error
    words = PERSONAL_LINK.sub(LEFT_OUT, email.words).strip()
    if not words.strip(LEFT_OUT) and not email.files:
        raise ReplyRefused(ReplyProblem.EMPTY)
    try:
        words = checked_text(words, has_file=True)
    except InvalidInput as error:
        raise ReplyRefused(ReplyProblem.TOO_LONG) from error
    files = _allowed(email.files, files_size)
    left_out = len(files) < len(email.files)
    if not words and not files:
        raise ReplyRefused(ReplyProblem.SOME_FILES)
    return ReplyMessages(tuple(_messages(key, words, files)), left_out)


def _allowed(files: Sequence[ReceivedFile], size: int) -> list[tuple[MessageFile, bytes]]:
    """Those that a page would take as well, while there is room for them."""
    allowed = []
    for file in files:
        try:
            name = checked_name(file.name, file.content)
        except InvalidInput:
            continue
        if size + len(file.content) <= FILES_LIMIT:
            size += len(file.content)
            allowed.append((MessageFile(name, len(file.content)), file.content))
    return allowed


def _messages(key: str, words: str, files: Sequence[tuple[MessageFile, bytes]]) -> list[NewMessage]:
    first, content = files[0] if files else (None, b"")
    messages = [NewMessage(key, MessageBody(words, first), content)]
    for number, (file, content) in enumerate(files[1:]):
        messages.append(NewMessage(message_key(key, str(number), b""), MessageBody("", file), content))
    return messages
