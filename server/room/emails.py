"""The email with the record of what two people agreed to."""

from collections.abc import Mapping
from datetime import datetime

from server.catchups.calendar.entries import title_of
from server.catchups.rules.email_context import EmailContext
from server.i18n import dates
from server.i18n.catalog import Language, language_of
from server.i18n.texts import N_
from server.mail import message
from server.mail.message import Email
from server.mail.outbox import OutboxEntry
from server.people.emails import email_to
from server.room.rules.records import AgreedRecord, RecordLine

KIND = "agreed_record"
TEMPLATE = f"room/emails/{KIND}.email"


def record_email(entry: OutboxEntry, context: EmailContext, record: AgreedRecord, address: str, link: str) -> Email:
    """In the reader's language, to their `address`; `link` is its personal link. Both get the same lines."""
    reader, other = context.reader(entry.recipient_id), context.other(entry.recipient_id)
    language = language_of(reader.language)
    names = {person.id: person.called for person in (context.mentor, context.mentee)}
    values = {
        "zone": reader.zone,
        "other": other,
        "booking": context.booking,
        "catchup": title_of(reader, other),
        "lines": [_said(line, names, language, entry.made_at) for line in record.lines],
    }
    return email_to(reader, TEMPLATE, address, link, values)


def subject_of(language: Language) -> str:
    """What this email is called where nobody is named."""
    return message.subject_of(TEMPLATE, language, catchup=language.gettext("Catch-up"))


def _said(line: RecordLine, names: Mapping[int, str], language: Language, now: datetime) -> str:
    """Ask at the library (Sam, by Monday, 5 May)"""
    if not line.action:
        return f"{line.text}: {line.url}" if line.url not in ("", line.text) else line.text
    who = language.say(N_("both of you")) if line.owner is None else names.get(line.owner, "")
    if line.due is None:
        return language.say(N_("%(text)s (%(who)s)"), text=line.text, who=who)
    day = dates.iso_day(line.due, language, now)
    return language.say(N_("%(text)s (%(who)s, by %(day)s)"), text=line.text, who=who, day=day)
