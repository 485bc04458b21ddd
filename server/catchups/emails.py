"""What emails about catch-ups say: their kinds, and what a template and a calendar need for one reader."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.catchups.calendar.entries import event_of, title_of
from server.catchups.calendar.event import invitation
from server.catchups.rules.email_context import EmailContext
from server.catchups.rules.invitations import Status, invitation_from
from server.i18n.catalog import Language
from server.mail import message
from server.mail.message import CalendarFile, Email
from server.mail.outbox import OutboxEntry
from server.people.emails import email_to
from server.people.rules.people import Person

# Each has its template in templates/catchups/emails.
KINDS = frozenset(
    {
        "answer_undone",
        "booking_called_off",
        "booking_cancelled",
        "booking_moved",
        "move_asked",
        "move_declined",
        "move_expired",
        "offer_accepted",
        "offer_declined",
        "offer_expired",
        "offer_made",
        "offer_postponed",
        "offer_reworded",
        "offer_withdrawn",
        "offers_accepted",
        "other_suggested",
        "reminder_day",
        "reminder_soon",
        "running_late",
        "you_declined",
        "you_suggested",
        "you_undid",
        "you_withdrew",
    }
)


def email_of(entry: OutboxEntry, context: EmailContext, address: str, link: str, sender: str) -> Email:
    """The email in the reader's language, to their `address`.

    `link` is its personal link, `sender` is the organizer of the event.
    """
    reader, other = context.reader(entry.recipient_id), context.other(entry.recipient_id)
    values = {
        "zone": reader.zone,
        "other": other,
        "offer": context.offer,
        "booking": context.booking,
        "moved": context.moved,
        "words": context.words,
        "again_at": context.again_at,
        "late": context.late,
        "rings": context.rings(reader.id),
        "own_number": reader.id in context.reachable,
        "other_number": other.id in context.reachable,
        "by_reader": context.chosen_by == reader.id,
        "agreed": [(context.booking, link)],
        "catchup": title_of(reader, other),
    }
    calendar = _calendar(entry, reader, address, context, link, sender)
    return email_to(reader, _template(entry.kind), address, link, values, calendar)


@dataclass(frozen=True, slots=True)
class AgreedTime:
    """One of several catch-ups that were agreed at once, as an email tells it, with its own personal link."""

    entry: OutboxEntry
    context: EmailContext
    link: str


def email_together(agreed: Sequence[AgreedTime], address: str, sender: str) -> Email:
    """One email about all of them, the first of which is what it is sent for; each has its own event."""
    first = agreed[0]
    reader_id = first.entry.recipient_id
    reader, other = first.context.reader(reader_id), first.context.other(reader_id)
    values = {
        "zone": reader.zone,
        "other": other,
        "agreed": [(each.context.booking, each.link) for each in agreed],
        "by_reader": reader.id == first.context.mentee.id,
        "catchup": title_of(reader, other),
    }
    calendars = [_calendar(each.entry, reader, address, each.context, each.link, sender) for each in agreed]
    files = [file for file in calendars if file is not None]
    email = email_to(reader, _template(first.entry.kind), address, first.link, values, next(iter(files), None))
    return replace(email, more_calendars=tuple(files[1:]), more_links=tuple(each.link for each in agreed[1:]))


def subject_of(kind: str, language: Language) -> str:
    """What an email of this kind is called where nobody is named."""
    return message.subject_of(_template(kind), language, catchup=language.gettext("Catch-up"))


def _template(kind: str) -> str:
    return f"catchups/emails/{kind}.email"


def _calendar(
    entry: OutboxEntry, reader: Person, email: str, context: EmailContext, link: str, sender: str
) -> CalendarFile | None:
    """What the email changes in the reader's calendar."""
    told = invitation_from(json.loads(entry.invitation)) if entry.invitation else None
    if told is None or told.status is Status.TENTATIVE:
        return None
    event = event_of(
        told,
        uid=context.uid,
        reader=reader,
        email=email,
        other=context.other(reader.id),
        note=context.offer.note,
        address=link,
        sender=sender,
        stamp=entry.made_at,
    )
    return CalendarFile(event.method.value, invitation(event))
