"""An email to a person."""

from collections.abc import Mapping

from server.i18n.catalog import language_of
from server.mail.message import CalendarFile, Email, ReplyTo
from server.people.rules.people import Person


def email_to(
    reader: Person,
    template: str,
    address: str,
    link: str,
    values: Mapping[str, object],
    calendar: CalendarFile | None = None,
    reply_to: ReplyTo | None = None,
) -> Email:
    """In the reader's language, to their `address`; `link` is its personal link, `values` are for the template."""
    language = language_of(reader.language)
    called = reader.called
    return Email(template, language, reader.name, called, address, link, values, calendar, reply_to=reply_to)
