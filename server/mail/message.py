"""Emails as they are sent: laid out from one template as text and as HTML, with their headers and a calendar file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment

from server.i18n.catalog import Language
from server.i18n.templates import make_environment
from server.mail.headers import mailbox, message_policy
from server.mail.outbox import OutboxEntry


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """An iCalendar file, and what it asks calendars to do, such as REQUEST or CANCEL (RFC 5546)."""

    method: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Where an answer to an email goes: the name and the address that a mail program shows."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Email:
    """What an email says, and to whom.

    `template` is its file, which uses the `values`; `name` is the recipient's and stands in the header To, `called` is
    how they like to be called. `link` is its personal link, and `calendar` what it tells the recipient's calendar, if
    anything; `more_calendars` are files of further events, each of its own as RFC 5546 (3.2.2) asks. `reply_to` is
    where an answer goes, if one is taken. `more_links` are its further personal links.
    """

    template: str
    language: Language
    name: str
    called: str
    address: str
    link: str
    values: Mapping[str, Any]
    calendar: CalendarFile | None = None
    more_calendars: tuple[CalendarFile, ...] = ()
    more_links: tuple[str, ...] = ()
    reply_to: ReplyTo | None = None


def write_email(
    email: Email, entry: OutboxEntry, base_url: str, sender: str, now: datetime, contact: str = ""
) -> EmailMessage:
    """The message to send. It has the same Message-ID whenever the entry is sent.

    `contact` is where the scheme is reached, if that is set.
    """
    context = {
        **email.values,
        "language": email.language,
        "now": now,
        "called": email.called,
        "link": email.link,
        "calendar": email.calendar.method if email.calendar else "",
        "contact": contact,
        "takes_answers": email.reply_to is not None,
    }
    message = EmailMessage(policy=message_policy())
    message["Subject"] = _one_line(_subject(email.template, context))
    message["From"] = sender
    message["To"] = mailbox(_one_line(email.name), email.address)
    if email.reply_to:
        message["Reply-To"] = mailbox(_one_line(email.reply_to.name), email.reply_to.address)
        # What Exchange would answer by itself would be posted.
        message["X-Auto-Response-Suppress"] = "All"
    message["Date"] = now
    message["Message-ID"] = f"<{entry.made_at:%Y%m%d.%H%M%S.%f}.{entry.id}@{urlsplit(base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = email.language.code
    message.set_content(_body(email.template, "txt", context))
    message.add_alternative(_body(email.template, "html", context), subtype="html")
    if email.calendar:
        _attach(message, email.calendar)
    for number, file in enumerate(email.more_calendars, 2):
        message.add_attachment(file.content, maintype="application", subtype="ics", filename=f"invite-{number}.ics")
    return message


def subject_of(template: str, language: Language, **values: object) -> str:
    """The subject that the template has with these values."""
    return _subject(template, {"language": language, **values})


def _subject(template: str, context: dict[str, Any]) -> str:
    found = _templates("txt").get_template(template)
    return "".join(found.blocks["subject"](found.new_context(context | {"layout": "mail/layout.txt"})))


def _body(template: str, form: str, context: dict[str, Any]) -> str:
    """One form of the email, txt or html. Both come from one template, with parts that look different in each."""
    templates = _templates(form)
    parts = templates.get_template(f"mail/parts.{form}").make_module(context)
    text = templates.get_template(template).render(
        context, layout=f"mail/layout.{form}", parts=parts, subject=_subject(template, context)
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _templates(form: str) -> Environment:
    return make_environment(html=form == "html")


def _attach(message: EmailMessage, file: CalendarFile) -> None:
    """Adds the file where calendars look for it: as a third form of the email, and as an attachment."""
    message.add_alternative(
        file.content.decode(), subtype="calendar", charset="utf-8", cte="base64", params={"method": file.method}
    )
    message.add_attachment(file.content, maintype="application", subtype="ics", filename="invite.ics")


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
