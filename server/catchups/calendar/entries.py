"""A catch-up as the entry of one person's calendar."""

from datetime import datetime
from email.utils import parseaddr

from server.catchups.calendar.event import CalendarEvent, Party
from server.catchups.rules.drafts import Medium
from server.catchups.rules.invitations import Invitation
from server.i18n.catalog import language_of
from server.people.rules.people import Person


def event_of(
    invitation: Invitation,
    *,
    uid: str,
    reader: Person,
    email: str,
    other: Person,
    note: str,
    address: str,
    sender: str,
    stamp: datetime,
) -> CalendarEvent:
    """The entry in the reader's calendar: it says who and what only when the reader wants that.

    `email` is the reader's own, `address` the catch-up's page, `sender` the server's own mail address; `stamp` is when
    this was decided.
    """
    return CalendarEvent(
        uid=uid,
        sequence=invitation.sequence,
        start=invitation.start,
        minutes=invitation.minutes,
        status=invitation.status,
        summary=title_of(reader, other),
        description="" if reader.discreet else note,
        location="" if reader.discreet else _place(invitation.medium, reader),
        url=address,
        organizer=Party(*parseaddr(sender)),
        attendee=Party(reader.name, email),
        stamp=stamp,
    )


def title_of(reader: Person, other: Person) -> str:
    """What a catch-up is called where others may see it: without a name, unless the reader wants that."""
    language = language_of(reader.language)
    if reader.discreet:
        return language.gettext("Catch-up")
    return language.say("Catch-up with %(name)s", name=other.name)


def _place(medium: Medium | None, reader: Person) -> str:
    language = language_of(reader.language)
    if medium is None:
        return ""
    return language.gettext("Video") if medium is Medium.VIDEO else language.gettext("Phone")
