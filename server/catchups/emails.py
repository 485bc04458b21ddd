"""The letters: plain words in the reader's language, as text and as HTML, with one personal link and an invitation."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment

from server.catchups.calendar.entries import event_of, title_of
from server.catchups.calendar.event import CalendarEvent, invitation
from server.catchups.rules.email_context import Matter
from server.catchups.rules.invitations import Invitation
from server.i18n.catalog import Language, language_of
from server.i18n.templates import make_environment
from server.people.rules.people import Person


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to be written, the `number`-th of this server. `made_at` is when it was promised.

    `matter` is None where it is about no catch-up; `invitation` is what it tells the reader's calendar, if anything.
    """

    number: int
    kind: str
    recipient: Person
    link: str
    made_at: datetime
    matter: Matter | None = None
    invitation: Invitation | None = None


def write_letter(letter: Letter, base_url: str, sender: str, now: datetime) -> EmailMessage:
    """The message to send: the same letter always has the same Message-ID.

    Raises jinja2.TemplateNotFound for a letter that does not exist.
    """
    recipient = letter.recipient
    context = _context(letter, now)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _one_line(_subject(letter.kind, context))
    message["From"] = sender
    message["To"] = Address(_one_line(recipient.name), addr_spec=recipient.email)
    message["Date"] = now
    message["Message-ID"] = f"<{letter.made_at:%Y%m%d.%H%M%S.%f}.{letter.number}@{urlsplit(base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = context["language"].code
    message.set_content(_written(letter.kind, "txt", context))
    message.add_alternative(_written(letter.kind, "html", context), subtype="html")
    if letter.invitation and letter.matter:
        _invite(message, _event(letter, letter.matter, letter.invitation, base_url, sender), recipient.zone)
    return message


def subject_of(kind: str, language: Language) -> str:
    """What a letter is called where nobody is named."""
    return _subject(kind, {"language": language, "catchup": language.gettext("Catch-up")})


def _context(letter: Letter, now: datetime) -> dict[str, Any]:
    reader, matter = letter.recipient, letter.matter
    language = language_of(reader.language)
    other = matter.other(reader.id) if matter else None
    return {
        "language": language,
        "now": now,
        "zone": reader.zone,
        "reader": reader,
        "other": other,
        "matter": matter,
        "by_reader": matter is not None and matter.chosen_by == reader.id,
        "link": letter.link,
        "invited": letter.invitation is not None,
        "catchup": title_of(reader, other) if other else language.gettext("Catch-up"),
    }


def _subject(kind: str, context: dict[str, Any]) -> str:
    template = _templates("txt").get_template(f"mail/{kind}.letter")
    return "".join(template.blocks["subject"](template.new_context(context | {"layout": "mail/layout.txt"})))


def _written(kind: str, form: str, context: dict[str, Any]) -> str:
    """The letter in one of its forms, txt or html. It is written once, with parts that each form has of its own."""
    templates = _templates(form)
    parts = templates.get_template(f"mail/parts.{form}").make_module(context)
    text = templates.get_template(f"mail/{kind}.letter").render(
        context, layout=f"mail/layout.{form}", parts=parts, subject=_subject(kind, context)
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _templates(form: str) -> Environment:
    return make_environment(html=form == "html")


def _event(letter: Letter, matter: Matter, told: Invitation, base_url: str, sender: str) -> CalendarEvent:
    return event_of(
        told,
        uid=matter.uid,
        reader=letter.recipient,
        other=matter.other(letter.recipient.id),
        note=matter.offer.note,
        address=f"{base_url}/catchups/{matter.offer.catchup_id}",
        sender=sender,
        stamp=letter.made_at,
    )


def _invite(message: EmailMessage, event: CalendarEvent, zone: str) -> None:
    """Adds the invitation as calendars look for it: as a third form of the letter, and as a file."""
    file = invitation(event, zone)
    method = {"method": event.method.value}
    message.add_alternative(file.decode(), subtype="calendar", charset="utf-8", cte="base64", params=method)
    message.add_attachment(file, maintype="application", subtype="ics", filename="invite.ics")


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
