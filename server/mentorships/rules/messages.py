"""Messages between the two of a mentorship: a text with at most one file, seen by the two alone."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from server.errors import DomainError, InvalidInput
from server.i18n.texts import N_
from server.people.rules.mentorships import MentorshipState

TEXT_LIMIT = 5000
DELETE_WITHIN = timedelta(days=1)


class MessageFile(msgspec.Struct, frozen=True):
    """`size` is the number of its bytes."""

    name: str
    size: int


class MessageBody(msgspec.Struct, frozen=True):
    """What a message says. It is stored encrypted."""

    text: str
    file: MessageFile | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be added once, however often it comes with this `key`. `content` are the bytes of its file."""

    key: str
    body: MessageBody
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Message:
    """One that was deleted has no `body`."""

    id: int
    mentorship_id: int
    author_id: int
    at: datetime
    body: MessageBody | None


class NoMoreMessages(DomainError):
    sentence = N_("This mentorship has ended, so no new messages can be sent. What you wrote stays here.")


class TooLateToDelete(DomainError):
    sentence = N_("A message can be deleted within a day after it was sent. This one stays.")


class MessageFilesFull(DomainError):
    sentence = N_("There is no room for more files in your messages. You can still send this without the file.")


def check_takes_messages(state: MentorshipState) -> None:
    """Returns while the two may write to each other, also in a pause. Raises NoMoreMessages."""
    if state is MentorshipState.ENDED:
        raise NoMoreMessages


def checked_text(text: str, has_file: bool) -> str:
    """The text without space around it. Raises InvalidInput when it is too long, or empty without a file."""
    text = text.strip()
    if not text and not has_file:
        raise InvalidInput("text", N_("Please write something first."))
    if len(text) > TEXT_LIMIT:
        raise InvalidInput("text", N_("Please shorten this to at most %(limit)s characters."), limit=TEXT_LIMIT)
    return text


def message_key(form: str, text: str, content: bytes) -> str:
    """What one form sends with the same words is one message. `form` is the form's secret name."""
    digest = hashlib.sha256()
    for part in (form.encode(), text.encode(), content):
        digest.update(len(part).to_bytes(8) + part)
    return digest.hexdigest()[:32]


def may_delete(message: Message, person_id: int, now: datetime) -> bool:
    """Whether this person may delete the message, for both."""
    return message.author_id == person_id and now < message.at + DELETE_WITHIN
