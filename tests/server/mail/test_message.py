"""Messages: laid out in two forms, with headers that hold; safe from what people wrote."""

from dataclasses import replace
from email.message import EmailMessage

import jinja2
import pytest

from server.i18n.catalog import ENGLISH
from server.mail.message import CalendarFile, Email, subject_of, write_email
from server.mail.outbox import OutboxEntry
from tests.server.catchups.an_email import BASE, CONTEXT, LINK, MAYA, NOW, SAM, SENDER, written

TEMPLATE = "people/emails/fresh_link.email"
ENTRY = OutboxEntry(31, 2, "link:1", "fresh_link", None, None, "/home", None, NOW, NOW, 0)
EMAIL = Email(TEMPLATE, ENGLISH, "Sam Okafor", "Sam", "sam@example.org", LINK, {})


def html_of(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


def test_it_has_a_text_and_a_form_in_html_with_the_same_link():
    message = write_email(EMAIL, ENTRY, BASE, SENDER, NOW)
    text = message.get_body(("plain",)).get_content()
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert text.startswith("Hello, Sam\n")
    assert text.count(LINK) == 1
    assert html_of(message).count(f'href="{LINK}"') == 2
    assert (message["From"], message["To"]) == (SENDER, "Sam Okafor <sam@example.org>")
    assert message["Subject"] == subject_of(TEMPLATE, ENGLISH)


def test_a_calendar_file_goes_with_it_in_two_places():
    message = write_email(replace(EMAIL, calendar=CalendarFile("REQUEST", b"BEGIN\r\n")), ENTRY, BASE, SENDER, NOW)
    form, file = [part for part in message.walk() if part.get_content_type() in ("text/calendar", "application/ics")]
    assert (form["Content-Type"].params["method"], file.get_filename()) == ("REQUEST", "invite.ics")
    assert form.get_payload(decode=True) == file.get_payload(decode=True) == b"BEGIN\r\n"


def test_an_email_is_the_same_when_it_is_sent_again():
    first, again, next_one = written("offer_made"), written("offer_made"), written("offer_made", number=32)
    assert first["Message-ID"] == again["Message-ID"] == "<20261123.120000.000000.31@fireside.example>"
    assert next_one["Message-ID"] != first["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["List-Unsubscribe"] is None


def test_what_people_wrote_adds_no_header_no_recipient_and_no_markup():
    crafty = replace(SAM, name='Sam "S" <b>\r\nBcc: x@example.org', discreet=False)
    other = replace(MAYA, name="<script>alert(1)</script>\r\nX-Evil: yes")
    offer = replace(CONTEXT.offer, note="</blockquote><img src=https://evil.example/x>\r\n.\r\nQUIT")
    message = written("offer_made", crafty, context=replace(CONTEXT, mentor=other, offer=offer))
    assert [address.addr_spec for address in message["To"].addresses] == ["sam@example.org"]
    assert (message["Bcc"], message["X-Evil"]) == (None, None)
    assert "\n" not in message["Subject"]
    assert [tag for tag in ("<script>", "<img", "<b>") if tag in html_of(message)] == []


def test_nothing_is_fetched_from_elsewhere():
    html = html_of(written("offer_made"))
    assert not [word for word in ("src=", "url(", "@import", "<script", "<link") if word in html]


def test_an_email_without_a_template():
    with pytest.raises(jinja2.TemplateNotFound):
        subject_of("people/emails/love_letter.email", ENGLISH)
