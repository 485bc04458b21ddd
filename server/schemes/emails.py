"""What emails about a membership say. None says anything that somebody wrote but the scheme's own texts."""

from server.i18n.catalog import Language
from server.mail import message
from server.mail.message import Email
from server.people.emails import email_to
from server.people.rules.people import Person
from server.schemes.rules.memberships import CONSEQUENCES, SIGNED_UP_ALREADY
from server.schemes.rules.schemes import Scheme

# Each has its template in templates/schemes/emails.
KINDS = frozenset({SIGNED_UP_ALREADY, *(each.email for each in CONSEQUENCES.values() if each.email)})


def membership_email(kind: str, reader: Person, scheme: Scheme, address: str, link: str) -> Email:
    """In the reader's language, to their `address`; `link` is its personal link."""
    return email_to(reader, _template(kind), address, link, {"scheme": scheme})


def subject_of(kind: str, language: Language) -> str:
    """What an email of this kind is called where no scheme is named."""
    return message.subject_of(_template(kind), language, scheme=None)


def _template(kind: str) -> str:
    return f"schemes/emails/{kind}.email"
