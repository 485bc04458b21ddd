"""The letters: plain words, no names or topics in subjects, and one personal link in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid

from server.domain.people import Person


@dataclass(frozen=True, slots=True)
class Letter:
    """`body` may name {name} and {link}."""

    subject: str
    body: str


CLOSING = "\n\nThis link is yours alone: whoever has it can answer for you, so please do not pass it on.\n"

LETTERS: Mapping[str, Letter] = {
    "offer_made": Letter(
        "Catch-up: an offer for you",
        "Hello {name},\n\nyou are offered a catch-up. You decide: accept, suggest another time, or decline "
        "without a reason.\n\n{link}",
    ),
    "other_suggested": Letter(
        "Catch-up: another time is suggested",
        "Hello {name},\n\nanother time or way to meet was suggested for your catch-up. Nothing is agreed until one "
        "of you accepts.\n\n{link}",
    ),
    "offer_accepted": Letter(
        "Catch-up: it is agreed",
        "Hello {name},\n\nyour catch-up is agreed. When it starts and how to join is here; you can also withdraw "
        "there at any time.\n\n{link}",
    ),
    "offer_declined": Letter(
        "Catch-up: not this time",
        "Hello {name},\n\nyour offer does not suit this time. Nothing more needs to be said; you can offer another "
        "catch-up later.\n\n{link}",
    ),
    "offer_withdrawn": Letter(
        "Catch-up: the offer was taken back",
        "Hello {name},\n\nan offer that waited for your answer was taken back. There is nothing to do.\n\n{link}",
    ),
    "booking_cancelled": Letter(
        "Catch-up: called off",
        "Hello {name},\n\nyour catch-up was called off. Its call is closed.\n\n{link}",
    ),
}


def write_letter(letter: str, recipient: Person, link: str, sender: str) -> EmailMessage:
    """The message to send. Raises KeyError for a letter that does not exist."""
    text = LETTERS[letter]
    message = EmailMessage()
    message["Subject"] = text.subject
    message["From"] = sender
    message["To"] = f"{_phrase(recipient.name)} <{recipient.email}>"
    message["Message-ID"] = make_msgid(domain="fireside")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body.format(name=recipient.name, link=link) + CLOSING)
    return message


def _phrase(name: str) -> str:
    return '"' + "".join(c for c in name if c.isprintable() and c not in '"\\') + '"'
