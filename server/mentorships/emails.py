"""What emails about a mentorship say that one of its two people brings about. None shows what a message says."""

from server.i18n.catalog import Language, language_of
from server.i18n.texts import N_
from server.mail import message
from server.mail.message import Email, ReplyTo
from server.mail.outbox import OutboxEntry
from server.mentorships.rules.courses import EMAILS as COURSE_EMAILS
from server.mentorships.rules.messages import TEXT_LIMIT
from server.mentorships.rules.notices import ABOUT_LENGTH, CHANGED, NEW_MESSAGES
from server.mentorships.rules.nudges import REACHING_OUT
from server.mentorships.rules.replies import REPLY_NOT_TAKEN, problem_of
from server.mentorships.rules.reviews import STILL_FITS
from server.people.emails import email_to
from server.people.rules.mentorships import MentorshipState
from server.people.rules.people import Person

# Each has its template in templates/mentorships/emails.
KINDS = frozenset(
    {
        NEW_MESSAGES,
        REACHING_OUT,
        REPLY_NOT_TAKEN,
        STILL_FITS,
        *ABOUT_LENGTH,
        *CHANGED.values(),
        *COURSE_EMAILS.values(),
    }
)
# Those that an answer by email fits to: what is written goes to the other.
ANSWERABLE = frozenset({NEW_MESSAGES, CHANGED[MentorshipState.PAUSED], CHANGED[MentorshipState.ACTIVE]})
VIA = N_("%(name)s via Fireside")


def mentorship_email(
    entry: OutboxEntry, reader: Person, other: Person, words: str, address: str, link: str, answers_to: str = ""
) -> Email:
    """In the reader's language, to their `address`; `link` is its personal link, `words` are the other's.

    `answers_to` is the address to which the reader can answer, if the host takes answers.
    """
    values: dict[str, object] = {"zone": reader.zone, "other": other, "words": words}
    if entry.kind == REPLY_NOT_TAKEN:
        values |= {"problem": problem_of(entry.event), "text_limit": TEXT_LIMIT}
    reply_to = ReplyTo(_called(reader, other), answers_to) if answers_to and entry.kind in ANSWERABLE else None
    return email_to(reader, _template(entry.kind), address, link, values, reply_to=reply_to)


def subject_of(kind: str, language: Language) -> str:
    """What an email of this kind is called where nobody is named."""
    return message.subject_of(_template(kind), language)


def _called(reader: Person, other: Person) -> str:
    """Mail programs show it in lists and keep it among the contacts, where a discreet reader wants no names."""
    return "Fireside" if reader.discreet else language_of(reader.language).say(VIA, name=other.called)


def _template(kind: str) -> str:
    return f"mentorships/emails/{kind}.email"
