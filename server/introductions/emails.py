"""What emails about an introduction say. None has anybody's contact data: that is on its page alone."""

from server.i18n.catalog import Language
from server.introductions.rules.introductions import AGREED_EMAIL, ASKED_EMAIL, THANKS_EMAIL, Part
from server.mail import message
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.people.emails import email_to
from server.people.rules.people import Person

# Each has its template in templates/introductions/emails.
KINDS = frozenset({ASKED_EMAIL, AGREED_EMAIL, THANKS_EMAIL})


def introduction_email(
    entry: OutboxEntry, reader: Person, mentor: Person, part: Part, words: str, address: str, link: str
) -> Email:
    """In the reader's language, to their `address`; `link` is its personal link, `words` are the mentor's for them."""
    values = {"zone": reader.zone, "mentor": mentor, "part": part.value, "words": words}
    return email_to(reader, _template(entry.kind), address, link, values)


def subject_of(kind: str, language: Language) -> str:
    """What an email of this kind is called where nobody is named."""
    return message.subject_of(_template(kind), language)


def _template(kind: str) -> str:
    return f"introductions/emails/{kind}.email"
