"""What emails about a proposal say. None has anybody's name or reasons: these stand on its page alone."""

from server.i18n.catalog import Language
from server.mail import message
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.matching.rules.proposals import ASKED_EMAIL, OVER_EMAIL, MatchProposal, ProposalSide
from server.people.emails import email_to
from server.people.rules.people import Person
from server.schemes.rules.schemes import Scheme

# Each has its template in templates/matching/emails.
KINDS = frozenset({ASKED_EMAIL, OVER_EMAIL})


def match_email(
    entry: OutboxEntry,
    reader: Person,
    scheme: Scheme,
    proposal: MatchProposal,
    side: ProposalSide,
    address: str,
    link: str,
) -> Email:
    """In the reader's language, to their `address`; `link` is its personal link."""
    values = {"zone": reader.zone, "scheme": scheme, "side": side.value, "due_at": proposal.due_at}
    return email_to(reader, _template(entry.kind), address, link, values)


def subject_of(kind: str, language: Language) -> str:
    """What an email of this kind is called where no scheme is named."""
    return message.subject_of(_template(kind), language, scheme=None)


def _template(kind: str) -> str:
    return f"matching/emails/{kind}.email"
