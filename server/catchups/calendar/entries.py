"""A catch-up as the entry of one person's calendar."""

from datetime import datetime
from email.utils import parseaddr

from server.catchups.calendar.event import CalendarEvent, Party
from server.catchups.rules.drafts import Medium
from server.catchups.rules.invitations import Invitation
from server.i18n.catalog import language_of
from server.i18n.texts import N_
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

    `email` is the reader's own. `address` leads to the catch-up and into its call. Place and description name it: all
    calendars show these and several drop the URL. `sender` is the server's own mail address, `stamp` when this was
    decided.
    """
    return CalendarEvent(
        uid=uid,
        sequence=invitation.sequence,
        start=invitation.start,
        minutes=invitation.minutes,
        status=invitation.status,
        summary=title_of(reader, other),
        description=_description(invitation.medium, reader, note, address),
        location=address,
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


def _description(medium: Medium | None, reader: Person, note: str, address: str) -> str:
    language = language_of(reader.language)
    ways = {Medium.VIDEO: language.gettext("Video"), Medium.PHONE: language.gettext("Phone"), None: ""}
    topic = () if reader.discreet else (ways[medium], note)
    parts = (
        *topic,
        language.say(N_("Open your catch-up:\n%(address)s"), address=address),
        language.gettext(
            "An answer that you give in your calendar reaches nobody. "
            "To ask for another time or to withdraw, open this address. It is only for you."
        ),
    )
    return "\n\n".join(part for part in parts if part)
